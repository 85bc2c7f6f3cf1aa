"""The grid of hours: rows, cells and the figures of the lots, read in as many queries whatever the number of rows."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from django.db import connection
from django.utils.safestring import SafeString

from beneficiaries.enums import EDITABLE_HOURS, HourKind, HourStatus
from beneficiaries.rules import span_fr, touches
from beneficiaries.selectors.assignments import Working
from clauses.models import Obligation
from lib.dates import month_fr, month_key
from lib.numbers import number_fr, round_half_up
from lib.progress_rules import (
    LotFacts,
    ProgressFigures,
    compute_progress,
    expected_hours,
    reference_date,
    remaining_hours,
)
from lib.svg import obligation_bar

ZERO = Decimal(0)
Place = tuple[int, date, str]

# As text, like working.sql: each page of the grid asks both.
_LINES = """
SELECT assignment_id, month, kind, id, hours, status, version, employment_id
FROM beneficiaries_hourentry WHERE assignment_id = ANY (%s) AND month BETWEEN %s AND %s
"""
_SUMS = """
SELECT {column}, sum(hours), coalesce(sum(hours) FILTER (WHERE status = 'validee'), 0)
FROM beneficiaries_hourentry WHERE lot_id = ANY (%(lots)s) AND status <> 'refusee' GROUP BY {column}
"""


class Line(NamedTuple):
    """What the grid needs of an HourEntry."""

    id: int
    hours: Decimal
    status: str
    version: int
    employment_id: int


@dataclass(slots=True)
class Cell:
    """One input. `text` is the saved value, or what the person `typed` in a form that was refused."""

    key: str
    month: str
    kind: str
    label: str
    hours: Decimal | None
    version: int | str
    status: str
    readonly: bool
    line_id: int | None = None
    text: str = ""
    typed: bool = False
    error: str = ""

    @property
    def saved(self) -> str:
        return "" if self.hours is None else f"{self.hours:.2f}"


@dataclass(frozen=True, slots=True)
class Row:
    """`before`: hours not refused of the row that are not in its cells. A place without a cell is None."""

    working: Working
    dates: str
    before: Decimal
    cells: tuple[Cell | None, ...]
    kind: str = ""

    @property
    def total(self) -> Decimal:
        return self.before + _counted(self.cells)

    @property
    def box(self) -> str:
        """What its box is sent as when it is ticked, where a row holds one kind."""
        return f"{self.working.id}:{self.kind}"

    @property
    def is_training(self) -> bool:
        return self.kind == HourKind.TRAINING

    @property
    def is_shown(self) -> bool:
        """Unless it is a row of training without a line."""
        return not self.is_training or any(cell is not None and cell.version for cell in self.cells)


@dataclass(frozen=True, slots=True)
class LotRows:
    """A lot with its rows. `before`: hours not refused of the whole lot that are in none of the cells shown."""

    first: Working
    rows: Sequence[Row]
    figures: ProgressFigures

    @property
    def before(self) -> Decimal:
        return self.figures.declared - sum((_counted(row.cells) for row in self.rows), ZERO)

    @property
    def remaining(self) -> Decimal | None:
        """Of what is due, once everything not refused is counted."""
        due = self.figures.due
        return None if due is None else max(ZERO, due - self.figures.declared)

    @property
    def bar(self) -> SafeString:
        figures = self.figures
        return obligation_bar(
            figures.due, figures.validated, figures.declared, figures.expected, uid=f"lot-{self.first.lot_id}"
        )

    def column(self, place: int) -> Decimal:
        return sum((_counted((row.cells[place],)) for row in self.rows), ZERO)


@dataclass(frozen=True, slots=True)
class Column:
    """`words`: how its cells are named after the person."""

    month: date
    kind: str
    month_key: str
    words: str


def column(month: date, kind: str) -> Column:
    what = f", {HourKind(kind).label}" if kind not in ("", HourKind.WORK) else ""
    return Column(month, kind, month_key(month), f"{month_fr(month)}{what}")


@dataclass(frozen=True, slots=True)
class Grid:
    columns: Sequence[Column]
    lots: Sequence[LotRows]
    cells: Mapping[str, Cell] = field(default_factory=dict)
    foot: Sequence[tuple[Column, Decimal]] = ()

    @property
    def total(self) -> Decimal:
        return sum((total for _, total in self.foot), ZERO)


def month_grid(
    working: Sequence[Working], month: date, lines: Mapping[Place, Line], *, today: date, writable: bool
) -> Grid:
    """One row per assignment: hours worked and training of one month, after the hours of the months before."""
    columns = [column(month, kind) for kind in HourKind.values]
    rows = [_row(one, columns, lines, writable, before=one.before) for one in working]
    sums, reference = lot_sums({one.lot_id for one in working}), reference_date(today)
    return _grid(columns, rows, lambda one: _sums_shown(one, sums[one.lot_id], reference))


def year_grid(
    working: Sequence[Working], months: Sequence[date], lines: Mapping[Place, Line], *, today: date, writable: bool
) -> Grid:
    """Two rows per assignment, hours worked and training, one column per month; rows add up the months shown."""
    by_kind = [[column(month, kind) for month in months] for kind in HourKind.values]
    rows = [_row(one, columns, lines, writable) for one in working for columns in by_kind]
    return _grid([column(month, "") for month in months], rows, lambda one: _progress(one, today))


def _grid(columns: Sequence[Column], rows: Sequence[Row], figures: Callable[[Working], ProgressFigures]) -> Grid:
    lots = []
    for _, found in groupby(rows, key=lambda row: row.working.lot_id):
        group = list(found)
        lots.append(LotRows(group[0].working, group, figures(group[0].working)))
    foot = [(column, sum((lot.column(place) for lot in lots), ZERO)) for place, column in enumerate(columns)]
    return Grid(columns, lots, {cell.key: cell for row in rows for cell in row.cells if cell}, foot)


def _row(
    one: Working,
    columns: Sequence[Column],
    lines: Mapping[Place, Line],
    writable: bool,
    *,
    before: Decimal = ZERO,
) -> Row:
    cells = tuple(_cell(one, column, lines, writable) for column in columns)
    return Row(one, span_fr(one.employment_span), before, cells, columns[0].kind)


def _cell(one: Working, column: Column, lines: Mapping[Place, Line], writable: bool) -> Cell | None:
    line = lines.get((one.id, column.month, column.kind))
    if line is None and not all(touches(column.month, span) for span in one.spans):
        return None
    key, label = f"{one.id}-{column.month_key}-{column.kind}", f"{one.person}, {column.words}"
    if line is None:
        return Cell(key, column.month_key, column.kind, label, None, "", "", not writable)
    return Cell(
        key=key,
        month=column.month_key,
        kind=column.kind,
        label=label,
        hours=line.hours,
        version=line.version,
        status=line.status,
        readonly=not writable or line.status not in EDITABLE_HOURS,
        line_id=line.id,
        text=number_fr(line.hours, strip=False),
    )


def lines_between(working: Iterable[Working], first: date, last: date) -> dict[Place, Line]:
    """The lines of some assignments, by assignment, month and kind."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [[one.id for one in working], first, last])
        return {(assignment, month, kind): Line(*rest) for assignment, month, kind, *rest in cursor.fetchall()}


