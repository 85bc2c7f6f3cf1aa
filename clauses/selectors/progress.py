"""What pages show of progress: one lot's answer, or the sum of many by adding numerators and denominators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, Q, Sum
from django.db.models.aggregates import Aggregate

from clauses.enums import BY_SEVERITY, LotStatus
from clauses.models import Lot, LotMonth, LotProgress
from lib import progress_rules
from lib.bar_text import bar_words, lot_sentence
from lib.dates import today_paris
from lib.progress_rules import LotFacts, ProgressFigures, recent_pace
from lib.svg import obligation_bar

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Bar:
    """For components/_bar.html."""

    svg: str
    text: str
    sentence: str = ""


def lot_sums(path: str) -> dict[str, Aggregate]:
    """Annotations that sum the answers of the lots reached by `path` (« lots », « contracts__lots »).

    No other to-many path may be joined beside it, or its rows would be multiplied.
    """
    progress = f"{path}__progress"
    return {
        "lot_count": Count(path),
        "computed_count": Count(progress),
        "uncalibrated_count": Count(progress, filter=Q(**{f"{progress}__status": LotStatus.A_CALIBRER})),
        "due": Sum(f"{progress}__due", default=ZERO),
        "declared": Sum(f"{progress}__declared", default=ZERO),
        "validated": Sum(f"{progress}__validated", default=ZERO),
        "remaining": Sum(f"{progress}__remaining", default=ZERO),
        "expected": Sum(f"{progress}__expected", default=ZERO),
        "reference": Max(f"{progress}__reference_date"),
        "severity": Min(f"{progress}__severity"),
    }


def figures_of_sums(row: Any) -> ProgressFigures:
    """Of an object annotated by lot_sums. No hours due are known while none of its lots has an obligation."""
    return ProgressFigures(
        due=row.due if row.computed_count > row.uncalibrated_count else None,
        validated=row.validated,
        declared=row.declared,
        remaining=row.remaining,
        expected=row.expected,
        reference_date=row.reference,
    )


def status_of_sums(row: Any) -> str:
    """The status of the lot in most need; empty while none is computed."""
    return BY_SEVERITY[row.severity - 1] if row.severity else ""


def bar_of_sums(row: Any) -> Bar:
    figures = figures_of_sums(row)
    return _bar(figures, f"{row._meta.model_name}-{row.pk}")


def bar_of_progress(progress: LotProgress) -> Bar:
    """The bar of one lot in a list."""
    figures = ProgressFigures(
        due=None if progress.status == LotStatus.A_CALIBRER else progress.due,
        validated=progress.validated,
        declared=progress.declared,
        remaining=progress.remaining,
        expected=progress.expected,
        reference_date=progress.reference_date,
        status=progress_rules.LotStatus(progress.status),
    )
    return _bar(figures, f"lot-{progress.lot_id}")


def answer_of_lot(lot: Lot, progress: LotProgress, months: Sequence[LotMonth], today: date | None = None) -> Bar:
    """The bar of a lot and its sentence. `months`: all of the lot's."""
    figures = _figures_of_lot(lot, progress, months)
    bar = _bar(figures, f"lot-{lot.pk}")
    return Bar(bar.svg, bar.text, lot_sentence(figures, today or today_paris()))


def _figures_of_lot(lot: Lot, progress: LotProgress, months: Sequence[LotMonth]) -> ProgressFigures:
    """The stored answer; which of the last months were declared is told by the months themselves."""
    by_month: dict[date, Decimal] = {}
    for row in months:
        by_month[row.month] = by_month.get(row.month, ZERO) + row.declared
    is_calibrated = progress.status != LotStatus.A_CALIBRER
    due = progress.due if is_calibrated else None
    facts = LotFacts(lot.first_day, lot.last_day, due, progress.validated, by_month)
    pace = recent_pace(facts, progress.reference_date)
    return ProgressFigures(
        due=due,
        validated=progress.validated,
        declared=progress.declared,
        remaining=progress.remaining,
        expected=progress.expected,
        reference_date=progress.reference_date,
        status=progress_rules.LotStatus(progress.status),
        starts_on=lot.first_day,
        ends_on=lot.last_day,
        pace_per_week=progress.pace,
        pace_months=pace.months,
        undeclared_months=pace.undeclared,
        forecast=progress.forecast,
        weekly_needed=progress.weekly_needed,
        capacity=progress.capacity,
        last_possible=progress.last_possible_on,
    )


def _bar(figures: ProgressFigures, uid: str) -> Bar:
    svg = obligation_bar(figures.due, figures.validated, figures.declared, figures.expected, uid=uid)
    return Bar(svg, bar_words(figures))
