"""Reads what the indicators are computed from, in the scope of one structure: three statements, whatever the lines."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection, models

from clauses.models import Buyer, Lot, Operation, Programme, PublicContract
from contractors.enums import SIAE_KINDS
from lib.dates import last_day, month_key, month_of
from reporting.enums import ScopeKind
from reporting.indicators.document import Indicators
from reporting.indicators.figures import HoursFigures, LotFigures, OperationFigures, Rates, hours_of, rates_of
from reporting.indicators.population import Breakdowns, Counts, Work, breakdowns_of, counts_of

_SQL = Path(__file__).parent
SUMS, WORKS, KNOWN = ((_SQL / f"{name}.sql").read_text() for name in ("sums", "works", "known"))


class UnknownReferenceError(LookupError):
    """No object of the structure has this reference; the message is in French."""


@dataclass(frozen=True, slots=True)
class Perimeter:
    """What the indicators bear on: the whole structure, or one object by its id."""

    kind: ScopeKind = ScopeKind.TENANT
    id: int | None = None
    ref: str | None = None

    @property
    def object_id(self) -> int:
        if self.id is None:
            raise ValueError("The whole structure is not one object.")
        return self.id


_MODELS: dict[ScopeKind, type[models.Model]] = {
    ScopeKind.BUYER: Buyer,
    ScopeKind.PROGRAMME: Programme,
    ScopeKind.OPERATION: Operation,
    ScopeKind.CONTRACT: PublicContract,
    ScopeKind.LOT: Lot,
}
_PREDICATES = {
    ScopeKind.TENANT: "true",
    ScopeKind.BUYER: "c.buyer_id = %(id)s",
    ScopeKind.PROGRAMME: "o.programme_id = %(id)s",
    ScopeKind.OPERATION: "c.operation_id = %(id)s",
    ScopeKind.CONTRACT: "c.id = %(id)s",
    ScopeKind.LOT: "l.id = %(id)s",
}

_LINES = """lot_id = ANY (ARRAY(
    SELECT l.id FROM clauses_lot l
    JOIN clauses_publiccontract c ON c.id = l.contract_id
    LEFT JOIN clauses_operation o ON o.id = c.operation_id
    WHERE {perimeter}))"""


def find_perimeter(kind: ScopeKind, ref: str) -> Perimeter:
    """The object of the structure that is open under this reference. Raises UnknownReferenceError."""
    found = _MODELS[kind]._default_manager.filter(external_ref=ref).values_list("pk", flat=True).first()
    if found is None:
        raise UnknownReferenceError(f"Aucun objet «\u202f{kind.label}\u202f» de référence «\u202f{ref}\u202f».")
    return Perimeter(kind, found, ref)


def compute_indicators(perimeter: Perimeter, first: date, last: date) -> Indicators:
    """Indicators of the structure that is open, from the month of `first` to that of `last`, both included."""
    first, last = month_of(first), month_of(last)
    sums = _read_sums(perimeter, first, last)
    hours, rates = _hours_and_rates(sums)
    counts, by = compute_work(perimeter, first, last)
    return Indicators(
        tenant=sums.slug,
        first=first,
        last=last,
        kind=perimeter.kind,
        ref=perimeter.ref,
        hours=hours,
        rates=rates,
        counts=counts,
        etp_divisor=sums.etp_divisor,
        by=by,
    )


def compute_rates(perimeter: Perimeter, first: date, last: date) -> tuple[HoursFigures, Rates]:
    """Of the same indicators, what lots and their obligations give."""
    return _hours_and_rates(_read_sums(perimeter, month_of(first), month_of(last)))


def compute_work(perimeter: Perimeter, first: date, last: date) -> tuple[Counts, Breakdowns]:
    """Of the same indicators, what is known of who worked."""
    first, last = month_of(first), month_of(last)
    months, works = _read_works(perimeter, first, last)
    known_before = _known_before({work.person for work in works}, first)
    return counts_of(works, known_before), breakdowns_of(works, months)


def scoped_lots(perimeter: Perimeter, first: date, last: date) -> dict[int, LotFigures]:
    """The lots in scope with their sums, by id: the rows behind the hours and rates of compute_indicators."""
    lots = _read_sums(perimeter, month_of(first), month_of(last), by_lot=True).in_scope
    return {lot.lot_id: lot for lot in lots if lot.lot_id is not None}


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums of the lots in scope, and of the other lots of their operations."""

    slug: str
    etp_divisor: int
    in_scope: list[LotFigures]
    beside: list[LotFigures]
    operations: dict[int, OperationFigures]


