"""States of hour lines: the whole table, reasons, selections."""

from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from django.db import DatabaseError, transaction

from beneficiaries.enums import HOUR_TRANSITIONS, NEEDS_REASON, HourStatus
from beneficiaries.models import HourEntry
from beneficiaries.services.hour_status import StatusChange, StatusError, set_status
from clauses.models import StaleLot
from tenants import scope
from tenants.models import AuditEntry, Member
from tests.factories import AssignmentFactory, HourEntryFactory, LotFactory

APRIL = date(2026, 4, 1)
EVERY_PAIR = list(product(HourStatus.values, HourStatus.values))


@pytest.fixture
def ours(world):
    with scope.tenant(world.ours.tenant.pk, world.alice.pk):
        yield world.ours


def line(house, status="declaree", hours="100", **kwargs) -> HourEntry:
    return HourEntryFactory(assignment=house.assignment, month=APRIL, hours=Decimal(hours), status=status, **kwargs)


def change(*entries, to, reason="", member_id=None) -> StatusChange:
    return set_status(versions={one.pk: one.version for one in entries}, to=to, reason=reason, member_id=member_id)


def test_table_names_every_state():
    assert set(HOUR_TRANSITIONS) == set(HourStatus.values)
    assert all(to in HOUR_TRANSITIONS[was] for was, to in NEEDS_REASON)


@pytest.mark.parametrize(("was", "to"), EVERY_PAIR)
@pytest.mark.parametrize("reason", ["", "bulletin de paie d'avril"])
def test_every_transition(ours, world, was, to, reason):
    entry = line(ours, was)
    allowed = to in HOUR_TRANSITIONS[was] and (bool(reason) or (was, to) not in NEEDS_REASON)
    member = Member.objects.get(user=world.alice)
    if not allowed:
        with pytest.raises(StatusError):
            change(entry, to=to, reason=reason, member_id=member.pk)
        entry.refresh_from_db()
        assert (entry.status, entry.version, entry.status_reason) == (was, 1, "")
        return
    assert change(entry, to=to, reason=reason, member_id=member.pk) == StatusChange(1, Decimal(100))
    entry.refresh_from_db()
    assert (entry.status, entry.version, entry.status_reason) == (to, 2, reason)
    assert (entry.status_by, entry.hours) == (member, Decimal(100))
    assert entry.status_at is not None


@pytest.mark.parametrize(("was", "to"), [pair for pair in EVERY_PAIR if pair[1] in HOUR_TRANSITIONS[pair[0]]])
def test_reason_is_kept_in_the_history(ours, world, was, to):
    entry = line(ours, was)
    change(entry, to=to, reason="bulletin de paie d'avril")
    written = AuditEntry.objects.filter(table="beneficiaries_hourentry", row_id=entry.pk, action="U").get()
    assert (written.why, written.user_id) == ("bulletin de paie d'avril", world.alice.pk)
    assert (written.before["status"], written.after["status"]) == (was, to)


def test_blank_reason_is_no_reason(ours):
    with pytest.raises(StatusError, match="motif pour rouvrir"):
        change(line(ours, "validee"), to="declaree", reason="  ")


def test_selection_changes_all_and_says_the_sum(ours):
    work, training = line(ours, hours="400.25"), line(ours, "controlee", "12.25", kind="formation")
    assert change(work, training, to="validee") == StatusChange(2, Decimal("412.50"))
    assert set(HourEntry.objects.filter(month=APRIL).values_list("status", flat=True)) == {"validee"}


@pytest.mark.parametrize("wrong", ["validee", "refusee"])
def test_one_line_that_may_not_leaves_all_unchanged(ours, wrong):
    work, training = line(ours), line(ours, wrong, kind="formation")
    with pytest.raises(StatusError, match="On ne passe pas de"):
        change(work, training, to="controlee")
    assert set(HourEntry.objects.filter(month=APRIL).values_list("status", flat=True)) == {"declaree", wrong}


def test_line_changed_meanwhile_leaves_all_unchanged(ours):
    work, training = line(ours), line(ours, kind="formation", version=4)
    with pytest.raises(StatusError, match="modifiée entre-temps"):
        set_status(versions={work.pk: 1, training.pk: 3}, to="validee", reason="", member_id=None)
    assert set(HourEntry.objects.filter(month=APRIL).values_list("status", flat=True)) == {"declaree"}
    set_status(versions={work.pk: 1, training.pk: None}, to="validee", reason="", member_id=None)


def test_nothing_ticked_is_refused(ours):
    with pytest.raises(StatusError, match="Cochez"):
        set_status(versions={}, to="validee", reason="", member_id=None)


def test_stranger_s_line_is_not_there(ours, world):
    with scope.tenant(world.theirs.tenant.pk):
        theirs = line(world.theirs)
    mine = line(ours)
    with pytest.raises(StatusError, match="n'existent plus"):
        change(mine, theirs, to="validee")
    mine.refresh_from_db()
    assert mine.status == "declaree"
    with scope.tenant(world.theirs.tenant.pk):
        theirs.refresh_from_db()
        assert theirs.status == "declaree"


def test_reopening_marks_the_lot_stale(ours):
    StaleLot.objects.all().delete()
    change(ours.entry, to="declaree", reason="mois faux")
    assert set(StaleLot.objects.values_list("lot_id", flat=True)) == {ours.lot.pk}


def test_refused_hours_do_not_come_back_over_a_full_month(ours):
    refused = line(ours, "refusee", "400")
    second = AssignmentFactory(employment=ours.employment, lot=LotFactory(contract=ours.contract))
    other = HourEntryFactory(assignment=second, month=APRIL, hours=Decimal("344.01"))
    with pytest.raises(StatusError, match="744,01"):
        change(refused, to="declaree", reason="retrouvé")
    other.hours = Decimal(344)
    other.save()
    change(refused, to="declaree", reason="retrouvé")


def test_refused_line_longer_than_a_month_stays_refused(ours):
    """An import may bring one: the database would refuse it in any other state."""
    refused = line(ours, "refusee", "800")
    with pytest.raises(StatusError, match="800"):
        change(refused, to="declaree", reason="retrouvé")


def test_database_itself_refuses_a_validated_line_changed_without_a_reason(ours):
    for changes in ({"hours": 1}, {"status": "declaree"}, {"month": APRIL}, {"kind": "formation"}):
        with pytest.raises(DatabaseError, match="hour_entry_validated"), transaction.atomic():
            HourEntry.objects.filter(pk=ours.entry.pk).update(**changes)
    with pytest.raises(DatabaseError, match="hour_entry_validated"), transaction.atomic():
        ours.entry.delete()
