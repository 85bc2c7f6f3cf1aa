"""Hours and rates from the sums of lots. Exact: decimals and fractions, nothing rounded here."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from clauses.enums import OperationKind, ProgrammeKind

WORKS = frozenset({OperationKind.TRAVAUX, OperationKind.INGENIERIE})
GUP = frozenset({OperationKind.GUP})


@dataclass(frozen=True, slots=True)
class LotFigures:
    """Sums of one lot: of the period, and those « to date » from the beginning to the end of the period.

    Or of several lots together (`lot_id` is None) that are of one operation and whose labour is known, or not, alike.

    `remaining`: what each lot still owes at the end of the period, never below 0. `labour_hours`: all the hours of work
    that the lot's amount stands for (lib.obligation_rules.estimated_hours); None when an amount, a labour share or an
    hourly cost is missing.
    """

    lot_id: int | None
    due: Decimal
    remaining: Decimal
    operation_id: int | None = None
    labour_hours: Fraction | None = None
    declared: Decimal = Decimal(0)
    validated: Decimal = Decimal(0)
    validated_qpv: Decimal = Decimal(0)
    training_validated: Decimal = Decimal(0)
    validated_to_date: Decimal = Decimal(0)
    validated_qpv_to_date: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class OperationFigures:
    """`total_hours_worked` is None when it was not given; 0 was given, and does not count."""

    operation_id: int
    kind: str
    programme_kind: str | None
    total_hours_worked: Decimal | None


@dataclass(frozen=True, slots=True)
class HoursFigures:
    due: Decimal
    declared: Decimal
    validated: Decimal
    validated_to_date: Decimal
    remaining: Decimal
    validated_qpv: Decimal
    training_validated: Decimal


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate and its part worked by residents of a QPV, over one denominator; None where there is none, or 0."""

    value: Fraction | None
    qpv: Fraction | None


@dataclass(frozen=True, slots=True)
class OperationsRate:
    """`base`: whether the hours worked are `declared`, `estimated`, `mixed` or `none`."""

    value: Fraction | None
    qpv: Fraction | None
    target: Decimal | None
    base: str


@dataclass(frozen=True, slots=True)
class Rates:
    obligation: Fraction | None
    works: OperationsRate
    gup: OperationsRate
    lots: Rate


def hours_of(lots: Iterable[LotFigures]) -> HoursFigures:
    lots, zero = list(lots), Decimal(0)
    return HoursFigures(
        due=sum((lot.due for lot in lots), zero),
        declared=sum((lot.declared for lot in lots), zero),
        validated=sum((lot.validated for lot in lots), zero),
        validated_to_date=sum((lot.validated_to_date for lot in lots), zero),
        remaining=sum((lot.remaining for lot in lots), zero),
        validated_qpv=sum((lot.validated_qpv for lot in lots), zero),
        training_validated=sum((lot.training_validated for lot in lots), zero),
    )


def rates_of(
    lots: Collection[LotFigures],
    operations: Mapping[int, OperationFigures],
    lots_of_operations: Iterable[LotFigures],
) -> Rates:
    """Rates of the lots in scope. An operation counts whole: `lots_of_operations` are all those of its lots."""
    hours = hours_of(lots)
    touched = {lot.operation_id for lot in lots if lot.operation_id is not None}
    lots_by_operation: dict[int | None, list[LotFigures]] = defaultdict(list)
    for lot in lots_of_operations:
        lots_by_operation[lot.operation_id].append(lot)
    worked = [
        work
        for operation_id in sorted(touched)
        if (work := worked_on(operations[operation_id], lots_by_operation[operation_id])) is not None
    ]
    return Rates(
        obligation=ratio(hours.validated_to_date, hours.due),
        works=_operations_rate([work for work in worked if work.operation.kind in WORKS]),
        gup=_operations_rate([work for work in worked if work.operation.kind in GUP]),
        lots=lots_rate(lots),
    )


@dataclass(frozen=True, slots=True)
class WorkedOperation:
    """An operation that counts: all its hours of work (above 0), and those validated that compare with them."""

    operation: OperationFigures
    worked: Fraction
    is_declared: bool
    validated: Decimal
    validated_qpv: Decimal


def worked_on(operation: OperationFigures, lots: Collection[LotFigures]) -> WorkedOperation | None:
    """From the total that was declared; without one, estimated on the lots whose labour is known, and on them alone."""
    declared = operation.total_hours_worked
    counted = lots if declared is not None else [lot for lot in lots if lot.labour_hours is not None]
    worked = Fraction(declared) if declared is not None else labour_of(counted)
    if not worked:
        return None
    return WorkedOperation(
        operation,
        worked,
        declared is not None,
        sum((lot.validated_to_date for lot in counted), Decimal(0)),
        sum((lot.validated_qpv_to_date for lot in counted), Decimal(0)),
    )


def _operations_rate(counted: Collection[WorkedOperation]) -> OperationsRate:
    worked = sum((work.worked for work in counted), Fraction(0))
    bases = {"declared" if work.is_declared else "estimated" for work in counted}
    targets = {target_of(work.operation) for work in counted}
    return OperationsRate(
        value=ratio(sum((work.validated for work in counted), Decimal(0)), worked),
        qpv=ratio(sum((work.validated_qpv for work in counted), Decimal(0)), worked),
        target=targets.pop() if len(targets) == 1 else None,
        base="mixed" if len(bases) > 1 else bases.pop() if bases else "none",
    )


def target_of(operation: OperationFigures) -> Decimal | None:
    """ANRU's target: 5 % of the hours of works under either programme, 10 % in GUP under the second."""
    if operation.kind in WORKS and operation.programme_kind in (ProgrammeKind.PNRU, ProgrammeKind.NPNRU):
        return Decimal("0.05")
    if operation.kind in GUP and operation.programme_kind == ProgrammeKind.NPNRU:
        return Decimal("0.1")
    return None


def lots_rate(lots: Iterable[LotFigures]) -> Rate:
    """The 5 % of one marché or lot: on the lots whose labour is known."""
    counted = [lot for lot in lots if lot.labour_hours is not None]
    labour = labour_of(counted)
    return Rate(
        ratio(sum((lot.validated_to_date for lot in counted), Decimal(0)), labour),
        ratio(sum((lot.validated_qpv_to_date for lot in counted), Decimal(0)), labour),
    )


def labour_of(lots: Iterable[LotFigures]) -> Fraction:
    return sum((lot.labour_hours for lot in lots if lot.labour_hours is not None), Fraction(0))


def ratio(part: Decimal, whole: Decimal | Fraction) -> Fraction | None:
    return Fraction(part) / Fraction(whole) if whole else None
