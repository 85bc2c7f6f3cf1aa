"""Hours fall within the employment and the lot, once each, and within what a month can hold."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from beneficiaries.enums import HourStatus
from beneficiaries.portfolio.derived import executions
from beneficiaries.portfolio.tables import Portfolio, Table
from beneficiaries.rules import USUAL_MAXIMUM, Span, month_outside, month_sum_problem


def check_hours(portfolio: Portfolio) -> None:
    hours, employments = portfolio["hours"], portfolio["employment_contracts"]
    spans = zip(employments.values["starts_on"], employments.values["ends_on"], strict=True)
    _check_months(hours, "employment_ref", _by_key(employments, spans), "le contrat de travail")
    _check_months(hours, "lot_ref", _by_key(portfolio["lots"], executions(portfolio)), "l'exécution du lot")
    _check_once(hours)
    _check_month_sums(hours)


def _by_key(table: Table, spans: Iterable[Span]) -> dict[str, Span]:
    assert table.file.key is not None
    return {ref: span for ref, span in zip(table.values[table.file.key.name], spans, strict=True) if ref is not None}


def _check_months(hours: Table, link: str, spans: dict[str, Span], what: str) -> None:
    """A pair (link, month) comes up often: each is judged once. Dates that could not be read leave their side open."""
    judged: dict[tuple[str, date], str] = {}
    for position, ref, month in hours.rows(link, "month"):
        if ref is None or month is None:
            continue
        reason = judged.get((ref, month))
        if reason is None:
            reason = judged[ref, month] = month_outside(month, [(what, spans.get(ref, (None, None)))])
        if reason:
            hours.error(position, "month", reason)


def _check_once(hours: Table) -> None:
    first: dict[tuple[object, ...], int] = {}
    for position, employment, lot, month, kind in hours.rows("employment_ref", "lot_ref", "month", "kind"):
        if employment is None or lot is None or month is None or kind is None:
            continue
        earlier = first.setdefault((employment, lot, month, kind), position)
        if earlier != position:
            line = hours.lines[earlier]
            hours.error(
                position,
                "month",
                f"contrat, lot, mois et nature déjà à la ligne {line}. Gardez une seule ligne, de leur somme.",
            )


def _check_month_sums(hours: Table) -> None:
    sums: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    last: dict[tuple[str, date], int] = {}
    for position, employment, month, worked, status in hours.rows("employment_ref", "month", "hours", "status"):
        if employment is not None and month is not None and worked is not None and status != HourStatus.REFUSED:
            sums[employment, month] += worked
            last[employment, month] = position
    for key, total in sums.items():
        if total <= USUAL_MAXIMUM:
            continue
        error, warning = month_sum_problem(total)
        if error:
            hours.error(last[key], "hours", error)
        else:
            hours.warn(last[key], "hours", warning)
