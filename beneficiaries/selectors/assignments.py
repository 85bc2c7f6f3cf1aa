"""Who works on which lot in a period: the rows of the grid of hours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection

from beneficiaries.rules import Span
from clauses.enums import LEAD_ROLES
from clauses.models import LotHolder
from lib.progress_rules import FULL_TIME_WEEK

WORKING = (Path(__file__).parent.parent / "sql" / "working.sql").read_text()
_NAMES = """
SELECT 'buyer', id, name FROM clauses_buyer WHERE id = ANY (%(buyers)s)
UNION ALL SELECT 'company', id, name FROM contractors_company WHERE id = ANY (%(companies)s)
"""
# Columns of working.sql: the buyer, then the employer, the user company, the holder on whose behalf, the lot's lead.
_BUYER, _COMPANIES = 7, slice(14, 18)
ANONYMISED = "Personne anonymisée"

LotSpan = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Working:
    """An assignment with what the grid shows of it. `companies`: name by id of those that have a part in it.

    `due`: hours that the lot owes, None while it is not calibrated. `capacity`: hours a week that it can bear.
    `before`: hours of the assignment, not refused, before the period.
    """

    id: int
    lot_id: int
    lot_name: str
    contract_id: int
    contract_name: str
    buyer_id: int
    buyer_name: str
    employment_id: int
    beneficiary_id: int
    person: str
    employer: str
    holder: str
    companies: dict[int, str]
    employment_span: Span
    lot_span: LotSpan
    span: Span
    due: Decimal | None
    capacity: Decimal
    before: Decimal
    order: tuple[Any, ...]

    @property
    def box(self) -> str:
        """What its box is sent as when it is ticked."""
        return str(self.id)

    @property
    def spans(self) -> tuple[Span, ...]:
        return self.employment_span, self.lot_span, self.span


def working_between(first: date, last: date, *, lot_id: int | None = None) -> list[Working]:
    """The assignments whose work contract, lot and own dates all meet the period, and those that have hours in it.

    In the order of the grid: marché, lot, person. Within a structure's scope. Two queries.
    """
    with connection.cursor() as cursor:
        cursor.execute(WORKING, {"first": first, "last": last, "lot": lot_id})
        rows = cursor.fetchall()
        companies = {company for row in rows for company in row[_COMPANIES] if company}
        cursor.execute(_NAMES, {"buyers": list({row[_BUYER] for row in rows}), "companies": list(companies)})
        names = {(kind, pk): name for kind, pk, name in cursor.fetchall()}
    return sorted((_working(names, *row) for row in rows), key=lambda working: working.order)


def lead_holders(lots: Iterable[int]) -> dict[int, tuple[int, str]]:
    """(id, name) of the titulaire or mandataire of each lot that has one."""
    leads = LotHolder.objects.filter(lot__in=set(lots), role__in=LEAD_ROLES).order_by()
    return {lot: (company, name) for lot, company, name in leads.values_list("lot_id", "company_id", "company__name")}


def person_name(last_name: str, first_name: str, reference: str) -> str:
    return f"{last_name} {first_name}".strip() or f"{ANONYMISED} {reference}"


def natural(text: str) -> tuple[int, str]:
    """Sorts « 2 » before « 10 », and whatever is no number after."""
    return (int(text), text) if text.isascii() and text.isdecimal() and len(text) < 10 else (10**10, text)


def _working(
    names: Mapping[tuple[str, int], str],
    pk: int,
    lot_id: int,
    lot_number: str,
    lot_title: str,
    contract_id: int,
    contract_number: str,
    contract_title: str,
    buyer_id: int,
    employment_id: int,
    beneficiary_id: int,
    last_name: str,
    first_name: str,
    reference: str,
    sort_key: str,
    *rest: Any,
) -> Working:
    """A row of working.sql, its columns in order. `names`: of buyers and companies, by kind and id."""
    companies, (hired_on, left_on, lot_starts_on, lot_ends_on, starts_on, ends_on) = rest[:4], rest[4:10]
    due, capacity_fte, before = rest[10:]
    employer, _user, _holder, lead = companies
    by_id = {company: names["company", company] for company in companies if company is not None}
    return Working(
        id=pk,
        lot_id=lot_id,
        lot_name=f"Lot {lot_number} · {lot_title}",
        contract_id=contract_id,
        contract_name=f"{contract_number} · {contract_title}" if contract_number else contract_title,
        buyer_id=buyer_id,
        buyer_name=names["buyer", buyer_id],
        employment_id=employment_id,
        beneficiary_id=beneficiary_id,
        person=person_name(last_name, first_name, reference),
        employer=by_id[employer],
        holder=by_id.get(lead, ""),
        companies=by_id,
        employment_span=(hired_on, left_on),
        lot_span=(lot_starts_on, lot_ends_on),
        span=(starts_on, ends_on),
        due=due,
        capacity=capacity_fte * FULL_TIME_WEEK,
        before=before,
        order=(contract_title, contract_id, natural(lot_number), lot_id, sort_key, pk),
    )