class _SumsRow(NamedTuple):
    """A row of sums.sql. `labour`: amounts × labour shares; `hourly_cost`: None where no hours of work follow."""

    slug: str
    etp_divisor: int
    operation_kind: str
    total_hours_worked: Decimal | None
    programme_kind: str | None
    lot_id: int | None
    operation_id: int | None
    in_scope: bool | None
    hourly_cost: Decimal | None
    labour: Decimal
    due: Decimal
    remaining: Decimal
    declared: Decimal
    validated: Decimal
    validated_qpv: Decimal
    training_validated: Decimal
    validated_to_date: Decimal
    validated_qpv_to_date: Decimal


def _read_sums(perimeter: Perimeter, first: date, last: date, *, by_lot: bool = False) -> _Sums:
    parameters = {"first": first, "last": last, "last_day": last_day(last), "by_lot": by_lot}
    rows = [_SumsRow(*row) for row in _rows(SUMS, perimeter, parameters)]
    return _Sums(
        slug=rows[0].slug,
        etp_divisor=rows[0].etp_divisor,
        in_scope=[_figures(row) for row in rows if row.in_scope],
        beside=[_figures(row) for row in rows if row.in_scope is False],
        operations={
            row.operation_id: OperationFigures(
                row.operation_id, row.operation_kind, row.programme_kind, row.total_hours_worked
            )
            for row in rows
            if row.operation_id is not None
        },
    )


def _hours_and_rates(sums: _Sums) -> tuple[HoursFigures, Rates]:
    lots_of_operations = [*sums.in_scope, *sums.beside]
    return hours_of(sums.in_scope), rates_of(sums.in_scope, sums.operations, lots_of_operations)


def _figures(row: _SumsRow) -> LotFigures:
    return LotFigures(
        lot_id=row.lot_id,
        due=row.due,
        remaining=row.remaining,
        operation_id=row.operation_id,
        labour_hours=None if row.hourly_cost is None else Fraction(row.labour) / Fraction(row.hourly_cost),
        declared=row.declared,
        validated=row.validated,
        validated_qpv=row.validated_qpv,
        training_validated=row.training_validated,
        validated_to_date=row.validated_to_date,
        validated_qpv_to_date=row.validated_qpv_to_date,
    )


def _read_works(perimeter: Perimeter, first: date, last: date) -> tuple[dict[str, Decimal], list[Work]]:
    """Hours by month, and who did them."""
    rows = _rows(WORKS, perimeter, {"first": first, "last": last, "siae": list(SIAE_KINDS)})
    months = {month_key(month): row[-1] for month, *row in rows if month is not None}
    return months, [Work(*row) for month, *row in rows if month is None]


def _known_before(persons: set[str], first: date) -> frozenset[str]:
    """Those of these persons who had validated hours before, anywhere in the structure."""
    rows = _rows(KNOWN, Perimeter(), {"persons": list(persons), "first": first})
    return frozenset(person for (person,) in rows)


def _rows(sql: str, perimeter: Perimeter, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    predicate = _PREDICATES[perimeter.kind]
    lines = "true" if perimeter.kind == ScopeKind.TENANT else _LINES.format(perimeter=predicate)
    with connection.cursor() as cursor:
        cursor.execute(sql.format(perimeter=predicate, lines=lines), {**parameters, "id": perimeter.id})
        return list(cursor.fetchall())