class LotSums(NamedTuple):
    """Hours of a lot as its lines are now, refused ones left out: the stored LotProgress follows a second later."""

    declared: Decimal = ZERO
    validated: Decimal = ZERO


def lot_sums(lots: Iterable[int]) -> dict[int, LotSums]:
    return defaultdict(LotSums, _sums_by("lot_id", lots))


def _sums_by(column: str, lots: Iterable[int]) -> dict[Any, LotSums]:
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(column=column), {"lots": list(set(lots))})
        return {key: LotSums(*sums) for key, *sums in cursor.fetchall()}


def _sums_shown(one: Working, sums: LotSums, reference: date) -> ProgressFigures:
    """What the bar of a lot shows, without the months that its pace and its forecast need."""
    facts = LotFacts(*one.lot_span, one.due, sums.validated)
    return ProgressFigures(
        due=one.due,
        validated=sums.validated,
        declared=sums.declared,
        remaining=remaining_hours(one.due, sums.validated),
        expected=None if one.due is None else round_half_up(expected_hours(facts, reference), 2),
    )


def _progress(one: Working, today: date) -> ProgressFigures:
    months = _sums_by("month", [one.lot_id])
    validated = sum((sums.validated for sums in months.values()), ZERO)
    declared = {month: sums.declared for month, sums in months.items()}
    return compute_progress(LotFacts(*one.lot_span, one.due, validated, declared, capacity=one.capacity), today)


def current_due(lot_id: int) -> Decimal | None:
    return Obligation.objects.filter(lot=lot_id, is_current=True).values_list("due", flat=True).order_by("pk").first()


def _counted(cells: Iterable[Cell | None]) -> Decimal:
    return sum((cell.hours for cell in cells if cell and cell.hours and cell.status != HourStatus.REFUSED), ZERO)
