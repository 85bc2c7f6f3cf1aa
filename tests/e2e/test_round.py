"""The whole round in a browser: an obligation, a person, forty cells by keyboard, the bilan, its reader."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Download, Locator, Page, expect
from pypdf import PdfReader

from lib.dates import today_paris
from lib.numbers import hours_fr, percent_fr
from tests.e2e.application import Application
from tests.e2e.conftest import Opener

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

PASSWORD = "quatre mots de passe au hasard"
FIRST_YEAR = today_paris().year - 2
# 500 000 € × 50 % ÷ 30 € × 5 %, rounded to the hour.
DUE = Decimal(417)
# What is typed, row by row, and what it is worth.
FIRST_WORK = [(f"{10 + month},5", Decimal("10.5") + month) for month in range(12)]
FIRST_TRAINING = [("3h30", Decimal("3.5"))] * 12
NEXT_WORK = [("10", Decimal(10))] * 12
NEXT_TRAINING = [("2,25", Decimal("2.25"))] * 4
TYPED = [*FIRST_WORK, *FIRST_TRAINING, *NEXT_WORK, *NEXT_TRAINING]
VALIDATED = sum((hours for _, hours in TYPED), Decimal(0))
BUYER, OPERATION, MARKET = "Toit d'essai", "Réhabilitation de la Cépière", "Peinture des parties communes"


@dataclass
class Round:
    """What the steps hand to one another."""

    application: Application
    desk: Page
    director: Page
    bailleur: Page
    account_code: str
    lot_url: str = ""
    person_url: str = ""
    pdf: bytes = b""


def test_round(application: Application, new_page: Opener) -> None:
    assert len(TYPED) == 40
    done = open_organisations(application, new_page)
    add_market(done)
    add_person(done)
    hire(done)
    type_forty_cells(done)
    validate_and_see_progress(done)
    link_bailleur(done)
    make_bilan(done)
    compare_with_command(done)
    read_as_bailleur(done)
    save_without_scripts(done, new_page)
    write_over_someone(done, new_page)


def open_organisations(application: Application, new_page: Opener) -> Round:
    """By the operator's commands, then by the invitations that the mails bring."""
    application.manage("create_tenant", "Groupement d'essai", "--slug", "essai", "--admin", "direction@essai.example")
    said = application.manage("create_buyer_account", BUYER, "--admin", "bailleur@essai.example")
    code = re.search(r"code de rattachement (\S+?)\.", said)
    assert code is not None
    done = Round(application, new_page(), new_page(), new_page(), code[1])
    accept_invitation(done.director, "direction@essai.example", "Hélène Casterat")
    accept_invitation(done.bailleur, "bailleur@essai.example", "Philippe Arnalric")
    page = done.director
    page.goto("/structure/membres/")
    page.get_by_role("link", name="Inviter une personne").click()
    page.get_by_label("Adresse").fill("mission@essai.example")
    page.get_by_label("Rôle").select_option(label="chargé·e de mission")
    submit(page)
    accept_invitation(done.desk, "mission@essai.example", "Karim Lespinel")
    return done


def accept_invitation(page: Page, email: str, name: str) -> None:
    mail = page.locator("article", has_text=email)
    for _ in range(30):
        page.goto("/courriels/")
        if mail.count():
            break
        page.wait_for_timeout(1000)
    page.goto(str(mail.get_by_role("link").first.get_attribute("href")))
    page.get_by_label("Nom affiché").fill(name)
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("button", name="Ouvrir mon compte").click()
    expect(page.locator(".sidenav")).to_be_visible()


def log_in(page: Page, email: str) -> None:
    page.goto("/connexion/")
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.locator("main h1")).not_to_have_text("Connexion")


