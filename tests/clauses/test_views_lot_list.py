"""Register of lots."""

import pytest

from clauses.models import LotProgress
from lib.dates import today_paris
from reporting.services.progress import recompute_progress
from tenants import scope
from tests.counting import assert_constant_queries
from tests.factories import CompanyFactory, LotFactory
from tests.within import said

LIST = "/marches/lots/"


@pytest.fixture(autouse=True)
def computed(world):
    for house in (world.ours, world.theirs):
        recompute_progress(tenant_id=house.tenant.pk)


def lots(response):
    return [row.lot.pk for row in response.context["list"].rows]


def test_list_shows_ours_only_with_its_bar(alice, charlie, world):
    answer = alice.get(LIST)
    assert lots(answer) == [world.ours.lot.pk]
    assert "100\u202fh validées sur 833\u202fh" in answer.content.decode()
    assert lots(charlie.get(LIST)) == [world.theirs.lot.pk]


def test_list_asks_as_much_whatever_its_length(alice, world, ours):
    def add(count):
        with scope.tenant(world.ours.tenant.pk):
            LotFactory.create_batch(count, contract=world.ours.contract, due=10, holder=CompanyFactory())
        recompute_progress(tenant_id=world.ours.tenant.pk)

    assert_constant_queries(alice, LIST + "?size=50&panel=open", add)


def test_filters_are_behind_a_link_that_scripts_follow_when_the_panel_opens(alice, world):
    closed = alice.get(f"{LIST}?operation={world.ours.operation.pk}").content.decode()
    assert f'<input type="hidden" name="operation" value="{world.ours.operation.pk}">' in closed
    assert f'<a href="?operation={world.ours.operation.pk}&amp;panel=open">Afficher les filtres</a>' in closed
    assert "<select" not in closed
    opened = alice.get(f"{LIST}?operation={world.ours.operation.pk}&panel=open").content.decode()
    assert '<details class="filters-more" open>' in opened
    assert f'<option value="{world.ours.operation.pk}" selected>' in opened


def test_lots_of_an_archived_marche_are_out_with_it(alice, world, ours):
    ours(lambda: type(world.ours.contract).objects.update(archived_at="2026-01-01T00:00:00Z"))
    answer = alice.get(LIST)
    assert lots(answer) == []
    assert not [chip for chip in answer.context["list"].chips if chip["count"]]
    assert lots(alice.get(f"{LIST}?archived=oui")) == [world.ours.lot.pk]
    assert lots(alice.get(f"{LIST}?archived=tous")) == [world.ours.lot.pk]


def test_most_urgent_first_and_not_computed_last(alice, world, ours):
    reached = ours(lambda: LotFactory(contract=world.ours.contract, due=0))
    recompute_progress(tenant_id=world.ours.tenant.pk)
    new = ours(lambda: LotFactory(contract=world.ours.contract, due=5))
    answer = alice.get(LIST)
    assert lots(answer) == [world.ours.lot.pk, reached.pk, new.pk]
    assert "calcul en cours" in answer.content.decode()
    chips = {chip["label"]: chip["count"] for chip in answer.context["list"].chips}
    assert chips["Sans obligation"] == 1
    assert lots(alice.get(LIST + "?status=sans_obligation")) == [reached.pk]


@pytest.mark.parametrize("word", ["PEINTURE", "parties communes", "peinture fils", "m-2026"])
def test_search_in_lot_marche_and_holder(alice, world, ours, word):
    def number():
        world.ours.contract.number = "M-2026-1"
        world.ours.contract.save()
        LotFactory(title="Charpente", contract__title="Toiture")

    ours(number)
    assert lots(alice.get(LIST, {"q": word})) == [world.ours.lot.pk]


def test_filters(alice, world, ours):
    other = ours(lambda: LotFactory(due=10))
    today = today_paris()
    house = world.ours
    for query in (f"buyer={house.buyer.pk}", f"operation={house.operation.pk}", f"programme={house.programme.pk}"):
        assert lots(alice.get(f"{LIST}?{query}")) == [house.lot.pk]
    assert lots(alice.get(f"{LIST}?mine=oui")) == []
    assert lots(alice.get(f"{LIST}?year=1")) == [house.lot.pk, other.pk]
    ours(lambda: type(other).objects.filter(pk=other.pk).update(starts_on=today, ends_on=today))
    assert lots(alice.get(f"{LIST}?period=en_cours&buyer={other.contract.buyer_id}")) == [other.pk]
    assert lots(alice.get(f"{LIST}?period=a_venir&buyer={other.contract.buyer_id}")) == []
    assert said(alice.get(f"{LIST}?year=1"))[-1].startswith("Filtre ignoré")


def test_export(alice, world, ours):
    ours(lambda: LotFactory(contract=world.ours.contract, number="2", title="À voir"))
    recompute_progress(tenant_id=world.ours.tenant.pk)
    text = b"".join(alice.get(LIST + "?export=csv&sort=title").streaming_content).decode("utf-8-sig")
    header, unset, known = (line.split(";") for line in text.splitlines())
    unset, known = (dict(zip(header, row, strict=True)) for row in (unset, known))
    assert (known["Heures dues"], known["Heures validées"], known["Taux (%)"]) == ("833", "100,00", "12,0")
    assert (known["Titulaires"], known["Fin"]) == ("Peinture et fils (titulaire)", "31/12/2026")
    assert (unset["Heures dues"], unset["Taux (%)"], unset["Statut"]) == ("", "", "à calibrer")


def test_lot_never_computed_is_exported_without_figures(alice, ours):
    ours(lambda: LotProgress.objects.all().delete())
    text = b"".join(alice.get(LIST + "?export=csv").streaming_content).decode("utf-8-sig")
    values = dict(zip(*(line.split(";") for line in text.splitlines()), strict=True))
    assert (values["Statut"], values["Heures dues"], values["Heures validées"]) == ("", "", "")
