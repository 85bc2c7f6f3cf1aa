"""A lot month by month, and who works on it now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from beneficiaries.models import Assignment
from clauses.models import Lot, LotMonth
from lib.dates import add_months, iter_months, last_day, month_of
from lib.numbers import round_half_up
from lib.progress_rules import LotFacts, expected_hours

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class LotMonthRow:
    """Hours of a month; None where it was not declared. `expected` and `cumulative` run from the start of the lot."""

    month: date
    validated: Decimal | None
    declared: Decimal | None
    cumulative: Decimal | None
    expected: Decimal | None


def months_of_lot(lot: Lot, due: Decimal | None, months: Sequence[LotMonth], reference: date) -> list[LotMonthRow]:
    """From the lot's first month, or its first line, to its last month or `reference`, whichever comes first."""
    declared: dict[date, Decimal] = {}
    validated: dict[date, Decimal] = {}
    for row in months:
        declared[row.month] = declared.get(row.month, ZERO) + row.declared
        validated[row.month] = validated.get(row.month, ZERO) + row.validated
    first = min([month_of(lot.first_day), *declared])
    last = max([min(month_of(lot.last_day), month_of(reference)), *declared, first])
    facts = LotFacts(lot.first_day, lot.last_day, due, ZERO)
    rows, cumulative = [], ZERO
    for month in iter_months(first, last):
        cumulative += validated.get(month, ZERO)
        expected = round_half_up(expected_hours(facts, last_day(month)), 2) if due is not None else None
        rows.append(LotMonthRow(month, validated.get(month), declared.get(month), cumulative, expected))
    return rows


def missing_months(rows: Sequence[LotMonthRow], lot: Lot, reference: date) -> list[date]:
    """Months of the lot, up to the reference date, for which nothing came in."""
    return [
        row.month
        for row in rows
        if row.declared is None and month_of(lot.first_day) <= row.month <= month_of(reference)
    ]


def at_work_on(lot: Lot, today: date) -> QuerySet[Assignment]:
    """Assignments of the lot whose work contract runs this month or the month before."""
    since = add_months(month_of(today), -1)
    return (
        lot.assignments.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=since),
            Q(employment__ends_on__isnull=True) | Q(employment__ends_on__gte=since),
            employment__starts_on__lte=today,
        )
        .select_related("employment__beneficiary", "employment__employer")
        .order_by("employment__beneficiary__sort_key", "pk")
    )