def add_market(done: Round) -> None:
    """A convention, its operation, then the marché and its lot of 5 %, on the pages that a newcomer finds."""
    page = done.desk
    page.goto("/marches/donneurs-d-ordre/nouveau/")
    page.get_by_label("Nom").fill(BUYER)
    submit(page)
    page.goto("/marches/programmes/nouveau/")
    page.get_by_label("Nom").fill("Renouvellement urbain de l'ouest")
    page.get_by_label("Nature").select_option("npnru")
    page.get_by_label("Numéro de convention").fill("531-31")
    submit(page)
    page.goto("/marches/operations/nouvelle/")
    page.get_by_label("Nom").fill(OPERATION)
    choose(page, "Donneur d'ordre", BUYER)
    choose(page, "Programme", "Renouvellement")
    submit(page)
    page.goto("/marches/nouveau/")
    page.get_by_label("Objet").fill(MARKET)
    page.locator("#id_amount_ht").fill("500 000")
    choose(page, "Donneur d'ordre", BUYER)
    choose(page, "Opération", OPERATION)
    page.get_by_label("Début d'exécution").fill(f"{FIRST_YEAR}-01-01")
    page.get_by_label("Fin d'exécution").fill(f"{FIRST_YEAR + 3}-12-31")
    page.get_by_label("part de la main-d'œuvre").check()
    page.get_by_label("Part de main-d'œuvre (%)").fill("50")
    page.get_by_label("Coût horaire (€)").fill("30")
    page.get_by_label("Taux d'insertion (%)").fill("5")
    expect(page.locator(".terms-preview")).to_contain_text(hours_fr(DUE))
    submit(page)
    page.locator("main .row-main").first.click()
    expect(page.locator(".bar-text").first).to_contain_text("0 h validée sur 417 h")
    done.lot_url = page.url


def add_person(done: Round) -> None:
    """With the neighbourhood and the eligibility that the contract will freeze."""
    page = done.desk
    page.goto("/beneficiaires/nouveau/")
    page.get_by_label("Nom", exact=True).fill("Coulibar")
    page.get_by_label("Prénom").fill("Nadia")
    page.get_by_label("Date de naissance").fill(f"{FIRST_YEAR - 30}-05-17")
    page.get_by_label("Sexe").select_option("F")
    choose(page, "Quartier prioritaire", "QN03106I")
    page.locator("#id_qpv_checked_on").fill(f"{FIRST_YEAR - 1}-12-15")
    submit(page)
    done.person_url = page.url
    page.get_by_role("link", name="Vérifier").click()
    page.get_by_label("Critère principal").select_option(index=1)
    page.get_by_label("Vérifiée le").fill(f"{FIRST_YEAR - 1}-12-15")
    submit(page)


def hire(done: Round) -> None:
    page = done.desk
    page.goto("/entreprises/nouvelle/")
    page.get_by_label("Nom").fill("Insertion Peinture")
    page.get_by_label("Nature").select_option("ei")
    submit(page)
    page.goto(done.person_url)
    page.get_by_role("link", name="Ajouter un contrat").click()
    choose(page, "Employeur", "Insertion Peinture")
    page.get_by_label("Modalité").select_option("embauche_directe")
    page.get_by_label("Type de contrat").select_option("cdi")
    page.locator("#id_starts_on").fill(f"{FIRST_YEAR}-01-01")
    choose(page, "Lot", MARKET)
    submit(page)


def type_forty_cells(done: Round) -> None:
    """Two years of one lot: from the first cell on, nothing but keys."""
    page = done.desk
    for year, work, training in (
        (FIRST_YEAR, FIRST_WORK, FIRST_TRAINING),
        (FIRST_YEAR + 1, NEXT_WORK, NEXT_TRAINING),
    ):
        page.goto(f"{hours_url(done)}?annee={year}&formation=oui")
        page.locator("html[data-started]").wait_for()
        rows = page.locator("tr[data-assignment]")
        rows.nth(0).locator(".cell input[type=text]").first.focus()
        type_row(page, work)
        page.keyboard.press("Enter")
        for _ in range(len(work) - 1):
            page.keyboard.press("ArrowLeft")
        type_row(page, training)
        page.keyboard.press("Enter")
        all_saved(page)
        total = sum((hours for _, hours in [*work, *training]), Decimal(0))
        expect(page.locator("tfoot [data-total=month]").last).to_have_text(
            re.compile(f"^{total:.2f}".replace(".", ","))
        )


