"""The bailleur's figures: those of the structures, each lot counted once, nothing on people."""

from datetime import date
from decimal import Decimal

import pytest

from clauses.models import BuyerLink, Lot
from reporting.enums import ScopeKind
from reporting.indicators.source import Perimeter, compute_indicators
from reporting.selectors.buyer_space import (
    contract_of_account,
    contracts_of_account,
    figures_of_account,
    months_of_lots,
)
from reporting.services import progress
from tenants import scope
from tests import factories
from tests.factories import logged_in

TODAY = date(2026, 11, 20)


def recompute(*houses):
    for house in houses:
        progress.recompute_progress(tenant_id=house.tenant.pk, today=TODAY)


@pytest.fixture
def shared_operation(world):
    """An operation of ours where another donneur d'ordre has a marché too; labour is known on some lots only."""
    house = world.ours
    with scope.tenant(house.tenant.pk):
        house.lot.obligations.update(amount_ht=100_000, labour_share="0.5", hourly_cost=28, rate="0.05")
        stranger = factories.BuyerFactory(name="Ville")
        elsewhere = factories.ContractFactory(buyer=stranger, operation=house.operation)
        lot = factories.LotFactory(contract=elsewhere, number="9")
        factories.ObligationFactory(lot=lot, amount_ht=50_000, labour_share="0.3", hourly_cost=30, rate="0.05")
        assignment = factories.AssignmentFactory(employment=house.employment, lot=lot)
        factories.HourEntryFactory(assignment=assignment, status="validee", hours=Decimal("12.25"))
        alone = factories.LotFactory(contract=factories.ContractFactory(buyer=house.buyer), due=10)
        factories.ObligationFactory._meta.model.objects.filter(lot=alone).update(
            amount_ht=1000, labour_share="0.2", hourly_cost=25
        )
    recompute(house)
    return stranger


def test_rates_are_those_of_the_indicators(world, shared_operation):
    with scope.tenant(world.ours.tenant.pk):
        perimeter = Perimeter(ScopeKind.BUYER, world.ours.buyer.pk, "B1")
        expected = compute_indicators(perimeter, date(2026, 1, 1), date(2026, 12, 1))
    with scope.buyer(world.account.pk):
        found = figures_of_account(contracts_of_account())
    hours, rates = found.hours, found.rates
    assert rates == expected.rates
    assert found.anru.works == expected.rates.works
    assert (hours.due, hours.validated_to_date, hours.remaining) == (
        expected.hours.due,
        expected.hours.validated_to_date,
        expected.hours.remaining,
    )
    assert rates.works.value is not None
    assert rates.lots.value is not None


def test_marche_of_another_buyer_in_the_operation_is_not_shown(world, shared_operation):
    with scope.buyer(world.account.pk):
        shown = {lot.number for contract in contracts_of_account() for lot in contract.lots}
    assert "9" not in shown


@pytest.fixture
def followed_twice(world):
    """The same official number in both structures, linked to one account; the other validated more on lot 1."""
    with scope.tenant(world.theirs.tenant.pk):
        BuyerLink.objects.update(state="ended")
        factories.link_buyer(world.theirs.buyer, world.account)
        factories.HourEntryFactory(assignment=world.theirs.assignment, month=date(2026, 4, 1), status="validee")
    for house in (world.ours, world.theirs):
        with scope.tenant(house.tenant.pk):
            house.contract.number = "2026-17"
            house.contract.save()
            if house is world.ours:
                factories.LotFactory(contract=house.contract, number="2", due=50)
    recompute(world.ours, world.theirs)


def test_marche_recorded_twice_shows_once_and_counts_each_lot_once(world, followed_twice):
    with scope.buyer(world.account.pk):
        (contract,) = contracts_of_account()
        assert contract.followers == (world.ours.tenant.name, world.theirs.tenant.name)
        assert contract.doubles == 1
        assert {lot.number: lot.figures.validated for lot in contract.lots} == {"1": 200, "2": 0}
        assert contract.sums.due == 883
        for recorded in (world.ours.contract, world.theirs.contract):
            assert contract_of_account(recorded.pk) == contract
        assert [month.validated for month in months_of_lots(contract.lots)] == [100, 100]


def test_two_lots_of_one_number_in_one_structure_both_count(world):
    with scope.tenant(world.ours.tenant.pk):
        factories.LotFactory(contract=world.ours.contract, number="1", due=7)
    recompute(world.ours)
    with scope.buyer(world.account.pk):
        (contract,) = contracts_of_account()
    assert (contract.sums.due, contract.doubles) == (840, 0)


def test_dashboard_says_the_answer_and_names_nobody(world):
    recompute(world.ours, world.theirs)
    page = logged_in(world.dominique).get("/bailleur/").content.decode()
    assert "Votre marché doit 833\u202fh" in page
    assert "100\u202fh sont validées (12,0\u202f%)" in page
    for private in ("Dûpont", "Zoé", "deld"):
        assert private not in page


def test_unlinked_account_sees_an_explanation(world):
    with scope.tenant(world.ours.tenant.pk):
        BuyerLink.objects.update(state="ended")
    page = logged_in(world.dominique).get("/bailleur/").content.decode()
    assert "Aucun marché" in page


@pytest.mark.parametrize("count", [1, 3, 30])
@pytest.mark.parametrize("url", ["/bailleur/", "/bailleur/marches/"])
def test_constant_queries(world, django_assert_max_num_queries, count, url):
    with scope.tenant(world.ours.tenant.pk):
        for _ in range(count):
            factories.LotFactory(contract=factories.ContractFactory(buyer=world.ours.buyer), due=100)
    recompute(world.ours)
    client = logged_in(world.dominique)
    client.get(url)
    with django_assert_max_num_queries(15) as captured:
        assert client.get(url).status_code == 200
    assert len(captured) == {"/bailleur/": 14, "/bailleur/marches/": 12}[url]
    with scope.tenant(world.ours.tenant.pk):
        assert Lot.objects.count() == count + 1
