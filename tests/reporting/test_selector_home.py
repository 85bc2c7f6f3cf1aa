"""Accueil: the month that is being collected, lot by lot, and what ends soon."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from beneficiaries.rules import month_to_declare
from clauses.models import Lot
from lib.dates import today_paris
from reporting.enums import Collected
from reporting.selectors import home
from reporting.selectors.month import lots_collected, month_state, with_month
from tenants import scope
from tests import factories

TODAY = date(2026, 11, 20)
MONTH = date(2026, 10, 1)
HOURS = Decimal("7.50")


def found_lots(ids):
    return Lot.objects.filter(pk__in=ids).values_list("number", flat=True)


@pytest.fixture
def running(world):
    """Four lots at work in October, one in each state, the last two of one company; and one that ended before."""
    house = world.ours

    def lot(number, **more):
        return factories.LotFactory(
            contract=house.contract,
            number=number,
            due=100,
            starts_on=date(2026, 1, 1),
            **{"holder": house.company, **more},
        )

    def work(at, *statuses):
        employment = factories.EmploymentFactory(
            beneficiary=house.beneficiary, employer=house.company, starts_on=date(2026, 1, 5), ends_on=None
        )
        assignment = factories.AssignmentFactory(employment=employment, lot=at)
        for kind, status in zip(("travail", "formation"), statuses, strict=False):
            factories.HourEntryFactory(assignment=assignment, month=MONTH, kind=kind, status=status, hours=HOURS)

    with scope.tenant(house.tenant.pk):
        type(house.lot).objects.update(starts_on=date(2026, 1, 1), ends_on=date(2026, 9, 30))
        end = {"ends_on": date(2027, 1, 31)}
        work(lot("11", **end), "validee", "refusee")
        work(lot("12", **end), "validee", "declaree")
        work(lot("13", **end))
        work(lot("14", **end), "refusee")
        lot("15", **end)
    return house


def test_each_lot_of_the_month_is_in_one_state(running):
    with scope.tenant(running.tenant.pk):
        found = month_state(month_to_declare(TODAY))
        numbers = {state: sorted(found_lots(lots)) for state, lots in found.lots.items()}
    assert (found.month, found.silent_companies) == (MONTH, 1)
    assert numbers == {"valide": ["11"], "recu": ["12"], "non_declare": ["13", "14"], "sans_personne": ["15"]}


def test_a_month_without_a_lot(world):
    with scope.tenant(world.ours.tenant.pk):
        found = month_state(date(1999, 4, 1))
    assert (found.silent_companies, [found.count(state) for state in Collected]) == (0, [0, 0, 0, 0])


def test_lots_of_a_month_say_what_came_and_since_when_nothing_does(running):
    with scope.tenant(running.tenant.pk):
        state = month_state(MONTH)
        found = [lot for one in Collected for lot in with_month(lots_collected(state, one), MONTH)]
        rows = {lot.number: (lot.declared, lot.validated, lot.last_month, lot.lead) for lot in found}
    company, one = running.company.name, HOURS
    assert rows == {
        "11": (one, one, MONTH, company),
        "12": (2 * one, one, MONTH, company),
        "13": (None, None, None, company),
        "14": (None, None, None, company),
        "15": (None, None, None, company),
    }


def test_what_ends_within_thirty_days_is_named_once(world):
    today = today_paris()
    house = world.ours
    with scope.tenant(house.tenant.pk):
        type(house.employment).objects.update(ends_on=today + timedelta(days=30))
        for days in (-1, 31):
            factories.EmploymentFactory(
                beneficiary=house.beneficiary, employer=house.company, ends_on=today + timedelta(days=days)
            )
        type(house.beneficiary.eligibilities.get()).objects.update(valid_until=today)
        found = home.ending_soon(today, 10)
    person = f"{house.beneficiary.last_name} {house.beneficiary.first_name}".strip()
    assert [(ending.person, ending.what, ending.on) for ending in found] == [
        (person, "éligibilité", today),
        (person, "contrat de travail", today + timedelta(days=30)),
    ]


def test_the_eligibility_of_who_no_longer_works_is_not_awaited(world):
    today = today_paris()
    with scope.tenant(world.ours.tenant.pk):
        type(world.ours.employment).objects.update(ends_on=today - timedelta(days=1))
        type(world.ours.beneficiary.eligibilities.get()).objects.update(valid_until=today)
        assert home.ending_soon(today, 10) == []
