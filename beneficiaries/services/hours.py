"""Hours typed in the grid: a cell is saved only where its version is still the one that was seen."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from beneficiaries.enums import EDITABLE_HOURS, HourStatus
from beneficiaries.models import Assignment, EmploymentContract, HourEntry
from beneficiaries.rules import Span, month_outside, month_sum_problem
from clauses.services.progress import request_recomputation
from lib.hours import HoursError, parse_hours, parse_hours_or_none

NOT_EDITABLE = {
    HourStatus.VALIDATED: "Ces heures sont validées. Rouvrez-les avec un motif pour les corriger.",
    HourStatus.REFUSED: "Ces heures sont refusées. Rouvrez-les avec un motif pour les corriger.",
}
EMPTY = 0  # version of a cell without a line
GONE = "Cette mise à l'emploi n'existe plus. Rechargez la page."

Place = tuple[int, date, str]


@dataclass(frozen=True, slots=True)
class CellInput:
    """What is wanted of one cell: `hours` is None to empty it, `version` the one that was seen, EMPTY for none."""

    assignment_id: int
    month: date
    kind: str
    hours: Decimal | None
    version: int

    @property
    def place(self) -> Place:
        return self.assignment_id, self.month, self.kind


@dataclass(frozen=True, slots=True)
class Saved:
    """`changed` is False when the cell already held what was wanted. `warning`: a sentence, or empty."""

    cell: CellInput
    version: int
    status: str
    changed: bool = True
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    cell: CellInput
    error: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Someone wrote first. `theirs` is None when the cell was emptied; `by` is empty when nobody is known."""

    cell: CellInput
    theirs: Decimal | None
    version: int
    status: str
    by: str
    at: datetime | None


CellResult = Saved | Refused | Conflict


def save_cell(
    *, assignment_id: int, month: date, kind: str, hours: str | Decimal | None, version: int, member_id: int | None
) -> CellResult:
    """Save one cell, a text being read by lib.hours. Nothing is written unless the result is Saved."""
    try:
        read = parse_hours_or_none(hours) if isinstance(hours, str) else hours
    except HoursError as error:
        return Refused(CellInput(assignment_id, month, kind, None, version), str(error))
    (result,) = save_cells(cells=[CellInput(assignment_id, month, kind, read, version)], member_id=member_id)
    return result


def save_cells(*, cells: Sequence[CellInput], member_id: int | None) -> list[CellResult]:
    """Save many cells at once, results in their order: all of them, or none when one is not Saved."""
    with transaction.atomic():
        lines = _Lines(cells, member_id)
        results = lines.judge_sums([lines.save(cell) for cell in cells])
        saved = [result for result in results if isinstance(result, Saved)]
        if len(saved) < len(results):
            transaction.set_rollback(True)
        elif any(result.changed for result in saved):
            request_recomputation()
    return results


def lock_employments(ids: Iterable[int]) -> None:
    """Whoever adds hours to a work contract's month holds its row first, in order of id: sums are judged one at a time.

    The key is left free, so that the foreign keys of lines written meanwhile do not wait.
    """
    rows = EmploymentContract.objects.filter(pk__in=set(ids)).order_by("pk").only("pk")
    list(rows.select_for_update(of=("self",), no_key=True))


