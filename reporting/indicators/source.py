"""Reads what the indicators are computed from, in the scope of one structure: four statements, whatever the lines."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from django.db import connection, models

from clauses.models import Buyer, Lot, Operation, Programme, PublicContract
from contractors.enums import SIAE_KINDS
from lib.dates import last_day, month_key, month_of
from lib.obligation_rules import Rule, Terms, estimated_hours
from reporting.enums import ScopeKind
from reporting.indicators.document import Indicators
from reporting.indicators.figures import LotFigures, OperationFigures, hours_of, rates_of
from reporting.indicators.population import Work, WorkedLot, breakdowns_of, counts_of

_SQL = Path(__file__).parent
LOTS, SUMS, WORKS, KNOWN = ((_SQL / f"{name}.sql").read_text() for name in ("lots", "sums", "works", "known"))


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


def find_perimeter(kind: ScopeKind, ref: str) -> Perimeter:
    """The object of the structure that is open under this reference. Raises UnknownReferenceError."""
    found = _MODELS[kind]._default_manager.filter(external_ref=ref).values_list("pk", flat=True).first()
    if found is None:
        raise UnknownReferenceError(f"Aucun objet «\u202f{kind.label}\u202f» de référence «\u202f{ref}\u202f».")
    return Perimeter(kind, found, ref)


def compute_indicators(perimeter: Perimeter, first: date, last: date) -> Indicators:
    """Indicators of the structure that is open, from the month of `first` to that of `last`, both included."""
    first, last = month_of(first), month_of(last)
    tenant, known, sums, figures, in_scope = _read_lots(perimeter, first, last)
    worked = [lot for lot in in_scope if sums.get(lot.id, _NO_HOURS).is_worked]
    period = {"lots": [lot.id for lot in worked], "first": first, "last": last}
    months, works = _works({**period, "siae": list(SIAE_KINDS)})
    scoped = [figures[lot.id] for lot in in_scope]
    return Indicators(
        tenant=tenant.slug,
        first=first,
        last=last,
        kind=perimeter.kind,
        ref=perimeter.ref,
        hours=hours_of(scoped),
        rates=rates_of(scoped, _operations(known), figures.values()),
        counts=counts_of(map(_worked_lot, worked), works, _known_before({work.person for work in works}, first)),
        etp_divisor=tenant.etp_divisor,
        by=breakdowns_of(works, months),
    )


def scoped_lots(perimeter: Perimeter, first: date, last: date) -> list[LotFigures]:
    """The lots in scope with their sums: the rows behind the hours and rates of compute_indicators."""
    _, _, _, figures, in_scope = _read_lots(perimeter, month_of(first), month_of(last))
    return [figures[lot.id] for lot in in_scope]


class _Structure(NamedTuple):
    slug: str
    etp_divisor: int


class _LotRow(NamedTuple):
    id: int
    contract_id: int
    buyer_id: int
    operation_id: int | None
    holder_id: int | None
    in_perimeter: bool
    starts_on: date
    ends_on: date
    due: Decimal
    amount_ht: Decimal | None
    labour_share: Decimal | None
    hourly_cost: Decimal | None
    operation_kind: str | None
    total_hours_worked: Decimal | None
    programme_kind: str | None


class _Sums(NamedTuple):
    lot_id: int
    in_period: bool
    is_worked: bool
    declared: Decimal
    validated: Decimal
    validated_qpv: Decimal
    training_validated: Decimal
    validated_to_date: Decimal
    validated_qpv_to_date: Decimal


class _Person(NamedTuple):
    person: str


_Row = TypeVar("_Row", bound=tuple[Any, ...])
_NO_HOURS = _Sums(0, False, False, *[Decimal(0)] * 6)


def _rows(sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _read(sql: str, row: type[_Row], parameters: dict[str, Any]) -> list[_Row]:
    return [row(*values) for values in _rows(sql, parameters)]


def _read_lots(
    perimeter: Perimeter, first: date, last: date
) -> tuple[_Structure, list[_LotRow], dict[int, _Sums], dict[int, LotFigures], list[_LotRow]]:
    """The structure, lots of the perimeter and of its operations, their sums and figures by id, those in scope."""
    structure, known = _lots(perimeter)
    sums = _sums([lot.id for lot in known], first, last)
    figures = {lot.id: _figures(lot, sums.get(lot.id, _NO_HOURS)) for lot in known}
    in_scope = [lot for lot in known if lot.in_perimeter and _meets(lot, sums.get(lot.id, _NO_HOURS), first, last)]
    return structure, known, sums, figures, in_scope


def _lots(perimeter: Perimeter) -> tuple[_Structure, list[_LotRow]]:
    rows = _rows(LOTS.format(perimeter=_PREDICATES[perimeter.kind]), {"id": perimeter.id})
    return _Structure(*rows[0][:2]), [_LotRow(*row[2:]) for row in rows if row[2] is not None]


def _works(parameters: dict[str, Any]) -> tuple[dict[str, Decimal], list[Work]]:
    """Hours by month, and who did them."""
    rows = _rows(WORKS, parameters)
    months = {month_key(month): row[-1] for month, *row in rows if month is not None}
    return months, [Work(*row) for month, *row in rows if month is None]


def _sums(lots: list[int], first: date, last: date) -> dict[int, _Sums]:
    return {row.lot_id: row for row in _read(SUMS, _Sums, {"lots": lots, "first": first, "last": last})}


def _meets(lot: _LotRow, sums: _Sums, first: date, last: date) -> bool:
    """Execution meets the period, or a line of any status stands in it."""
    return sums.in_period or (lot.starts_on <= last_day(last) and lot.ends_on >= first)


def _figures(lot: _LotRow, sums: _Sums) -> LotFigures:
    terms = Terms(Rule.NONE, amount_ht=lot.amount_ht, labour_share=lot.labour_share, hourly_cost=lot.hourly_cost)
    return LotFigures(
        lot_id=lot.id,
        due=lot.due,
        operation_id=lot.operation_id,
        labour_hours=estimated_hours(terms),
        declared=sums.declared,
        validated=sums.validated,
        validated_qpv=sums.validated_qpv,
        training_validated=sums.training_validated,
        validated_to_date=sums.validated_to_date,
        validated_qpv_to_date=sums.validated_qpv_to_date,
    )


def _operations(lots: Iterable[_LotRow]) -> dict[int, OperationFigures]:
    return {
        lot.operation_id: OperationFigures(
            lot.operation_id, lot.operation_kind, lot.programme_kind, lot.total_hours_worked
        )
        for lot in lots
        if lot.operation_id is not None and lot.operation_kind is not None
    }


def _worked_lot(lot: _LotRow) -> WorkedLot:
    return WorkedLot(lot.id, lot.contract_id, lot.operation_id, lot.buyer_id, lot.holder_id)


def _known_before(persons: set[str], first: date) -> frozenset[str]:
    return frozenset(row.person for row in _read(KNOWN, _Person, {"persons": list(persons), "first": first}))
