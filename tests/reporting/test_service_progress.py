"""The set-based recomputation against the plain rules of lib/progress_rules.py."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beneficiaries.models import HourEntry
from clauses.models import LotMonth, LotProgress, StaleLot
from lib.progress_rules import LotFacts, compute_progress
from reporting.services import progress
from tenants import scope
from tests import factories
from tests.concurrency import Other, meanwhile

TODAY = date(2026, 11, 20)


def stored(lot) -> LotProgress:
    return LotProgress.objects.get(lot=lot)


def test_recompute_writes_sums_of_the_stale_lot(world):
    tenant = world.ours.tenant.pk
    assert progress.recompute_progress(tenant_id=tenant, today=TODAY) == 1
    with scope.tenant(tenant):
        row = stored(world.ours.lot)
        assert (row.due, row.declared, row.validated, row.validated_qpv) == (833, 100, 100, 100)
        assert (row.remaining, row.rate, row.reference_date) == (733, Decimal("0.120048"), date(2026, 10, 31))
        month = LotMonth.objects.get()
        assert (month.month, month.validated, month.buyer_account_id) == (date(2026, 3, 1), 100, world.account.pk)
        assert not StaleLot.objects.exists()
    assert progress.recompute_progress(tenant_id=tenant, today=TODAY) == 0
    with scope.tenant(world.theirs.tenant.pk):
        assert not LotProgress.objects.exists()
        assert StaleLot.objects.exists()


@pytest.mark.parametrize("change", ["edit", "delete", "obligation", "qpv"])
def test_change_marks_the_lot_stale_in_its_transaction(world, change):
    progress.recompute_progress(tenant_id=world.ours.tenant.pk, today=TODAY)
    with scope.tenant(world.ours.tenant.pk):
        scope.give_reason("essai")
        if change == "edit":
            HourEntry.objects.update(hours=50)
        elif change == "delete":
            HourEntry.objects.all().delete()
        elif change == "obligation":
            world.ours.lot.obligations.update(due=900, fixed_hours=900)
        else:
            world.ours.employment.qpv_code = ""
            world.ours.employment.save()
        assert set(StaleLot.objects.values_list("lot_id", flat=True)) == {world.ours.lot.pk}
    assert progress.recompute_progress(tenant_id=world.ours.tenant.pk, today=TODAY) == 1


def test_months_that_lost_their_lines_go(world):
    progress.recompute_progress(tenant_id=world.ours.tenant.pk, today=TODAY)
    with scope.tenant(world.ours.tenant.pk):
        scope.give_reason("essai")
        HourEntry.objects.all().delete()
    progress.recompute_progress(tenant_id=world.ours.tenant.pk, today=TODAY)
    with scope.tenant(world.ours.tenant.pk):
        assert not LotMonth.objects.exists()
        assert stored(world.ours.lot).validated == 0


def test_change_of_hours_marks_their_months_alone(world):
    progress.recompute_progress(tenant_id=world.ours.tenant.pk, today=TODAY)
    with scope.tenant(world.ours.tenant.pk):
        scope.give_reason("essai")
        HourEntry.objects.update(month=date(2026, 4, 1))
        assert set(StaleLot.objects.values_list("month", flat=True)) == {date(2026, 3, 1), date(2026, 4, 1)}
        StaleLot.objects.all().delete()
        world.ours.lot.obligations.update(due=900, fixed_hours=900)
        assert set(StaleLot.objects.values_list("month", flat=True)) == {None}


def test_answer_found_again_is_not_written_again(world):
    tenant = world.ours.tenant.pk
    progress.recompute_progress(tenant_id=tenant, today=TODAY)
    with scope.tenant(tenant):
        computed = stored(world.ours.lot).computed_at
        world.ours.lot.obligations.update(signed_on=date(2026, 1, 1))
    assert progress.recompute_progress(tenant_id=tenant, today=TODAY) == 0
    assert progress.recompute_progress(tenant_id=tenant, today=TODAY, everything=True) == 0
    with scope.tenant(tenant):
        assert stored(world.ours.lot).computed_at == computed
        assert not StaleLot.objects.exists()


def test_reconcile_finds_a_month_that_was_moved(world):
    """The lot's total is right all the same."""
    tenant = world.ours.tenant.pk
    progress.recompute_progress(tenant_id=tenant, today=TODAY)
    with scope.tenant(tenant):
        LotMonth.objects.update(month=date(2026, 4, 1))
    assert progress.reconcile(tenant_id=tenant, today=TODAY) == [world.ours.lot.pk]
    with scope.tenant(tenant):
        assert LotMonth.objects.get().month == date(2026, 3, 1)


def test_reconcile_finds_what_nothing_marked(world):
    tenant = world.ours.tenant.pk
    progress.recompute_progress(tenant_id=tenant, today=TODAY)
    assert progress.reconcile(tenant_id=tenant, today=TODAY) == []
    with scope.tenant(tenant):
        LotProgress.objects.update(validated=1)
    assert progress.reconcile(tenant_id=tenant, today=TODAY) == [world.ours.lot.pk]
    with scope.tenant(tenant):
        assert stored(world.ours.lot).validated == 100


def test_sweep_names_the_structures_with_stale_lots(world):
    progress.recompute_progress(tenant_id=world.ours.tenant.pk, today=TODAY)
    assert progress.sweep_progress() == [world.theirs.tenant.pk]


