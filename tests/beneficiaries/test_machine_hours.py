"""A month of hours in the hands of two people, against a plain-Python oracle: same outcome, same lines each time."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count, product

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from beneficiaries.models import EmploymentContract, HourEntry
from beneficiaries.services.hour_status import StatusError, set_status
from beneficiaries.services.hours import save_cell
from tenants import scope
from tests.factories import AssignmentFactory, LotFactory, World

APRIL, MAY, JANUARY = date(2026, 4, 1), date(2026, 5, 1), date(2027, 1, 1)  # the lots end in December 2026
STATES = ("declaree", "controlee", "validee", "refusee")
# Written here a second time, from the design and not from the code.
ALLOWED = {
    ("declaree", "controlee"): False,
    ("declaree", "validee"): False,
    ("declaree", "refusee"): True,
    ("controlee", "declaree"): False,
    ("controlee", "validee"): False,
    ("controlee", "refusee"): True,
    ("validee", "declaree"): True,
    ("refusee", "declaree"): True,
}  # (from, to): whether a reason is needed

# Mostly the two lots of one month, where things meet.
PLACES = st.sampled_from([(0, APRIL, "travail"), (1, APRIL, "travail"), (1, APRIL, "formation")]) | st.sampled_from(
    list(product((0, 1), (APRIL, MAY, JANUARY), ("travail", "formation")))
)
PEOPLE = st.sampled_from((0, 1))
VALUES = st.none() | st.sampled_from([Decimal(v) for v in ("0.00", "100.00", "151.67", "372.00", "644.00", "744.00")])


@dataclass
class Line:
    hours: Decimal
    status: str
    seen: int  # changes whenever the line does


class Month(RuleBasedStateMachine):
    world: World

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.scope = scope.tenant(self.world.ours.tenant.pk)
        self.scope.__enter__()
        house = self.world.ours
        second = AssignmentFactory(employment=house.employment, lot=LotFactory(contract=house.contract))
        self.assignments = (house.assignment, second)
        self.end: date | None = None
        self.ticket = count(1)
        self.lines: dict[tuple[int, date, str], Line] = {}
        self.screens: list[dict[tuple[int, date, str], tuple[int, int]]] = [{}, {}]

    def teardown(self) -> None:
        self.scope.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def stored(self) -> dict[tuple[int, date, str], HourEntry]:
        index = {assignment.pk: place for place, assignment in enumerate(self.assignments)}
        mine = HourEntry.objects.filter(assignment__in=self.assignments, month__in=(APRIL, MAY, JANUARY))
        return {(index[line.assignment_id], line.month, line.kind): line for line in mine}

    @rule(person=PEOPLE)
    def reloads(self, person: int) -> None:
        """Version in the database and the oracle's ticket, for each line on the screen."""
        self.screens[person] = {place: (line.version, self.lines[place].seen) for place, line in self.stored().items()}

    @rule(person=PEOPLE, place=PLACES, wanted=VALUES, fresh=st.booleans())
    def types(self, person: int, place: tuple[int, date, str], wanted: Decimal | None, fresh: bool) -> None:
        if fresh:
            self.reloads(person)
        index, month, kind = place
        version, ticket = self.screens[person].get(place, (0, 0))
        result = save_cell(
            assignment_id=self.assignments[index].pk,
            month=month,
            kind=kind,
            hours=wanted,
            version=version,
            member_id=None,
        )
        expected = self.outcome(place, wanted, ticket)
        assert (type(result).__name__, getattr(result, "changed", None)) == expected
        if expected == ("Saved", True):
            self.write(place, wanted)
        if expected[0] == "Saved":
            self.sees(person, place, result.version)
        elif expected[0] == "Conflict":
            line = self.lines.get(place)
            assert (result.theirs, result.status) == ((line.hours, line.status) if line else (None, ""))

    def outcome(self, place: tuple[int, date, str], wanted: Decimal | None, ticket: int) -> tuple[str, bool | None]:
        line = self.lines.get(place)
        if (line.hours if line else None) == wanted:
            return "Saved", False
        if (line.seen if line else 0) != ticket:
            return "Conflict", None
        if line and line.status in ("validee", "refusee"):
            return "Refused", None
        if wanted is not None and not self.fits(place, wanted):
            return "Refused", None
        return "Saved", True

    def fits(self, place: tuple[int, date, str], wanted: Decimal) -> bool:
        month = place[1]
        if month == JANUARY or (self.end is not None and self.end < month):
            return False
        others = [
            line.hours
            for key, line in self.lines.items()
            if key != place and key[1] == month and line.status != "refusee"
        ]
        return sum(others, wanted) <= 744

    def write(self, place: tuple[int, date, str], wanted: Decimal | None) -> None:
        if wanted is None:
            del self.lines[place]
        else:
            self.lines[place] = Line(wanted, "declaree", next(self.ticket))

    def sees(self, person: int, place: tuple[int, date, str], version: int) -> None:
        self.screens[person].pop(place, None)
        if place in self.lines:
            self.screens[person][place] = (version, self.lines[place].seen)

    @rule(person=PEOPLE, to=st.sampled_from(STATES), ticks=st.integers(1, 7), reason=st.booleans(), fresh=st.booleans())
    def decides(self, person: int, to: str, ticks: int, reason: bool, fresh: bool) -> None:
        """`ticks` as bits: which of the first three lines are ticked."""
        if fresh:
            self.reloads(person)
        stored, screen = self.stored(), self.screens[person]
        places = [place for bit, place in enumerate(sorted(stored)[:3]) if ticks >> bit & 1]
        versions = {stored[place].pk: screen.get(place, (0, 0))[0] for place in places}
        may = bool(places) and all(
            self.lines[place].seen == screen.get(place, (0, 0))[1]
            and (self.lines[place].status, to) in ALLOWED
            and (reason or not ALLOWED[self.lines[place].status, to])
            for place in places
        )
        back = [place for place in places if to == "declaree" and self.lines[place].status == "refusee"]
        may = may and all(self.month_after(month, back) <= 744 for _, month, _ in back)
        try:
            changed = set_status(versions=versions, to=to, reason="motif" if reason else "", member_id=None)
        except StatusError:
            assert not may
            return
        assert may
        assert (changed.count, changed.hours) == (len(places), sum(self.lines[place].hours for place in places))
        for place in places:
            self.lines[place] = Line(self.lines[place].hours, to, next(self.ticket))

    def month_after(self, month: date, back: list[tuple[int, date, str]]) -> Decimal:
        counted = [
            line.hours
            for key, line in self.lines.items()
            if key[1] == month and (line.status != "refusee" or key in back)
        ]
        return sum(counted, Decimal(0))

    @rule(end=st.sampled_from([None, date(2026, 3, 31), date(2026, 4, 1), date(2026, 5, 15)]))
    def contract_ends(self, end: date | None) -> None:
        EmploymentContract.objects.filter(pk=self.assignments[0].employment_id).update(ends_on=end)
        self.end = end

    @invariant()
    def same_lines(self) -> None:
        stored = {place: (line.hours, line.status) for place, line in self.stored().items()}
        assert stored == {place: (line.hours, line.status) for place, line in self.lines.items()}


def run(world: World, **limits: int) -> None:
    machine = type("OurMonth", (Month,), {"world": world})
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(machine, settings=settings(deadline=None, suppress_health_check=checks, **limits))


def test_month_of_hours_follows_the_oracle(world):
    run(world, max_examples=20, stateful_step_count=25)


@pytest.mark.soak
def test_month_of_hours_follows_the_oracle_for_long(world):
    run(world, max_examples=200, stateful_step_count=50)
