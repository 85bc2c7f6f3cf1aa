"""Register of marchés: list, page, archive, selection."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from clauses.enums import BY_SEVERITY
from clauses.models import Lot, LotProgress, PublicContract
from lib.dates import today_paris
from reporting.services.progress import recompute_progress
from tenants.models import Member
from tests.counting import assert_constant_queries
from tests.factories import CompanyFactory, ContractFactory, LotFactory, OperationFactory
from tests.within import errors, said

LIST = "/marches/"


def titles(response):
    return [row.contract.title for row in response.context["list"].rows]


def page_of(world):
    return f"{LIST}{world.ours.contract.pk}/"


def test_list_shows_ours_only(alice, charlie, world):
    for client, house in ((alice, world.ours), (charlie, world.theirs)):
        assert [row.contract.pk for row in client.get(LIST).context["list"].rows] == [house.contract.pk]


def test_list_asks_as_much_whatever_its_length(alice, ours):
    def add(count):
        for contract in ContractFactory.create_batch(count):
            LotFactory.create_batch(2, contract=contract, due=100, holder=CompanyFactory())

    assert_constant_queries(alice, LIST + "?size=50&panel=open", lambda count: ours(lambda: add(count)))


def severity(ours, contract, *ranks):
    """Lots of `contract` as if computed with these severities."""

    def write():
        for rank in ranks:
            lot = LotFactory(contract=contract, due=100)
            LotProgress.objects.create(
                lot=lot, due=100, declared=0, validated=0, validated_qpv=0, remaining=100, expected=10, capacity=70,
                reference_date=date(2026, 9, 30), status=BY_SEVERITY[rank - 1], severity=rank,
                computed_at="2026-10-01T00:00Z",
            )  # fmt: skip

    ours(write)


def test_most_urgent_first_then_most_hours_left(alice, world, ours):
    late, compromised, calm = (ours(lambda n=n: ContractFactory(title=n)) for n in ("En retard", "Compromis", "Calme"))
    severity(ours, late, 6, 2)
    severity(ours, compromised, 1)
    severity(ours, calm, 6)
    assert titles(alice.get(LIST)) == ["Compromis", "En retard", "Calme", "Peinture des parties communes"]
    assert titles(alice.get(LIST + "?status=en_retard")) == ["En retard"]
    chips = {chip["label"]: chip["count"] for chip in alice.get(LIST).context["list"].chips}
    assert chips == {"Mes marchés": None, "En cours": None, "Compromis": 1, "En retard": 1, "En avance": 1}


def test_ranks_are_those_of_the_recomputation():
    sql = Path("reporting/sql/recompute_progress.sql").read_text()
    ranked = sql.partition("array_position(ARRAY[")[2].partition("]")[0]
    assert [name.strip(" '\n") for name in ranked.split(",")] == [str(status) for status in BY_SEVERITY]


def test_row_sums_its_lots_and_names_its_holders(alice, world, ours):
    ours(lambda: LotFactory(contract=world.ours.contract, number="2", due=67, holder=CompanyFactory(name="Zinc")))
    recompute_progress(tenant_id=world.ours.tenant.pk)
    (row,) = alice.get(LIST).context["list"].rows
    assert row.bar.text.startswith("100\u202fh validées sur 900\u202fh (11,1\u202f%)")
    assert (row.details, row.holder, row.others) == ("2 lots", "Peinture et fils", "et 1 autre")


def test_contract_whose_lots_are_all_to_set_has_no_hours_due(alice, ours):
    ours(lambda: LotFactory(contract=ContractFactory(title="À voir")))
    ours(lambda: recompute_progress(tenant_id=Lot.objects.first().tenant_id))
    (row,) = alice.get(LIST + "?q=voir").context["list"].rows
    assert row.bar.text.startswith("0\u202fh validée")
    assert row.bar.text.endswith("calibrer")
    assert row.status == "a_calibrer"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=PARTIES", True),
        ("q=peinture+fils", True),
        ("q=office", True),
        ("q=zinguerie", False),
        ("year=2026", True),
        ("year=2025", False),
        ("period=en_cours", True),
        ("period=termines", False),
        ("period=a_venir", False),
        ("mine=oui", False),
    ],
)
def test_filters(alice, world, ours, query, found):
    today = today_paris()
    ours(lambda: PublicContract.objects.update(starts_on=date(2026, 1, 1), ends_on=max(today, date(2026, 12, 31))))
    if query == "period=termines":
        assert today >= date(2026, 1, 1)
    assert (alice.get(f"{LIST}?{query}").context["list"].count == 1) is found


def test_filters_by_buyer_operation_programme_and_follower(alice, world, ours):
    house = world.ours
    ours(lambda: ContractFactory(operation=OperationFactory()))
    member = ours(lambda: Member.objects.get(user=world.alice))
    ours(lambda: PublicContract.objects.filter(pk=house.contract.pk).update(followed_by=member))
    for query in (
        f"buyer={house.buyer.pk}",
        f"operation={house.operation.pk}",
        f"programme={house.programme.pk}",
        "mine=oui",
    ):
        shown = alice.get(f"{LIST}?{query}").context["list"]
        assert [row.contract.pk for row in shown.rows] == [house.contract.pk]


@pytest.mark.parametrize("query", ["year=abc", "year=1", "status=perdu", "buyer=x", "period=hier", "year=2026.5"])
def test_bad_filters_are_left_out_and_said(alice, query):
    answer = alice.get(f"{LIST}?{query}")
    assert answer.context["list"].count == 1
    assert said(answer)[0].startswith("Filtre ignoré\u202f: ")


def test_export_is_what_is_shown(alice, world):
    recompute_progress(tenant_id=world.ours.tenant.pk)
    text = b"".join(alice.get(LIST + "?export=csv&q=peinture").streaming_content).decode("utf-8-sig")
    values = dict(zip(*(line.split(";") for line in text.splitlines()), strict=True))
    assert values["Objet"] == "Peinture des parties communes"
    assert (values["Donneur d'ordre"], values["Opération"]) == ("Office de l'habitat", "Réhabilitation des Izards")
    assert (values["Début"], values["Fin"], values["Heures dues"]) == ("01/01/2026", "31/12/2026", "833")


def test_selection_is_archived_then_restored(alice, world, ours):
    other = ours(ContractFactory)
    data = {"action": "archive", "selected": [world.ours.contract.pk, other.pk, world.theirs.contract.pk]}
    answer = alice.post("/marches/selection/", {**data, "next": LIST + "?q=x"})
    assert answer["Location"] == LIST + "?q=x"
    assert said(answer) == ["2\u202fmarchés archivés."]
    assert alice.get(LIST).context["list"].count == 0
    answer = alice.post("/marches/selection/", {"action": "restore", "selected": other.pk})
    assert (answer["Location"], said(answer)[-1]) == (LIST, "1\u202fmarché désarchivé.")
    assert alice.get(LIST).context["list"].count == 1


@pytest.mark.parametrize("data", [{}, {"action": "archive"}, {"action": "burn", "selected": "1"}])
def test_selection_of_nothing_changes_nothing(alice, ours, data):
    assert said(alice.post("/marches/selection/", data))[0].startswith("Rien n'a changé")
    assert ours(lambda: PublicContract.objects.filter(archived_at__isnull=False).count()) == 0


def test_selection_cannot_reach_a_stranger(charlie, world, ours):
    charlie.post("/marches/selection/", {"action": "archive", "selected": world.ours.contract.pk})
    assert ours(lambda: PublicContract.objects.filter(archived_at__isnull=False).count()) == 0


def test_page_shows_lots_bar_and_next_thing_to_do(alice, bob, world, ours):
    lot = ours(lambda: LotFactory(contract=world.ours.contract, number="10", title="Façade"))
    recompute_progress(tenant_id=world.ours.tenant.pk)
    answer = alice.get(page_of(world))
    assert [row.lot.number for row in answer.context["rows"]] == ["1", "10"]
    page = answer.content.decode()
    assert "100\u202fh validées sur 833\u202fh" in page
    assert f'href="/marches/lots/{lot.pk}/obligation/"' in page
    assert "Calibrer le lot 10" in page
    assert "/obligation/" not in bob.get(page_of(world)).content.decode()


def test_page_before_anything_is_computed(alice, world, ours):
    ours(lambda: LotProgress.objects.all().delete())
    page = alice.get(page_of(world)).content.decode()
    assert "calcul en cours" in page
    assert "833\u202fh dues" in page


def test_page_asks_as_much_whatever_its_lots(alice, world, ours):
    recompute_progress(tenant_id=world.ours.tenant.pk)

    def add(count):
        LotFactory.create_batch(count, contract=world.ours.contract, due=10, holder=world.ours.company)

    assert_constant_queries(alice, page_of(world), lambda count: ours(lambda: add(count)))


def test_obligations_tab_lists_versions_and_amendments(alice, world, ours):
    assert_constant_queries(
        alice,
        page_of(world) + "obligations/",
        lambda count: ours(lambda: LotFactory.create_batch(count, contract=world.ours.contract, due=10)),
    )
    page = alice.get(page_of(world) + "obligations/").content.decode()
    assert "Aucun avenant" in page
    assert "heures fixées au marché" in page


def test_edit_changes_the_contract_and_its_lots_follow(alice, world, ours):
    data = {
        "title": "Peinture et sols", "nature": "services", "mechanism": "insertion", "buyer": world.ours.buyer.pk,
        "starts_on": "2026-02-01", "ends_on": "2027-01-31", "amount_ht": "1 500 000,50", "number": "2026-7",
    }  # fmt: skip
    assert alice.post(page_of(world) + "modifier/", data)["Location"] == page_of(world)
    contract = ours(lambda: PublicContract.objects.get(pk=world.ours.contract.pk))
    assert (contract.title, contract.amount_ht, contract.number) == (
        "Peinture et sols",
        Decimal("1500000.50"),
        "2026-7",
    )
    assert ours(lambda: Lot.objects.get(pk=world.ours.lot.pk).last_day) == date(2027, 1, 31)


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"ends_on": "2025-12-31"}, "ends_on", "précède le début"),
        ({"ends_on": "2026-05-31"}, "ends_on", "Le lot 1 finit le 30/06/2026, après."),
        ({"starts_on": "2026-02-15"}, "starts_on", "Le lot 1 commence le 01/02/2026, avant."),
        ({"amount_ht": "-5"}, "amount_ht", "négatif"),
        ({"title": " "}, "title", "obligatoire"),
        ({"followed_by": "999999"}, "followed_by", "choix"),
    ],
)
def test_edit_refuses_in_french_and_changes_nothing(alice, world, ours, typed, field, message):
    ours(lambda: Lot.objects.filter(pk=world.ours.lot.pk).update(starts_on="2026-02-01", ends_on="2026-06-30"))
    data = {
        "title": "Autre", "nature": "travaux", "mechanism": "execution", "buyer": world.ours.buyer.pk,
        "starts_on": "2026-01-01", "ends_on": "2026-12-31", **typed,
    }  # fmt: skip
    answer = alice.post(page_of(world) + "modifier/", data)
    assert answer.status_code == 422
    assert message in errors(answer, field)
    assert ours(lambda: PublicContract.objects.get(pk=world.ours.contract.pk).title) == "Peinture des parties communes"


def test_only_members_of_the_structure_may_follow(alice, world, ours):
    stranger = alice.get(page_of(world) + "modifier/").context["form"]
    names = {str(member) for member in ours(lambda: list(stranger.fields["followed_by"].queryset))}
    assert names == {"Alice", "Bob"}


def test_contract_with_work_is_not_deleted_an_empty_one_is(alice, world, ours):
    refused = alice.post(page_of(world) + "supprimer/")
    assert refused["Location"] == page_of(world)
    assert "Suppression impossible" in said(refused)[0]
    empty = ours(lambda: LotFactory(due=10).contract)
    assert alice.post(f"{LIST}{empty.pk}/supprimer/")["Location"] == LIST
    assert ours(lambda: PublicContract.objects.filter(pk=empty.pk).exists()) is False


def test_archive_and_restore(alice, world):
    assert alice.post(page_of(world) + "archiver/")["Location"] == page_of(world)
    assert alice.get(LIST).context["list"].count == 0
    alice.post(page_of(world) + "desarchiver/")
    assert alice.get(LIST).context["list"].count == 1
    assert alice.get(page_of(world)).context["contract"].archived_at is None


def test_company_tab_lists_its_lots(alice, charlie, world, ours):
    recompute_progress(tenant_id=world.ours.tenant.pk)
    url = f"/entreprises/{world.ours.company.pk}/lots/"
    page = alice.get(url)
    assert [row["holder"].lot_id for row in page.context["rows"]] == [world.ours.lot.pk]
    assert "100\u202fh validées" in page.content.decode()
    empty = ours(CompanyFactory)
    assert "Aucun lot" in alice.get(f"/entreprises/{empty.pk}/lots/").content.decode()
    assert charlie.get(url).status_code == 404


def test_history_tells_of_lots_and_amendments(alice, world):
    alice.post(page_of(world) + "archiver/")
    assert "Alice" in alice.get(page_of(world) + "historique/").content.decode()
