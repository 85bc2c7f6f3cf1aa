"""A bailleur's own marchés across the structures linked to its account, and their figures. No person is read here."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import connection

from clauses.enums import BY_SEVERITY, LotStatus, ProgrammeKind
from clauses.models import BuyerLink
from lib.obligation_rules import Rule, Terms, estimated_hours
from lib.progress_rules import LotStatus as RuleStatus
from lib.progress_rules import ProgressFigures
from reporting.indicators.figures import HoursFigures, LotFigures, OperationFigures, Rates, hours_of, rates_of
from reporting.selectors.rows import read_sql

ZERO = Decimal(0)
ANRU = (ProgrammeKind.PNRU, ProgrammeKind.NPNRU)
WILL_MISS = (LotStatus.COMPROMIS, LotStatus.NON_ATTEINT)


@dataclass(frozen=True, slots=True)
class BuyerLot:
    """A lot as its donneur d'ordre sees it. `figures` is None until its answer is computed."""

    id: int
    number: str
    title: str
    holder: str
    status: str
    figures: ProgressFigures | None
    validated_qpv: Decimal
    operation_id: int | None
    labour_hours: Fraction | None


@dataclass(frozen=True, slots=True)
class BuyerContract:
    """A marché with its lots. `followers`: structures that follow it; `doubles`: lots that two of them claim, counted
    once, from the structure that validated most."""

    id: int
    recorded_as: frozenset[int]
    number: str
    title: str
    starts_on: date
    ends_on: date
    year: int
    operation: str
    qpv_code: str
    followers: tuple[str, ...]
    lots: tuple[BuyerLot, ...]
    doubles: int

    @property
    def status(self) -> str:
        """That of the lot in most need; empty while none is computed."""
        known = [BY_SEVERITY.index(lot.status) for lot in self.lots if lot.status]
        return BY_SEVERITY[min(known)] if known else ""

    @property
    def sums(self) -> ProgressFigures:
        return sum_of_lots(self.lots)


@dataclass(frozen=True, slots=True)
class BuyerMonth:
    month: date
    validated: Decimal
    declared: Decimal
    validated_qpv: Decimal


def contracts_of_account() -> list[BuyerContract]:
    """Every marché of the account that is not archived, the one in most need first, each shown once."""
    followers = dict(
        BuyerLink.objects.filter(state="accepted").order_by("tenant_id").values_list("tenant_id", "tenant_name")
    )
    grouped: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in read_sql("buyer_lots"):
        # Two structures may have recorded one marché: the same official number makes it one.
        grouped[row["contract_number"] or row["contract_id"]].append(row)
    return [_contract(rows, followers) for rows in grouped.values()]


def contract_of_account(pk: int) -> BuyerContract | None:
    """The marché in which the contract recorded as `pk` is shown; None when the account has no such marché."""
    return next((contract for contract in contracts_of_account() if pk in contract.recorded_as), None)


def _contract(rows: Sequence[dict[str, Any]], followers: dict[int, str]) -> BuyerContract:
    kept, doubles = _counted_once(rows)
    first = rows[0]
    return BuyerContract(
        id=first["contract_id"],
        recorded_as=frozenset(row["contract_id"] for row in rows),
        number=first["contract_number"],
        title=first["contract_title"],
        starts_on=first["contract_starts_on"],
        ends_on=first["contract_ends_on"],
        year=first["year"],
        operation=first["operation"] or "",
        qpv_code=first["qpv_code"] or "",
        followers=tuple(followers.get(tenant, "") for tenant in sorted({row["tenant_id"] for row in rows})),
        lots=tuple(_lot(row) for row in kept),
        doubles=doubles,
    )


