"""Cells of the grid: what is saved, what is refused, who wrote first."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from beneficiaries.enums import HourStatus
from beneficiaries.models import HourEntry
from beneficiaries.services import hours
from beneficiaries.services.hours import CellInput, Conflict, Refused, Saved
from clauses.models import StaleLot
from tenants import scope
from tenants.models import AuditEntry, Member
from tests.factories import AssignmentFactory, HourEntryFactory, LotFactory, World

APRIL = date(2026, 4, 1)


@pytest.fixture
def ours(world: World):
    with scope.tenant(world.ours.tenant.pk, world.alice.pk):
        yield world.ours


def member(user) -> Member:
    return Member.objects.get(user=user)


def save(house, hours_text, *, version=0, month=APRIL, kind="travail", assignment=None, member_id=None):
    return hours.save_cell(
        assignment_id=(assignment or house.assignment).pk,
        month=month,
        kind=kind,
        hours=hours_text,
        version=version,
        member_id=member_id,
    )


def lines(month=APRIL) -> list[tuple[str, Decimal, str]]:
    found = HourEntry.objects.filter(month=month).order_by("assignment_id", "kind")
    return [(line.kind, line.hours, line.status) for line in found]


def test_cell_is_created_with_what_it_repeats(ours, world):
    result = save(ours, "151h40", member_id=member(world.alice).pk)
    assert isinstance(result, Saved)
    assert (result.changed, result.status, result.warning) == (True, "declaree", "")
    line = HourEntry.objects.get(month=APRIL)
    assert (line.hours, line.lot_id, line.employment_id) == (Decimal("151.67"), ours.lot.pk, ours.employment.pk)
    assert (line.version, line.status_by.name) == (result.version, "Alice")


def test_cell_is_updated_and_its_version_grows(ours):
    first = save(ours, "100")
    second = save(ours, "90,5", version=first.version)
    assert second.version == first.version + 1
    assert lines() == [("travail", Decimal("90.50"), "declaree")]


def test_cell_emptied_is_deleted(ours):
    first = save(ours, "100")
    assert save(ours, " ", version=first.version) == Saved(
        CellInput(ours.assignment.pk, APRIL, "travail", None, first.version), 0, ""
    )
    assert lines() == []


def test_zero_is_a_declaration_and_not_an_empty_cell(ours):
    save(ours, "0")
    assert lines() == [("travail", Decimal("0.00"), "declaree")]


def test_training_stands_beside_work(ours):
    save(ours, "100")
    save(ours, "20", kind="formation")
    assert lines() == [("formation", Decimal(20), "declaree"), ("travail", Decimal(100), "declaree")]


def test_same_value_changes_nothing_whatever_the_version(ours):
    first = save(ours, "100")
    HourEntry.objects.filter(month=APRIL).update(status=HourStatus.CONTROLLED)
    StaleLot.objects.all().delete()
    again = save(ours, "100,00", version=7)
    assert (again.changed, again.version, again.status) == (False, first.version, "controlee")
    assert save(ours, "", month=date(2026, 5, 1), version=7).changed is False
    assert not StaleLot.objects.exists()


def test_stale_version_conflicts_with_both_values(ours, world):
    first = save(ours, "100")
    save(ours, "120", version=first.version, member_id=member(world.alice).pk)
    result = save(ours, "90", version=first.version)
    assert isinstance(result, Conflict)
    assert (result.cell.hours, result.theirs, result.version, result.by) == (
        Decimal(90),
        Decimal(120),
        first.version + 1,
        "Alice",
    )
    assert lines() == [("travail", Decimal(120), "declaree")]


def test_cell_believed_empty_conflicts_with_what_was_written(ours):
    save(ours, "100")
    result = save(ours, "90")
    assert isinstance(result, Conflict)
    assert result.theirs == Decimal(100)


def test_cell_emptied_meanwhile_conflicts(ours):
    first = save(ours, "100")
    save(ours, "", version=first.version)
    result = save(ours, "90", version=first.version)
    assert isinstance(result, Conflict)
    assert (result.theirs, result.version) == (None, 0)
    assert lines() == []


def test_cell_emptied_and_filled_again_never_shows_a_version_seen_before(ours):
    first = save(ours, "100")
    save(ours, "", version=first.version)
    save(ours, "80")
    assert isinstance(save(ours, "90", version=first.version), Conflict)


def test_controlled_line_typed_over_is_declared_again(ours, world):
    first = save(ours, "100")
    HourEntry.objects.filter(month=APRIL).update(status="controlee", status_reason="bulletin lu", version=9)
    result = save(ours, "90", version=9, member_id=member(world.alice).pk)
    assert (result.status, result.version) == ("declaree", 10)
    line = HourEntry.objects.get(month=APRIL)
    assert (line.status, line.status_reason, line.status_by.name) == ("declaree", "", "Alice")
    assert first.version != 9


@pytest.mark.parametrize(("status", "word"), [("validee", "validées"), ("refusee", "refusées")])
@pytest.mark.parametrize("wanted", ["90", ""])
def test_validated_and_refused_lines_are_reopened_first(ours, status, word, wanted):
    save(ours, "100")
    HourEntry.objects.filter(month=APRIL).update(status=status, version=9)
    result = save(ours, wanted, version=9)
    assert isinstance(result, Refused)
    assert word in result.error
    assert lines() == [("travail", Decimal(100), status)]


@pytest.mark.parametrize("text", ["12h75", "-3", "745", "1,234", "abc", "1" * 50, "½", "\x00"])
def test_text_that_is_no_duration_is_refused(ours, text):
    result = save(ours, text)
    assert isinstance(result, Refused)
    assert result.error
    assert lines() == []


@pytest.mark.parametrize("value", [Decimal("-1"), Decimal("744.01"), Decimal("1.234"), Decimal("NaN")])
def test_decimal_out_of_bounds_is_refused(ours, value):
    assert isinstance(save(ours, value), Refused)
    assert lines() == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"employment": {"starts_on": date(2026, 5, 1)}}, "contrat de travail"),
        ({"employment": {"ends_on": date(2026, 3, 31)}}, "contrat de travail"),
        ({"lot": {"starts_on": date(2026, 5, 1)}}, "lot"),
        ({"lot": {"ends_on": date(2026, 3, 31)}}, "lot"),
        ({"contract": {"ends_on": date(2026, 3, 31)}}, "lot"),
        ({"assignment": {"starts_on": date(2026, 5, 1)}}, "mise à l'emploi"),
        ({"assignment": {"ends_on": date(2026, 3, 31)}}, "mise à l'emploi"),
    ],
)
def test_month_that_touches_no_day_is_refused(ours, change, word):
    ((name, values),) = change.items()
    row = getattr(ours, name)
    type(row).objects.filter(pk=row.pk).update(**values)
    result = save(ours, "10")
    assert isinstance(result, Refused)
    assert word in result.error
    assert lines() == []


@pytest.mark.parametrize("last", [date(2026, 4, 1), date(2026, 4, 30)])
def test_month_that_touches_by_one_day_is_accepted(ours, last):
    type(ours.employment).objects.filter(pk=ours.employment.pk).update(ends_on=last)
    assert isinstance(save(ours, "10"), Saved)


def test_lot_dates_come_before_those_of_the_marche(ours):
    type(ours.contract).objects.filter(pk=ours.contract.pk).update(ends_on=date(2026, 3, 31))
    type(ours.lot).objects.filter(pk=ours.lot.pk).update(ends_on=date(2026, 4, 15))
    assert isinstance(save(ours, "10"), Saved)


def test_line_left_outside_the_dates_can_still_be_emptied(ours):
    first = save(ours, "100")
    type(ours.employment).objects.filter(pk=ours.employment.pk).update(ends_on=date(2026, 3, 31))
    assert isinstance(save(ours, "90", version=first.version), Refused)
    assert isinstance(save(ours, "", version=first.version), Saved)


def other_lot(house):
    return AssignmentFactory(employment=house.employment, lot=LotFactory(contract=house.contract))


def test_month_of_one_employment_holds_744_hours_over_all_its_lots(ours):
    second = other_lot(ours)
    save(ours, "700")
    exactly = save(ours, "44", assignment=second)
    assert isinstance(exactly, Saved)
    result = save(ours, "44,01", assignment=second, version=exactly.version)
    assert isinstance(result, Refused)
    assert "744,01" in result.error
    assert lines() == [("travail", Decimal(700), "declaree"), ("travail", Decimal(44), "declaree")]


def test_refused_hours_are_left_out_of_the_month(ours):
    HourEntryFactory(assignment=other_lot(ours), month=APRIL, hours=Decimal(700), status="refusee")
    assert save(ours, "200").warning == ""


def test_more_than_220_hours_is_saved_with_a_warning(ours):
    assert save(ours, "220").warning == ""
    assert "220,01" in save(ours, "220,01", version=HourEntry.objects.get(month=APRIL).version).warning


def test_other_months_and_employments_do_not_count(ours):
    HourEntryFactory(month=APRIL, hours=Decimal(700))
    save(ours, "700", month=date(2026, 5, 1))
    assert save(ours, "100").warning == ""


def cells(*wanted) -> list[CellInput]:
    return [CellInput(assignment.pk, APRIL, "travail", value, version) for assignment, value, version in wanted]


def test_many_cells_are_saved_together_in_any_order(ours):
    """700 h move from one lot to the other: neither step alone would fit the month."""
    second = other_lot(ours)
    first = save(ours, "700")
    results = hours.save_cells(
        cells=cells((second, Decimal(700), 0), (ours.assignment, Decimal(10), first.version)), member_id=None
    )
    assert [type(result) for result in results] == [Saved, Saved]
    assert lines() == [("travail", Decimal(10), "declaree"), ("travail", Decimal(700), "declaree")]


def test_one_wrong_cell_leaves_all_unwritten(ours):
    second = other_lot(ours)
    results = hours.save_cells(cells=cells((ours.assignment, Decimal(50), 0), (second, Decimal(50), 3)), member_id=None)
    assert [type(result) for result in results] == [Saved, Conflict]
    assert lines() == []


def test_stranger_s_assignment_is_not_there(ours, world):
    before = AuditEntry.objects.count()
    result = save(world.theirs, "10")
    assert isinstance(result, Refused)
    assert AuditEntry.objects.count() == before
    with scope.tenant(world.theirs.tenant.pk):
        assert lines() == []


def test_saving_marks_the_lot_stale_and_asks_for_its_sums(ours, django_capture_on_commit_callbacks):
    StaleLot.objects.all().delete()
    with django_capture_on_commit_callbacks() as asked:
        save(ours, "10")
        save(ours, "12h75", month=date(2026, 5, 1))
    assert [call.args for call in asked] == [("reporting.recompute_progress", [ours.tenant.pk])]
    assert set(StaleLot.objects.values_list("lot_id", flat=True)) == {ours.lot.pk}


def test_number_of_queries_does_not_grow_with_the_rows_already_there(ours, django_assert_num_queries):
    for _ in range(5):
        HourEntryFactory(assignment=other_lot(ours), month=APRIL, hours=Decimal(1))
    with django_assert_num_queries(8):
        save(ours, "50")


def test_history_keeps_what_was_replaced(ours):
    first = save(ours, "100")
    save(ours, "90", version=first.version)
    line = HourEntry.objects.get(month=APRIL)
    change = AuditEntry.objects.filter(table="beneficiaries_hourentry", row_id=line.pk, action="U").get()
    assert (change.before["hours"], change.after["hours"]) == (100.0, 90.0)


def test_database_itself_refuses_hours_outside_a_month(ours):
    save(ours, "10")
    with pytest.raises(IntegrityError, match="hour_entry_within_a_month"), transaction.atomic():
        HourEntry.objects.filter(month=APRIL).update(hours=745)
