"""The figures of a bilan, frozen as plain JSON: all that its pages and its annex show, and their fingerprint."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection

from clauses.models import Buyer, Operation, Programme, PublicContract
from lib.dates import iter_months, month_key, month_of
from reporting.enums import ScopeKind
from reporting.indicators.document import as_document
from reporting.indicators.figures import LotFigures
from reporting.indicators.source import Perimeter, compute_indicators, scoped_lots
from tenants import scope
from tenants.models import Tenant

VERSION = 1
_SQL = Path(__file__).parent.parent / "sql"
LOTS, EMPLOYERS, LENGTHS, MONTHS, LINES = (
    (_SQL / f"bilan_{name}.sql").read_text() for name in ("lots", "employers", "contract_lengths", "months", "lines")
)


def take_snapshot(perimeter: Perimeter, first: date, last: date, *, data_as_of: datetime) -> dict[str, Any]:
    """Figures of the structure that is open over whole months. Decimals are written as text, dates as ISO."""
    first, last = month_of(first), month_of(last)
    figures = scoped_lots(perimeter, first, last)
    parameters = {"lots": list(figures), "first": first, "last": last}
    tenant = Tenant.objects.get(pk=scope.current_tenant_id())
    rows = _read(LOTS, parameters)
    snapshot = {
        "version": VERSION,
        "structure": tenant.name,
        "subject": _subject(perimeter, rows),
        "period": {"from": month_key(first), "to": month_key(last)},
        "data_as_of": data_as_of,
        "indicators": as_document(compute_indicators(perimeter, first, last)),
        "lots": [_lot(row, figures[row["id"]]) for row in rows],
        "holders": _holders(rows, figures),
        "employers": _read(EMPLOYERS, parameters),
        "contract_types": _read(LENGTHS, parameters),
        "months": _months(_read(MONTHS, parameters), first, last),
    }
    return json.loads(json.dumps(snapshot, default=_plain))  # type: ignore[no-any-return]


def fingerprint(snapshot: Mapping[str, Any]) -> str:
    """SHA-256 of the snapshot, keys sorted: the same figures give the same one wherever they are read."""
    canonical = json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def as_of(snapshot: Mapping[str, Any]) -> datetime:
    """« Données arrêtées au », with its zone."""
    return datetime.fromisoformat(snapshot["data_as_of"])


def read_lines(perimeter: Perimeter, first: date, last: date) -> list[tuple[Any, ...]]:
    """The hour lines of the period on the lots in scope: marché, lot, month, kind, modality, type, hours, status."""
    lots = list(scoped_lots(perimeter, first, last))
    with connection.cursor() as cursor:
        cursor.execute(LINES, {"lots": lots, "first": month_of(first), "last": month_of(last)})
        return cursor.fetchall()


def _read(sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def _subject(perimeter: Perimeter, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the cover says: the object's kind and name, who it is for, the convention."""
    programme = _programme(perimeter)
    return {
        "kind": perimeter.kind,
        "label": perimeter_label(perimeter),
        "buyers": sorted({row["buyer"] for row in rows}),
        "programme": programme
        and {"name": programme.name, "kind": programme.kind, "number": programme.number, "city": programme.city},
    }


def perimeter_label(perimeter: Perimeter) -> str:
    """The name that the bilan bears: of the structure, or of the object that it is about."""
    if perimeter.kind == ScopeKind.TENANT:
        return Tenant.objects.get(pk=scope.current_tenant_id()).name
    model = {
        ScopeKind.BUYER: Buyer,
        ScopeKind.PROGRAMME: Programme,
        ScopeKind.OPERATION: Operation,
        ScopeKind.CONTRACT: PublicContract,
    }[perimeter.kind]
    return str(model.objects.get(pk=perimeter.object_id))


def _programme(perimeter: Perimeter) -> Programme | None:
    if perimeter.kind == ScopeKind.PROGRAMME:
        return Programme.objects.filter(pk=perimeter.object_id).first()
    if perimeter.kind == ScopeKind.OPERATION:
        return Programme.objects.filter(operations=perimeter.object_id).first()
    return None


def _lot(row: Mapping[str, Any], figures: LotFigures) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("contract_number", "contract_title", "number", "title", "buyer", "operation")},
        **{name: row[name] for name in ("operation_kind", "holder", "rule", "starts_on", "ends_on")},
        "due": figures.due,
        "declared": figures.declared,
        "validated": figures.validated,
        "validated_to_date": figures.validated_to_date,
        "remaining": figures.remaining,
    }


def _holders(rows: Sequence[Mapping[str, Any]], figures: Mapping[int, LotFigures]) -> list[dict[str, Any]]:
    """Titulaires, with the lots that they hold; the hours due of a group are its lead's."""
    holders: dict[int, dict[str, Any]] = {}
    for row in rows:
        if row["holder_id"] is None:
            continue
        holder = holders.setdefault(
            row["holder_id"],
            {
                "name": row["holder"],
                "siret": row["holder_siret"],
                "lots": 0,
                "due": Decimal(0),
                "validated": Decimal(0),
                "validated_to_date": Decimal(0),
            },
        )
        lot = figures[row["id"]]
        holder["lots"] += 1
        for name in ("due", "validated", "validated_to_date"):
            holder[name] += getattr(lot, name)
    return sorted(holders.values(), key=lambda holder: (-holder["due"], holder["name"]))


def _months(rows: Sequence[Mapping[str, Any]], first: date, last: date) -> list[dict[str, Any]]:
    """Every month of the period, those without a line too, with the running sum of what was validated."""
    known = {row["month"]: row for row in rows}
    months, cumulative = [], Decimal(0)
    for month in iter_months(first, last):
        row = known.get(month, {"validated": Decimal(0), "declared": Decimal(0)})
        cumulative += row["validated"]
        months.append(
            {
                "month": month_key(month),
                "validated": row["validated"],
                "declared": row["declared"],
                "cumulative": cumulative,
            }
        )
    return months


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"Not a value of a snapshot: {type(value).__name__}")
