"""Two people on the same cells at once, on two real connections."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from beneficiaries.models import EmploymentContract, HourEntry
from beneficiaries.services import hours
from beneficiaries.services.employments import EmploymentError, end_employment, remove_assignment
from beneficiaries.services.hour_status import StatusError, set_status
from beneficiaries.services.hours import Conflict, Refused, Saved
from tenants import scope
from tests.concurrency import Other, meanwhile
from tests.factories import AssignmentFactory, LotFactory, World

APRIL = date(2026, 4, 1)


@pytest.fixture
def committed(transactional_db: None) -> World:
    return World.build()


def save(assignment_id: int, value: str, version: int = 0) -> hours.CellResult:
    return hours.save_cell(
        assignment_id=assignment_id, month=APRIL, kind="travail", hours=value, version=version, member_id=None
    )


def in_ours(world: World, work: Callable[[], Any]) -> Callable[[], Any]:
    def within() -> Any:
        with scope.tenant(world.ours.tenant.pk):
            return work()

    return within


def while_open(world: World, mine: Callable[[], Any], theirs: Callable[[], Any]) -> tuple[Any, Any]:
    """Both results, the other beginning once ours is written and before it is committed. Fails if it did not wait."""
    other = Other(in_ours(world, theirs))
    with scope.tenant(world.ours.tenant.pk):
        result = mine()
        meanwhile(other)
    other.join(10)
    return result, other.result


def value() -> list[Decimal]:
    return list(HourEntry.objects.filter(month=APRIL).order_by("assignment_id").values_list("hours", flat=True))


def test_same_cell_written_twice_at_once_conflicts(committed):
    pk = committed.ours.assignment.pk
    mine, theirs = while_open(committed, lambda: save(pk, "100"), lambda: save(pk, "90"))
    assert isinstance(mine, Saved)
    assert isinstance(theirs, Conflict)
    assert theirs.theirs == Decimal(100)
    with scope.tenant(committed.ours.tenant.pk):
        assert value() == [Decimal(100)]


def test_same_line_changed_twice_at_once_conflicts(committed):
    pk = committed.ours.assignment.pk
    with scope.tenant(committed.ours.tenant.pk):
        first = save(pk, "100")
    mine, theirs = while_open(committed, lambda: save(pk, "110", first.version), lambda: save(pk, "120", first.version))
    assert (type(mine), type(theirs)) == (Saved, Conflict)
    with scope.tenant(committed.ours.tenant.pk):
        assert value() == [Decimal(110)]


def test_two_lots_of_one_contract_cannot_pass_the_month_together(committed):
    with scope.tenant(committed.ours.tenant.pk):
        house = committed.ours
        second = AssignmentFactory(employment=house.employment, lot=LotFactory(contract=house.contract))
    mine, theirs = while_open(
        committed, lambda: save(committed.ours.assignment.pk, "400"), lambda: save(second.pk, "400")
    )
    assert isinstance(mine, Saved)
    assert isinstance(theirs, Refused)
    with scope.tenant(committed.ours.tenant.pk):
        assert value() == [Decimal(400)]


def test_two_lots_of_one_contract_would_pass_without_the_lock(committed, monkeypatch):
    """The control: the race exists, and it is the lock of the employment that closes it."""
    monkeypatch.setattr(hours, "lock_employments", lambda ids: None)
    with scope.tenant(committed.ours.tenant.pk):
        house = committed.ours
        second = AssignmentFactory(employment=house.employment, lot=LotFactory(contract=house.contract))
    other = Other(in_ours(committed, lambda: save(second.pk, "400")))
    with scope.tenant(committed.ours.tenant.pk):
        save(committed.ours.assignment.pk, "400")
        other.start()
        other.join(10)
    with scope.tenant(committed.ours.tenant.pk):
        assert value() == [Decimal(400), Decimal(400)]


def test_line_of_a_writer_that_locks_nothing_is_a_conflict(committed):
    house = committed.ours

    def imported() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO beneficiaries_hourentry (tenant_id, assignment_id, lot_id, employment_id, month, kind,"
                " hours, status, status_reason, version) VALUES (%s, %s, %s, %s, %s, 'travail', 33, 'declaree', '', 1)",
                [house.tenant.pk, house.assignment.pk, house.lot.pk, house.employment.pk, APRIL],
            )

    _, theirs = while_open(committed, imported, lambda: save(house.assignment.pk, "50"))
    assert isinstance(theirs, Conflict)
    assert theirs.theirs == Decimal(33)
    with scope.tenant(house.tenant.pk):
        assert value() == [Decimal(33)]


def test_line_validated_while_it_is_typed_over_is_refused(committed):
    pk = committed.ours.assignment.pk
    with scope.tenant(committed.ours.tenant.pk):
        first = save(pk, "100")
        line = HourEntry.objects.get(month=APRIL)
    _, theirs = while_open(
        committed,
        lambda: set_status(versions={line.pk: first.version}, to="validee", reason="", member_id=None),
        lambda: save(pk, "90", first.version),
    )
    assert isinstance(theirs, Conflict)
    assert (theirs.status, theirs.theirs) == ("validee", Decimal(100))
    with scope.tenant(committed.ours.tenant.pk):
        assert value() == [Decimal(100)]


def test_line_typed_over_while_it_is_validated_is_not_validated(committed):
    pk = committed.ours.assignment.pk
    with scope.tenant(committed.ours.tenant.pk):
        first = save(pk, "100")
        line = HourEntry.objects.get(month=APRIL)
    _, theirs = while_open(
        committed,
        lambda: save(pk, "90", first.version),
        lambda: set_status(versions={line.pk: first.version}, to="validee", reason="", member_id=None),
    )
    assert isinstance(theirs, StatusError)
    with scope.tenant(committed.ours.tenant.pk):
        assert list(HourEntry.objects.filter(month=APRIL).values_list("hours", "status")) == [(Decimal(90), "declaree")]


def test_refused_hours_cannot_come_back_while_others_take_their_place(committed):
    with scope.tenant(committed.ours.tenant.pk):
        house = committed.ours
        second = AssignmentFactory(employment=house.employment, lot=LotFactory(contract=house.contract))
        first = save(house.assignment.pk, "400")
        line = HourEntry.objects.get(month=APRIL)
        set_status(versions={line.pk: first.version}, to="refusee", reason="doublon", member_id=None)
    _, theirs = while_open(
        committed,
        lambda: save(second.pk, "400"),
        lambda: set_status(versions={line.pk: None}, to="declaree", reason="retrouvé", member_id=None),
    )
    assert isinstance(theirs, StatusError)
    with scope.tenant(committed.ours.tenant.pk):
        assert HourEntry.objects.get(pk=line.pk).status == "refusee"


def test_lock_lets_other_lines_of_the_contract_be_written(committed):
    """FOR NO KEY UPDATE: a foreign key of a line written meanwhile does not wait for the lock."""
    house = committed.ours

    def another_line() -> int:
        assignment = AssignmentFactory(employment=house.employment, lot=LotFactory(contract=house.contract))
        return int(assignment.pk)

    with scope.tenant(house.tenant.pk):
        hours.lock_employments([house.employment.pk])
        other = Other(in_ours(committed, another_line))
        other.start()
        other.join(5)
        assert isinstance(other.result, int)
        assert EmploymentContract.objects.filter(pk=house.employment.pk).exists()


def test_contract_does_not_end_before_hours_typed_meanwhile(committed):
    house = committed.ours
    _, theirs = while_open(
        committed,
        lambda: save(house.assignment.pk, "50"),
        lambda: end_employment(employment=house.employment, ends_on=date(2026, 3, 31)),
    )
    assert isinstance(theirs, EmploymentError)
    with scope.tenant(house.tenant.pk):
        assert EmploymentContract.objects.get().ends_on is None


def test_assignment_does_not_go_away_under_hours_typed_meanwhile(committed):
    with scope.tenant(committed.ours.tenant.pk):
        idle = AssignmentFactory(employment=committed.ours.employment, lot=LotFactory())
    _, theirs = while_open(committed, lambda: save(idle.pk, "50"), lambda: remove_assignment(assignment=idle))
    assert isinstance(theirs, EmploymentError)
    with scope.tenant(committed.ours.tenant.pk):
        assert value() == [Decimal(50)]