months = st.integers(0, 17).map(lambda n: date(2025 + (n + 6) // 12, (n + 6) % 12 + 1, 1))
lines = st.lists(
    st.tuples(
        months,
        st.sampled_from(["travail", "formation"]),
        st.decimals(0, 744, places=2),
        st.sampled_from(["declaree", "controlee", "validee", "validee", "refusee"]),
    ),
    max_size=12,
    unique_by=lambda line: line[:2],
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    lines=lines,
    due=st.one_of(st.none(), st.just(Decimal(0)), st.decimals(0, 3000, places=2)),
    start=st.dates(date(2025, 7, 1), date(2026, 12, 31)),
    length=st.integers(0, 700),
    capacity=st.sampled_from([Decimal("0.5"), Decimal(2), Decimal("3.25")]),
    today=st.dates(date(2026, 9, 1), date(2027, 3, 1)),
)
def test_statement_agrees_with_the_rules(world, lines, due, start, length, capacity, today):
    tenant = world.ours.tenant.pk
    end = date.fromordinal(start.toordinal() + length)
    with scope.tenant(tenant):
        lot = factories.LotFactory(
            contract=world.ours.contract, starts_on=start, ends_on=end, capacity_fte=capacity, due=due
        )
        assignment = factories.AssignmentFactory(employment=world.ours.employment, lot=lot)
        for month, kind, hours, status in lines:
            factories.HourEntryFactory(assignment=assignment, month=month, kind=kind, hours=hours, status=status)
    progress.recompute_progress(tenant_id=tenant, today=today)
    declared: dict[date, Decimal] = {}
    for month, _, hours, status in lines:
        if status != "refusee":
            declared[month] = declared.get(month, Decimal(0)) + hours
    facts = LotFacts(
        starts_on=start,
        ends_on=end,
        due=due,
        validated=sum((line[2] for line in lines if line[3] == "validee"), Decimal(0)),
        declared_by_month=declared,
        capacity=capacity * 35,
    )
    expected = compute_progress(facts, today)
    with scope.tenant(tenant):
        row = stored(lot)
    got = (
        row.validated,
        row.declared,
        row.remaining,
        row.status,
        row.pace,
        row.forecast,
        row.weekly_needed,
        row.last_possible_on,
        row.reference_date,
        row.capacity,
    )
    assert got == (
        expected.validated,
        expected.declared,
        expected.remaining,
        expected.status,
        expected.pace_per_week,
        expected.forecast,
        expected.weekly_needed,
        expected.last_possible,
        expected.reference_date,
        expected.capacity,
    )
    assert row.expected == (expected.expected or 0)


def months_of_lines() -> dict[tuple[int, date, str], tuple[Decimal, ...]]:
    """What LotMonth must hold, from the lines, in Python."""
    found: dict[tuple[int, date, str], list[Decimal]] = {}
    for line in HourEntry.objects.select_related("employment"):
        sums = found.setdefault((line.lot_id, line.month, line.kind), [Decimal(0)] * 4)
        validated = line.status == "validee"
        counts = (
            line.status != "refusee",
            line.status in ("controlee", "validee"),
            validated,
            validated and bool(line.employment.qpv_code),
        )
        for rank, counted in enumerate(counts):
            sums[rank] += line.hours if counted else 0
    return {place: tuple(sums) for place, sums in found.items()}


changes = st.lists(
    st.one_of(
        st.tuples(
            st.just("write"), months, st.sampled_from([0, 1]), st.sampled_from(["declaree", "validee", "refusee"])
        ),
        st.tuples(st.just("move"), months, months),
        st.tuples(st.just("delete"), months),
        st.tuples(st.just("qpv"), st.sampled_from(["", "QN03101M"])),
        st.tuples(st.just("recompute")),
    ),
    max_size=15,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(changes=changes, many=st.sampled_from([0, 5_000]))
def test_months_follow_their_lines_through_changes(world, changes, many):
    tenant = world.ours.tenant.pk
    with scope.tenant(tenant):
        scope.give_reason("essai")
        lots = [factories.LotFactory(contract=world.ours.contract) for _ in range(2)]
        assignments = [factories.AssignmentFactory(employment=world.ours.employment, lot=lot) for lot in lots]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(progress, "_MANY_MONTHS", many)
        for change in (*changes, ("recompute",)):
            with scope.tenant(tenant):
                scope.give_reason("essai")
                mine = HourEntry.objects.filter(assignment__in=assignments)
                apply_change(change, mine, assignments, world)
            if change[0] == "recompute":
                progress.recompute_progress(tenant_id=tenant, today=TODAY)
    with scope.tenant(tenant):
        rows = LotMonth.objects.values_list(
            "lot_id", "month", "kind", "declared", "controlled", "validated", "validated_qpv"
        )
        assert {row[:3]: row[3:] for row in rows} == months_of_lines()
    assert progress.reconcile(tenant_id=tenant, today=TODAY) == []


def apply_change(change, mine, assignments, world) -> None:
    match change:
        case ("write", month, place, status):
            found = mine.filter(assignment=assignments[place], month=month)
            if not found.update(hours=7, status=status):
                factories.HourEntryFactory(assignment=assignments[place], month=month, hours=5, status=status)
        case ("move", start, end) if not mine.filter(month=end).exists():
            mine.filter(month=start).update(month=end)
        case ("delete", month):
            mine.filter(month=month).delete()
        case ("qpv", code):
            type(world.ours.employment).objects.filter(pk=world.ours.employment.pk).update(qpv_code=code)


def test_two_recomputations_do_not_cross(transactional_db):
    """The second waits for the first, then finds nothing left to do."""
    tenant = factories.World.build().ours.tenant.pk
    second = Other(lambda: progress.recompute_progress(tenant_id=tenant, today=TODAY))
    with scope.tenant(tenant):
        assert progress.recompute_progress(tenant_id=tenant, today=TODAY) == 1
        meanwhile(second)
    second.join(10)
    assert second.result == 0
