"""The bailleur's space: the answer in a sentence, marchés by status, months or years, groups."""

from datetime import date

import pytest

from clauses.models import Lot, LotProgress, Obligation
from reporting.models import Bilan
from reporting.services import progress
from tenants import scope
from tenants.models import Document
from tests import factories
from tests.factories import logged_in
from tests.within import shown

TODAY = date(2026, 11, 20)


@pytest.fixture
def dominique(world):
    progress.recompute_progress(tenant_id=world.ours.tenant.pk, today=TODAY)
    return logged_in(world.dominique)


def add(world, status, **contract):
    """A marché of our donneur d'ordre whose lot is in that status."""
    with scope.tenant(world.ours.tenant.pk):
        lot = factories.LotFactory(contract=factories.ContractFactory(buyer=world.ours.buyer, **contract), due=100)
    progress.recompute_progress(tenant_id=world.ours.tenant.pk, today=TODAY)
    with scope.tenant(world.ours.tenant.pk):
        LotProgress.objects.filter(lot=lot).update(status=status)
    return lot


def answer(client):
    return client.get("/bailleur/").context["answer"]


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        ((), "aucun n'est en retard"),
        (("compromis",), "1 n'atteindra pas son objectif."),
        (("compromis", "compromis"), "2 n'atteindront pas leur objectif."),
        (("en_retard",), "1 est en retard."),
        (("compromis", "en_retard", "en_retard"), "1 n'atteindra pas son objectif, 2 sont en retard."),
    ],
)
def test_sentence_says_what_needs_attention(world, dominique, statuses, said):
    for status in statuses:
        add(world, status)
    with scope.tenant(world.ours.tenant.pk):
        LotProgress.objects.filter(lot=world.ours.lot).update(status="en_avance")
    assert said in answer(dominique)
    needs = [row["contract"].status for row in dominique.get("/bailleur/").context["needs"]]
    assert sorted(needs) == sorted(statuses)


def test_sentence_gives_the_rate_of_anru_operations(world, dominique):
    with scope.tenant(world.ours.tenant.pk):
        world.ours.operation.total_hours_worked = 1000
        world.ours.operation.save()
        Obligation.objects.update(amount_ht=100_000, labour_share="0.5", hourly_cost=28, rate="0.05")
    progress.recompute_progress(tenant_id=world.ours.tenant.pk, today=TODAY)
    assert "sur vos opérations ANRU, 10,0\u202f% des heures travaillées pour 5,0\u202f% attendus" in answer(dominique)


def test_bilans_are_those_handed_over(world, dominique):
    with scope.tenant(world.ours.tenant.pk):
        document = Document.objects.create(name="x", content_type="x", size=1, sha256="x", storage_key="x")
        for state in ("draft", "submitted", "validated"):
            Bilan.objects.create(
                scope_kind="buyer",
                scope_id=world.ours.buyer.pk,
                buyer=world.ours.buyer,
                scope_label=state,
                period_from="2026-01-01",
                period_to="2026-12-31",
                state=state,
                pdf=document,
                xlsx=document,
            )
    found = dominique.get("/bailleur/bilans/").context["bilans"]
    assert [bilan.scope_label for bilan in found] == ["validated", "submitted"]


def test_list_is_narrowed_to_a_status(world, dominique):
    add(world, "atteint", title="Façades")
    with scope.tenant(world.ours.tenant.pk):
        LotProgress.objects.filter(lot=world.ours.lot).update(status="en_retard")

    def titles(query):
        return sorted(row["contract"].title for row in dominique.get(f"/bailleur/marches/{query}").context["rows"])

    assert titles("") == titles("?statut=pirate") == ["Façades", "Peinture des parties communes"]
    assert titles("?statut=atteint") == ["Façades"]
    assert titles("?statut=compromis") == []
    chips = dominique.get("/bailleur/marches/?statut=atteint").context["chips"]
    assert {chip["status"]: (chip["count"], chip["active"]) for chip in chips} == {
        "en_retard": (1, False),
        "atteint": (1, True),
    }


def test_page_of_a_marche_goes_down_to_lots_and_months(world, dominique):
    page = dominique.get(f"/bailleur/marches/{world.ours.contract.pk}/")
    assert [row["lot"].number for row in page.context["lots"]] == ["1"]
    assert [row["label"] for row in page.context["chart"]["rows"]] == ["mars 2026"]
    assert "Dûpont" not in shown(page)


def test_marche_of_another_account_is_not_found(world, dominique):
    assert dominique.get(f"/bailleur/marches/{world.theirs.contract.pk}/").status_code == 404


def test_many_months_are_shown_by_year(world):
    with scope.tenant(world.ours.tenant.pk):
        world.ours.contract.starts_on = date(2022, 1, 1)
        world.ours.contract.save()
        factories.HourEntryFactory(assignment=world.ours.assignment, month=date(2022, 1, 1), hours=8)
        for number in range(40):
            month = date(2022 + number // 12, number % 12 + 1, 1)
            factories.HourEntryFactory(
                assignment=world.ours.assignment, month=month, kind="formation", hours=2, status="validee"
            )
    progress.recompute_progress(tenant_id=world.ours.tenant.pk, today=TODAY)
    chart = logged_in(world.dominique).get("/bailleur/").context["chart"]
    assert chart["title"] == "Heures par année"
    assert [(row["label"], row["values"]) for row in chart["rows"]] == [
        ("2022", [24, 8]),
        ("2023", [24, 0]),
        ("2024", [24, 0]),
        ("2025", [8, 0]),
        ("2026", [100, 0]),
    ]


def test_groups_count_each_marche_once(world, dominique):
    with scope.tenant(world.ours.tenant.pk):
        world.ours.operation.qpv_code = "QN03101M"
        world.ours.operation.save()
    add(world, "atteint", starts_on=date(2025, 3, 1))
    groups = {
        group["id"]: {row["label"]: row["count"] for row in group["rows"]}
        for group in dominique.get("/bailleur/").context["groups"]
    }
    assert groups["operations"] == {"Réhabilitation des Izards": 1, "sans opération": 1}
    assert groups["years"] == {"2025": 1, "2026": 1}
    assert {label[:8]: count for label, count in groups["neighbourhoods"].items()} == {"QN03101M": 1, "sans qua": 1}


def test_lot_without_progress_yet_is_shown_without_a_bar(world, dominique):
    with scope.tenant(world.ours.tenant.pk):
        factories.LotFactory(contract=world.ours.contract, number="2", due=10)
        assert Lot.objects.filter(progress__isnull=True).count() == 1
    page = dominique.get(f"/bailleur/marches/{world.ours.contract.pk}/")
    assert [(row["lot"].number, bool(row["bar"])) for row in page.context["lots"]] == [("1", True), ("2", False)]