class _Lines:
    """The lines behind some cells, locked after their employments and in order of id, as every writer of hours does."""

    def __init__(self, cells: Sequence[CellInput], member_id: int | None) -> None:
        self.member_id = member_id
        wanted = {cell.assignment_id for cell in cells}
        self.assignments = Assignment.objects.select_related("employment", "lot__contract").in_bulk(wanted)
        employments = {assignment.employment_id for assignment in self.assignments.values()}
        lock_employments(employments)
        lines = HourEntry.objects.filter(employment__in=employments, month__in={cell.month for cell in cells})
        lines = lines.order_by("pk").select_for_update(of=("self",), no_key=True)
        self.lines: dict[Place, HourEntry] = {(line.assignment_id, line.month, line.kind): line for line in lines}

    def save(self, cell: CellInput) -> CellResult:
        assignment, line = self.assignments.get(cell.assignment_id), self.lines.get(cell.place)
        if assignment is None:
            return Refused(cell, GONE)
        if (line.hours if line else None) == cell.hours:
            return Saved(cell, *((line.version, line.status) if line else (EMPTY, "")), changed=False)
        if (line.version if line else EMPTY) != cell.version:
            return _conflict(cell, line)
        if line and line.status not in EDITABLE_HOURS:
            return Refused(cell, NOT_EDITABLE[HourStatus(line.status)])
        if error := _fault(cell, assignment):
            return Refused(cell, error)
        if cell.hours is None:
            assert line is not None  # an empty cell without a line is saved already
            return self._delete(cell, line)
        return self._update(cell, line, cell.hours) if line else self._create(cell, assignment, cell.hours)

    def _create(self, cell: CellInput, assignment: Assignment, hours: Decimal) -> CellResult:
        line = HourEntry(
            assignment=assignment,
            lot_id=assignment.lot_id,
            employment_id=assignment.employment_id,
            month=cell.month,
            kind=cell.kind,
            hours=hours,
            status_by_id=self.member_id,
            status_at=timezone.now(),
            # Drawn, so that a cell emptied and filled again never shows a version that somebody saw before.
            version=secrets.randbelow(2**30) + 1,
        )
        try:
            with transaction.atomic():
                line.save(force_insert=True)
        except IntegrityError:
            # A writer that locks nothing (an import) was first: its line can be read now.
            first = HourEntry.objects.filter(assignment=assignment, month=cell.month, kind=cell.kind).first()
            if first is None:
                raise
            return _conflict(cell, first)
        self.lines[cell.place] = line
        return Saved(cell, line.version, line.status)

    def _update(self, cell: CellInput, line: HourEntry, hours: Decimal) -> CellResult:
        line.hours, line.status, line.status_reason = hours, HourStatus.DECLARED, ""
        line.status_by_id, line.status_at, line.version = self.member_id, timezone.now(), line.version + 1
        # Locked since it was read: the version that was compared is still the row's.
        line.save(update_fields=["hours", "status", "status_reason", "status_by", "status_at", "version"])
        return Saved(cell, line.version, line.status)

    def _delete(self, cell: CellInput, line: HourEntry) -> CellResult:
        HourEntry.objects.filter(pk=line.pk).delete()
        del self.lines[cell.place]
        return Saved(cell, EMPTY, "")

    def judge_sums(self, results: list[CellResult]) -> list[CellResult]:
        """Once all is written, so that the order of the cells does not matter: hours moved between two lots pass."""
        sums: dict[tuple[int, date], Decimal] = defaultdict(Decimal)
        for line in self.lines.values():
            if line.status != HourStatus.REFUSED:
                sums[line.employment_id, line.month] += line.hours
        return [self._judge_sum(result, sums) for result in results]

    def _judge_sum(self, result: CellResult, sums: dict[tuple[int, date], Decimal]) -> CellResult:
        if not isinstance(result, Saved) or not result.changed or result.cell.hours is None:
            return result
        employment_id = self.assignments[result.cell.assignment_id].employment_id
        error, warning = month_sum_problem(sums[employment_id, result.cell.month])
        return Refused(result.cell, error) if error else replace(result, warning=warning)


def assignment_spans(assignment: Assignment) -> list[tuple[str, Span]]:
    """The spans that a month of hours must touch, named as after « hors »."""
    employment, lot = assignment.employment, assignment.lot
    return [
        ("du contrat de travail", (employment.starts_on, employment.ends_on)),
        ("de l'exécution du lot", (lot.starts_on or lot.contract.starts_on, lot.ends_on or lot.contract.ends_on)),
        ("de la mise à l'emploi sur ce lot", (assignment.starts_on, assignment.ends_on)),
    ]


def _fault(cell: CellInput, assignment: Assignment) -> str:
    """Why the cell cannot hold these hours. It can always be emptied."""
    if cell.hours is None:
        return ""
    try:
        parse_hours(f"{cell.hours:f}")
    except HoursError as error:
        return str(error)
    return month_outside(cell.month, assignment_spans(assignment))


def _conflict(cell: CellInput, line: HourEntry | None) -> Conflict:
    if line is None:
        return Conflict(cell, None, EMPTY, "", "", None)
    by = line.status_by.name if line.status_by else ""
    return Conflict(cell, line.hours, line.version, line.status, by, line.status_at)