def _counted_once(rows: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """Lots of one marché without those that another structure claims too and on which it validated more; how many."""
    validated: dict[str, dict[int, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for row in rows:
        validated[row["number"]][row["tenant_id"]] += row["validated"] or ZERO
    followed_by = {
        number: max(claims, key=lambda tenant: (claims[tenant], -tenant)) for number, claims in validated.items()
    }
    kept = [row for row in rows if row["tenant_id"] == followed_by[row["number"]]]
    return kept, len(rows) - len(kept)


def _lot(row: dict[str, Any]) -> BuyerLot:
    return BuyerLot(
        id=row["lot_id"],
        number=row["number"],
        title=row["title"],
        holder=row["holder"] or "",
        status=row["status"] or "",
        figures=_figures(row) if row["status"] else None,
        validated_qpv=row["validated_qpv"] or ZERO,
        operation_id=row["operation_id"],
        labour_hours=_labour(row),
    )


def _labour(row: dict[str, Any]) -> Fraction | None:
    terms = {name: row[name] for name in ("amount_ht", "labour_share", "hourly_cost")}
    return estimated_hours(Terms(Rule.NONE, **terms))


def _figures(row: dict[str, Any]) -> ProgressFigures:
    return ProgressFigures(
        due=None if row["status"] == LotStatus.A_CALIBRER else row["due"],
        validated=row["validated"],
        declared=row["declared"],
        remaining=row["remaining"],
        expected=row["expected"],
        reference_date=row["reference_date"],
        status=RuleStatus(row["status"]),
        starts_on=row["starts_on"] or row["contract_starts_on"],
        ends_on=row["ends_on"] or row["contract_ends_on"],
        pace_per_week=row["pace"],
        forecast=row["forecast"],
        weekly_needed=row["weekly_needed"],
        capacity=row["capacity"],
        last_possible=row["last_possible_on"],
    )


def sum_of_lots(lots: Iterable[BuyerLot]) -> ProgressFigures:
    """Sums of the lots whose answer is computed; no hours due are known while none has an obligation."""
    known = [lot.figures for lot in lots if lot.figures is not None]
    dues = [figures.due for figures in known if figures.due is not None]
    references = [figures.reference_date for figures in known if figures.reference_date is not None]
    return ProgressFigures(
        due=sum(dues, ZERO) if dues else None,
        validated=sum((figures.validated for figures in known), ZERO),
        declared=sum((figures.declared for figures in known), ZERO),
        remaining=sum((figures.remaining for figures in known), ZERO),
        expected=sum((figures.expected or ZERO for figures in known), ZERO),
        reference_date=max(references, default=None),
    )


def months_of_lots(lots: Iterable[BuyerLot]) -> list[BuyerMonth]:
    return [BuyerMonth(**row) for row in read_sql("buyer_months", {"lots": [lot.id for lot in lots]})]


@dataclass(frozen=True, slots=True)
class AccountFigures:
    """`anru`: the same rates on the lots of ANRU operations alone, where a common target is asked for."""

    hours: HoursFigures
    rates: Rates
    anru: Rates


def figures_of_account(contracts: Iterable[BuyerContract]) -> AccountFigures:
    """The indicators' own hours and rates, from the stored sums: whole life of the marchés, to date."""
    lots = [_lot_figures(lot) for contract in contracts for lot in contract.lots]
    rows = _operation_rows()
    operations = {
        row["operation_id"]: OperationFigures(
            row["operation_id"], row["kind"], row["programme_kind"], row["total_hours_worked"]
        )
        for row in rows
    }
    of_operations = [
        _to_date(row["lot_id"], row["due"], row["operation_id"], _labour(row), row["validated"], row["validated_qpv"])
        for row in rows
    ]
    under_anru = {key for key, operation in operations.items() if operation.programme_kind in ANRU}
    anru = [lot for lot in lots if lot.operation_id in under_anru]
    return AccountFigures(
        hours_of(lots), rates_of(lots, operations, of_operations), rates_of(anru, operations, of_operations)
    )


def _operation_rows() -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM clauseo_operation_lots()")
        names = [column.name for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def _lot_figures(lot: BuyerLot) -> LotFigures:
    figures = lot.figures
    due = figures.due if figures and figures.due is not None else ZERO
    validated = figures.validated if figures else ZERO
    return _to_date(lot.id, due, lot.operation_id, lot.labour_hours, validated, lot.validated_qpv)


def _to_date(
    lot_id: int,
    due: Decimal,
    operation_id: int | None,
    labour_hours: Fraction | None,
    validated: Decimal,
    validated_qpv: Decimal,
) -> LotFigures:
    """A lot over its whole life: the period and « to date » are the same."""
    return LotFigures(
        lot_id=lot_id,
        due=due,
        remaining=max(ZERO, due - validated),
        operation_id=operation_id,
        labour_hours=labour_hours,
        validated=validated,
        validated_qpv=validated_qpv,
        validated_to_date=validated,
        validated_qpv_to_date=validated_qpv,
    )
