"""Progress of a lot: what should be done, at which pace, what is still needed, its status. Source: design, “Progress”.

Validated hours arrive a month or two late, so a lot is judged at the reference date R and never at today: expected
hours, what is needed each week and « après la fin » all count from R. Only « à venir » looks at today.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from lib.dates import add_months, last_day, month_of
from lib.numbers import round_half_up

DEADLINE_DAY = 15
FULL_TIME_WEEK = Decimal(35)
CAPACITY = 2 * FULL_TIME_WEEK
WATCH_SHARE = Fraction(8, 10)
PACE_MONTHS = 3


class LotStatus(StrEnum):
    """In the order in which they are tried."""

    A_CALIBRER = "a_calibrer"
    SANS_OBLIGATION = "sans_obligation"
    ATTEINT = "atteint"
    A_VENIR = "a_venir"
    NON_ATTEINT = "non_atteint"
    COMPROMIS = "compromis"
    EN_AVANCE = "en_avance"
    A_SURVEILLER = "a_surveiller"
    EN_RETARD = "en_retard"


@dataclass(frozen=True, slots=True)
class LotFacts:
    """What the rules read. Hours everywhere; months are first days of month.

    `due`: None when no obligation is set. `declared_by_month`: hours not refused; a month absent was not declared,
    which is not the same as 0. `planning`: hours planned by month, instead of the straight line. `capacity`: hours
    a week that the lot can bear, > 0.
    """

    starts_on: date
    ends_on: date
    due: Decimal | None
    validated: Decimal
    declared_by_month: Mapping[date, Decimal] = field(default_factory=dict)
    planning: Mapping[date, Decimal] | None = None
    capacity: Decimal = CAPACITY
    deadline_day: int = DEADLINE_DAY


@dataclass(frozen=True, slots=True)
class ProgressFigures:
    """The figures shown of a lot, or of a sum of lots (then only the six first are given). Hours, two decimals.

    `declared`: not refused, validated ones included. `pace_per_week`: None when no month was declared.
    `pace_months`: how many months it rests on. `weekly_needed`: None when nothing is left or no day is left.
    """

    due: Decimal | None
    validated: Decimal
    declared: Decimal
    remaining: Decimal
    expected: Decimal | None = None
    reference_date: date | None = None
    status: LotStatus | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    pace_per_week: Decimal | None = None
    pace_months: int = PACE_MONTHS
    undeclared_months: tuple[date, ...] = ()
    forecast: Decimal | None = None
    weekly_needed: Decimal | None = None
    capacity: Decimal = CAPACITY
    last_possible: date | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """`hours` over `days` of the declared months among the last three; `days` is 0 when none was."""

    hours: Decimal
    days: int
    months: int
    undeclared: tuple[date, ...]


def compute_progress(facts: LotFacts, today: date) -> ProgressFigures:
    reference = reference_date(today, facts.deadline_day)
    declared = sum(facts.declared_by_month.values(), Decimal(0))
    expected = None if facts.due is None else expected_hours(facts, reference)
    remaining = remaining_hours(facts.due, facts.validated)
    needed = weekly_needed(facts, remaining, reference)
    pace = recent_pace(facts, reference)
    return ProgressFigures(
        due=facts.due,
        validated=facts.validated,
        declared=declared,
        remaining=remaining,
        expected=None if expected is None else round_half_up(expected, 2),
        reference_date=reference,
        status=lot_status(facts, expected, needed, reference, today),
        starts_on=facts.starts_on,
        ends_on=facts.ends_on,
        pace_per_week=round_half_up(Fraction(pace.hours) * 7 / pace.days, 2) if pace.days else None,
        pace_months=pace.months,
        undeclared_months=pace.undeclared,
        forecast=forecast_hours(facts, pace, declared, reference),
        weekly_needed=None if needed is None else round_half_up(needed, 2),
        capacity=facts.capacity,
        last_possible=last_possible_date(facts.ends_on, remaining, facts.capacity) if remaining else None,
    )


def reference_date(today: date, deadline_day: int = DEADLINE_DAY) -> date:
    """End of the last month whose declaration deadline, `deadline_day` of the next month, has passed.

    With 15: on 15 November, 30 September; on 16 November, 31 October.
    """
    return last_day(add_months(today, -1 if today.day > deadline_day else -2))


def expected_hours(facts: LotFacts, reference: date) -> Fraction:
    """Hours that should be done at `reference`, unrounded, between 0 and the hours due."""
    due = facts.due or Decimal(0)
    if facts.planning is not None:
        planned = sum((hours for month, hours in facts.planning.items() if month <= reference), Decimal(0))
        return Fraction(min(planned, due))
    whole = (facts.ends_on - facts.starts_on).days + 1
    elapsed = (reference - facts.starts_on).days + 1
    hours, parts = due.as_integer_ratio()
    return Fraction(hours * min(max(elapsed, 0), whole), parts * whole)


def remaining_hours(due: Decimal | None, validated: Decimal) -> Decimal:
    return max(Decimal(0), (due or Decimal(0)) - validated)


def recent_pace(facts: LotFacts, reference: date) -> Pace:
    """Hours not refused of the last three months up to `reference`, within the lot's dates.

    A month not declared is named and left out of the hours and of the weeks.
    """
    hours, days, months = Decimal(0), 0, 0
    undeclared = []
    for back in range(PACE_MONTHS - 1, -1, -1):
        month = add_months(month_of(reference), -back)
        overlap = (min(last_day(month), facts.ends_on) - max(month, facts.starts_on)).days + 1
        if overlap <= 0:
            continue
        if month not in facts.declared_by_month:
            undeclared.append(month)
            continue
        hours += facts.declared_by_month[month]
        days += overlap
        months += 1
    return Pace(hours, days, months, tuple(undeclared))


def days_left(facts: LotFacts, reference: date) -> int:
    """Days of the lot after `reference`: all of them before it starts, 0 once it has ended."""
    return max(0, (facts.ends_on - max(reference, facts.starts_on - timedelta(days=1))).days)


def forecast_hours(facts: LotFacts, pace: Pace, declared: Decimal, reference: date) -> Decimal | None:
    """Hours not refused at the end of the lot if the pace holds; never under those already there.

    None when the pace is unknown.
    """
    if not pace.days:
        return None
    up_to_reference = sum((hours for month, hours in facts.declared_by_month.items() if month <= reference), Decimal(0))
    projected = Fraction(up_to_reference) + Fraction(pace.hours) * days_left(facts, reference) / pace.days
    return round_half_up(max(projected, Fraction(declared), Fraction(facts.validated)), 2)


def weekly_needed(facts: LotFacts, remaining: Decimal, reference: date) -> Fraction | None:
    """Hours a week from `reference` to the end to do what remains, unrounded; None when nothing or no day is left."""
    left = days_left(facts, reference)
    return Fraction(remaining) * 7 / left if remaining and left else None


def last_possible_date(ends_on: date, remaining: Decimal, capacity: Decimal) -> date:
    """Last day on which `remaining` hours can be begun at full `capacity` (hours a week, > 0).

    date.min when no calendar goes back that far.
    """
    days = -(-Fraction(remaining) * 7 // Fraction(capacity))  # rounded up
    return ends_on - timedelta(days=days) if days < ends_on.toordinal() else date.min


def lot_status(
    facts: LotFacts, expected: Fraction | None, needed: Fraction | None, reference: date, today: date
) -> LotStatus:
    """First status that fits. `needed` above capacity is the same as a last possible date before `reference`."""
    validated = Fraction(facts.validated)
    if facts.due is None or expected is None:
        return LotStatus.A_CALIBRER
    if facts.due == 0:
        return LotStatus.SANS_OBLIGATION
    if facts.validated >= facts.due:
        return LotStatus.ATTEINT
    if today < facts.starts_on:
        return LotStatus.A_VENIR
    if needed is None:
        return LotStatus.NON_ATTEINT
    if needed > Fraction(facts.capacity):
        return LotStatus.COMPROMIS
    if validated >= expected:
        return LotStatus.EN_AVANCE
    return LotStatus.A_SURVEILLER if validated >= WATCH_SHARE * expected else LotStatus.EN_RETARD