def all_saved(page: Page) -> None:
    """« Enregistrement… » may wait 300 ms before it shows (static/js/hours/state.js)."""
    page.wait_for_timeout(400)
    expect(page.locator("[data-grid-state]")).to_have_text(re.compile("^Enregistré à"))


def type_row(page: Page, cells: Sequence[tuple[str, Decimal]]) -> None:
    for index, (text, _) in enumerate(cells):
        if index:
            page.keyboard.press("ArrowRight")
        page.keyboard.type(text)


def validate_and_see_progress(done: Round) -> None:
    page = done.desk
    for year in (FIRST_YEAR, FIRST_YEAR + 1):
        page.goto(f"{hours_url(done)}?annee={year}&formation=oui")
        page.get_by_label("Cocher toutes les lignes").check()
        page.get_by_role("button", name=re.compile("^Valider ")).click()
        expect(page.locator(".cell [data-status=validee]").first).to_be_visible()
    for _ in range(30):
        page.goto(done.lot_url)
        if "0 h validée sur" not in page.locator(".bar-text").first.inner_text():
            break
        page.wait_for_timeout(500)
    shown = f"{hours_fr(VALIDATED)} validées sur {hours_fr(DUE)} ({percent_fr(VALIDATED / DUE)})"
    expect(page.locator(".bar-text").first).to_contain_text(shown)


def link_bailleur(done: Round) -> None:
    """Proposed by the structure's administrator, who has the account's code; accepted by the account's."""
    page = done.director
    page.goto("/structure/liens/nouveau/")
    choose(page, "Donneur d'ordre", BUYER)
    page.get_by_label("Code de rattachement").fill(done.account_code)
    submit(page)
    page = done.bailleur
    page.goto("/bailleur/")
    expect(page.locator("main")).not_to_contain_text(MARKET)
    page.goto("/bailleur/compte/structures/")
    page.get_by_role("button", name="Accepter").click()
    expect(page.locator("main")).to_contain_text("Groupement d'essai")


def make_bilan(done: Round) -> None:
    page = done.desk
    page.goto("/bilans/nouveau/")
    choose(page, "Porte sur", OPERATION)
    page.get_by_label("Du mois").fill(f"{FIRST_YEAR}-01")
    page.get_by_label("Au mois").fill(f"{FIRST_YEAR + 1}-12")
    page.get_by_role("button", name="Voir les chiffres").click()
    expect(page.locator("main")).to_contain_text(f"{hours_fr(VALIDATED)} d'insertion ont été validées")
    page.get_by_role("button", name="Arrêter les chiffres").click()
    expect(page.locator(".job")).to_be_visible()
    link = page.get_by_role("link", name="Télécharger le PDF")
    expect(link).to_be_visible(timeout=60_000)
    with page.expect_download() as download:
        link.click()
    done.pdf = content(download.value)
    text = text_of(done.pdf)
    for figure in (hours_fr(VALIDATED), hours_fr(DUE), percent_fr(VALIDATED / DUE), OPERATION, "531-31", BUYER):
        assert plain(figure) in text, figure
    page.get_by_role("button", name="Transmettre").click()
    expect(page.locator(".page-name .state")).to_contain_text(re.compile("transmis", re.I))


