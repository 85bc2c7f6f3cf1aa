"""Every main page, full, empty, opened or refused: axe finds nothing, light, dark or narrow, nothing scrolls sideways.

One visit a page: theme and width change in place.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.application import Application
from tests.factories import PASSWORD
from tools.pages import LATE, PAGES, ROW, Shown

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

AXE = (Path(__file__).resolve().parents[1] / "data/axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Reduced there: what axe says of what is right is long. Our style sheets are all read without fetching them again.
VIOLATIONS = """async (rules) => {
    const options = {runOnly: rules, resultTypes: ['violations'], preload: false}
    const found = (await axe.run(document, options)).violations
    return found.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 200)}`))
}"""
# What a theme changes.
CONTRAST = ["color-contrast"]
ACCOUNTS = {
    "facilitator": "alice@exemple.test",
    "administrator": "alice@exemple.test",
    "buyer": "dominique@exemple.test",
    "operator": "olivier@exemple.test",
    "newcomer": "nouvelle@exemple.test",
    "new buyer": "nouveau-bailleur@exemple.test",
}
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 320, "height": 700}
READY = "() => document.documentElement.matches('[data-started]') && !document.querySelector('.htmx-request')"

EMPTY = [
    Shown(page.name, page.label, page.path, who="new buyer" if page.who == "buyer" else "newcomer")
    for page in PAGES
    if not page.steps and page.who in ("facilitator", "administrator", "buyer")
]
# Forms that are sent as they open, or with what they refuse.
REFUSED = [
    Shown("connexion", "Connexion", "/connexion/", who=""),
    Shown("donneur-d-ordre", "Donneur d'ordre", "/marches/donneurs-d-ordre/nouveau/"),
    Shown("programme", "Programme", "/marches/programmes/nouveau/"),
    Shown("operation", "Opération", "/marches/operations/nouvelle/"),
    Shown("marche", "Marché", "/marches/nouveau/"),
    Shown("avenant", "Avenant", LATE, (ROW, ".tabs a[href$='/obligations/']", ".page-actions a")),
    Shown("obligation", "Obligation", "/marches/lots/?status=a_calibrer", (ROW, ".page-actions .btn-primary")),
    Shown("entreprise", "Entreprise", "/entreprises/nouvelle/"),
    Shown("personne", "Personne", "/beneficiaires/nouveau/"),
    Shown("eligibilite", "Éligibilité", "/beneficiaires/", (ROW, "a[href$='/eligibilite/']")),
    Shown("contrat", "Contrat", "/beneficiaires/", (ROW, "a[href*='/contrats/nouveau/']")),
    Shown("membre", "Invitation", "/structure/membres/inviter/", who="administrator"),
    Shown("lien", "Lien", "/structure/liens/nouveau/", who="administrator"),
    Shown("mot-de-passe", "Mot de passe", "/compte/mot-de-passe/"),
    Shown("decp", "DECP", "/donnees/decp/"),
    Shown("structure", "Structure", "/exploitation/structures/nouvelle/", who="operator"),
]
# What opens on top of a page: where, who, what is pressed, in a window of which width.
OPENED = [
    ("compte", Shown("", "", "/accueil/"), "[popovertarget=account]", WIDE),
    ("aide", Shown("", "", "/accueil/"), "[data-help]", WIDE),
    ("menu", Shown("", "", "/accueil/"), ".burger", NARROW),
    ("organisations", Shown("", "", "/bailleur/", who="new buyer"), "[popovertarget=areas]", WIDE),
    ("filtres", Shown("", "", "/marches/lots/"), ".filters-more summary", WIDE),
    ("filtres-etroits", Shown("", "", "/beneficiaires/"), ".filters-more summary", NARROW),
    ("lignes-cochees", Shown("", "", "/marches/"), "[data-bulk-row]", WIDE),
    ("heures-cochees", Shown("", "", "/heures/"), "thead [type=checkbox]", WIDE),
    ("clavier", Shown("", "", "/heures/"), "[popovertarget=hours-help]", WIDE),
    ("liste-ouverte", Shown("", "", "/marches/nouveau/"), ".ts-control input >> nth=0", WIDE),
    ("suppression", Shown("", "", "/marches/operations/", (ROW,)), "[data-dialog=delete]", WIDE),
    ("chiffres-du-graphique", Shown("", "", "/chiffres/"), ".chart summary >> nth=0", NARROW),
    ("renvoi", Shown("", "", "/bilans/", (ROW,)), "details.more summary", WIDE),
    ("lien-a-terminer", Shown("", "", "/structure/liens/", who="administrator"), "main [data-dialog]", WIDE),
]


@pytest.fixture(scope="session")
def furnished(started: Application) -> Application:
    started.manage("shell", "-c", "from tests.e2e.small_world import build; build()")
    return started


@pytest.fixture(scope="module")
def page_of(chromium: Browser, furnished: Application) -> Iterator[Callable[[str], Page]]:
    """One page for each kind of person, logged in. axe writes style elements, which the policy forbids elsewhere."""
    pages: dict[str, Page] = {}

    def page_of_person(who: str) -> Page:
        if who not in pages:
            context = chromium.new_context(base_url=furnished.address, locale="fr-FR", bypass_csp=True)
            pages[who] = context.new_page()
            if who:
                log_in(pages[who], ACCOUNTS[who])
        return pages[who]

    yield page_of_person
    for page in pages.values():
        page.context.close()


@pytest.fixture
def visit(page_of: Callable[[str], Page], furnished: Application) -> Callable[[Shown], Page]:
    def open_page(shown: Shown) -> Page:
        page = page_of(shown.who)
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]  # a plain dict
        page.emulate_media(color_scheme="light")
        assert shown.visit(page, furnished.address), "a link on the way is missing"
        ready(page)
        return page

    return open_page


def log_in(page: Page, email: str) -> None:
    page.goto("/connexion/")
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.locator(".sidenav").wait_for(state="attached")


def ready(page: Page) -> None:
    page.wait_for_function(READY)
    page.evaluate(AXE)


@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)
def test_page_is_accessible(visit: Callable[[Shown], Page], shown: Shown) -> None:
    check_everywhere(visit(shown))


@pytest.mark.parametrize("shown", EMPTY, ids=lambda shown: shown.name)
def test_page_of_an_empty_organisation_is_accessible(visit: Callable[[Shown], Page], shown: Shown) -> None:
    check_twice(visit(shown))


@pytest.mark.parametrize("shown", REFUSED, ids=lambda shown: shown.name)
def test_refused_form_is_accessible(visit: Callable[[Shown], Page], shown: Shown) -> None:
    page = visit(shown)
    button = page.locator("main form:not(.filters) .btn-primary").last
    # The browser would refuse some of them first.
    button.evaluate("(button) => { button.form.noValidate = true }")
    with page.expect_navigation():
        button.click()
    ready(page)
    expect(page.locator(".note-red").first).to_be_visible()
    check_twice(page)


@pytest.mark.parametrize(("shown", "opener", "window"), [row[1:] for row in OPENED], ids=[row[0] for row in OPENED])
def test_what_opens_is_accessible(
    visit: Callable[[Shown], Page], shown: Shown, opener: str, window: dict[str, int]
) -> None:
    page = visit(shown)
    page.set_viewport_size(window)  # type: ignore[arg-type]  # a plain dict
    page.locator(opener).first.click()
    # The fields of the filters are fetched when their panel opens.
    expect(page.locator("[open] > .filters-fields:not(:has(select))")).to_have_count(0)
    found = {"light": violations(page)}
    page.emulate_media(color_scheme="dark")
    assert found | {"dark": violations(page, CONTRAST)} == {"light": [], "dark": []}


def check_everywhere(page: Page) -> None:
    found = {"light": violations(page)}
    page.emulate_media(color_scheme="dark")
    found["dark"] = violations(page, CONTRAST)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a plain dict
    found["narrow"] = violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    assert found == {"light": [], "dark": [], "narrow": []}


def check_twice(page: Page) -> None:
    """Light and wide, then dark and narrow: for what shares its parts with the pages seen in every look."""
    found = {"light": violations(page)}
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a plain dict
    found["dark and narrow"] = violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    assert found == {"light": [], "dark and narrow": []}


def violations(page: Page, rules: list[str] = RULES) -> list[str]:
    found: list[str] = page.evaluate(VIOLATIONS, rules)
    return found