def compare_with_command(done: Round) -> None:
    """The page, the PDF and the command show the same figures."""
    said = done.application.manage(
        "indicators", "--tenant", "essai", "--from", f"{FIRST_YEAR}-01", "--to", f"{FIRST_YEAR + 1}-12"
    )
    figures = json.loads(said, parse_float=Decimal)
    assert figures["hours"]["due"] == DUE
    assert figures["hours"]["validated"] == figures["hours"]["validated_qpv"] == VALIDATED
    assert figures["counts"]["beneficiaries"] == figures["counts"]["employment_contracts"] == 1
    text, works = text_of(done.pdf), figures["rates"]["works"]
    assert works["target"] == Decimal("0.05")
    for rate in (figures["rates"]["obligation"], works["value"], works["qpv"], works["target"]):
        assert plain(percent_fr(rate)) in text
    expect(done.desk.locator("main")).to_contain_text(percent_fr(works["value"]))


def read_as_bailleur(done: Round) -> None:
    page = done.bailleur
    page.goto("/bailleur/")
    expect(page.locator(".answer")).to_contain_text(
        f"Votre marché doit {hours_fr(DUE)}\u202f; {hours_fr(VALIDATED)} sont validées ({percent_fr(VALIDATED / DUE)})"
    )
    expect(page.locator("body")).not_to_contain_text("Coulibar")
    page.goto("/bailleur/bilans/")
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").click()
    assert content(download.value) == done.pdf


def save_without_scripts(done: Round, new_page: Opener) -> None:
    page = new_page(java_script_enabled=False)
    log_in(page, "mission@essai.example")
    cells = open_month(page, scripts=False)
    cells.nth(0).fill("151h40")
    cells.nth(1).fill("7")
    page.get_by_role("button", name="Enregistrer les heures").first.click()
    expect(cells.nth(0)).to_have_value("151,67")
    expect(cells.nth(1)).to_have_value("7,00")


def write_over_someone(done: Round, new_page: Opener) -> None:
    """Both opened the page before the first one wrote: nothing is lost until the second, who sees both, has chosen."""
    first, second = done.desk, new_page(awaited=(409,))
    log_in(second, "mission@essai.example")
    cells, others = open_month(first), open_month(second)
    cells.nth(0).focus()
    first.keyboard.type("100")
    first.keyboard.press("Enter")
    all_saved(first)
    others.nth(0).focus()
    second.keyboard.type("90")
    second.keyboard.press("Enter")
    expect(second.get_by_role("button", name="Garder 100\u202fh")).to_be_visible()
    expect(open_month(first).nth(0)).to_have_value("100,00")
    second.get_by_role("button", name="Écrire 90\u202fh").click()
    all_saved(second)
    expect(open_month(first).nth(0)).to_have_value("90,00")


def open_month(page: Page, *, scripts: bool = True) -> Locator:
    page.goto(f"/heures/?mois={FIRST_YEAR + 2}-01")
    if scripts:
        page.locator("html[data-started]").wait_for()
    return page.locator(".cell input[type=text]")


def hours_url(done: Round) -> str:
    return re.sub(r"/marches/lots/(\d+)/.*", r"/lots/\1/heures/", done.lot_url)


def submit(page: Page) -> None:
    before = page.url
    page.locator("main form .btn-primary").last.click()
    page.wait_for_url(lambda url: url != before)
    assert not page.locator("[data-focus]").count(), page.locator("main").inner_text()


def choose(page: Page, label: str, text: str) -> None:
    """In a list, searchable or not, once the scripts have run."""
    field = page.get_by_label(label).first
    field.wait_for()
    page.locator("html[data-started]").wait_for()
    if field.evaluate("(element) => element.localName") == "select":
        value = field.locator("option", has_text=text).first.get_attribute("value")
        field.select_option(value)
        return
    field.focus()
    page.keyboard.type(text)
    expect(page.locator(".ts-dropdown:visible [data-selectable].active", has_text=text)).to_be_visible()
    page.keyboard.press("Enter")
    # The list closes, then gives the focus back to its field: only then may another take it.
    expect(page.locator(".ts-dropdown:visible")).to_have_count(0)
    page.wait_for_timeout(200)


def content(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def text_of(pdf: bytes) -> str:
    return plain(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)
