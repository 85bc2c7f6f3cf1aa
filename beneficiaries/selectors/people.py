"""People as lists and pages read them. Criteria are in none of these: they show behind a click that is logged."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from beneficiaries.enums import HORS_QPV, HourKind, HourStatus, QpvGeneration
from beneficiaries.models import Assignment, Beneficiary, Eligibility, EmploymentContract, HourEntry
from clauses.reference import qpv_name
from lib.dates import date_fr
from lib.identity import sort_key
from tenants.models import ReadLog
from tenants.paths import path_of

ENDING_WITHIN = timedelta(days=30)
LATEST_FIRST = (F("verified_on").desc(nulls_last=True), "-pk")
ZERO = Decimal(0)
EMPTY = "–"

_WORD = re.compile(r"[^\W_]+")
_DAY = re.compile(r"\s*([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})\s*")
_MOST_WORDS = 6


def running_on(day: date) -> QuerySet[EmploymentContract]:
    return EmploymentContract.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)


def eligibilities_without_criteria() -> QuerySet[Eligibility]:
    return Eligibility.objects.defer("criteria", "proof_kind").order_by(*LATEST_FIRST)


def people_with_contracts(today: date) -> QuerySet[Beneficiary]:
    """Each person with `current`, the work contracts that run today, and `verified`, the eligibilities."""
    running = running_on(today).select_related("employer").order_by("-starts_on", "-pk")
    shown = running.only("beneficiary", "starts_on", "ends_on", "employer__name")
    verified = eligibilities_without_criteria().only("beneficiary", "verified_on", "valid_until")
    return Beneficiary.objects.prefetch_related(
        Prefetch("employments", shown, to_attr="current"), Prefetch("eligibilities", verified, to_attr="verified")
    )


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a list, in words. `employer`, `until`: of the latest contract that runs today; `eligibility`: the
    latest verification."""

    url: str
    name: str
    is_archived: bool
    born: str
    city: str
    quarter: str
    quarter_list: str
    employer: str
    until: str
    eligibility: Eligibility | None


def person_rows(people: list[Any]) -> list[PersonRow]:
    """Of people read by people_with_contracts."""
    return [_person_row(one, next(iter(one.current), None)) for one in people]


def _person_row(one: Any, contract: EmploymentContract | None) -> PersonRow:
    code = one.qpv_code if one.lives_in_qpv else ""
    name, generation = qpv_name(code), _GENERATIONS.get(one.qpv_generation, "")
    return PersonRow(
        url=path_of("beneficiaries:beneficiary_page", one.pk),
        name=str(one),
        is_archived=one.archived_at is not None,
        born=date_fr(one.birth_date) if one.birth_date else EMPTY,
        city=one.city or EMPTY,
        quarter=name or code,
        quarter_list=f"{code} · {generation}" if name else generation,
        employer=contract.employer.name if contract else "",
        until=contract_end(contract) if contract else "",
        eligibility=next(iter(one.verified), None),
    )


def contract_end(contract: EmploymentContract) -> str:
    return f"jusqu'au {date_fr(contract.ends_on)}" if contract.ends_on else "sans date de fin"


_GENERATIONS: dict[str, str] = dict(QpvGeneration.choices)


def search_people(people: QuerySet[Beneficiary], text: str) -> QuerySet[Beneficiary]:
    """Each word begins one of the name, without accents or case; or it is a date of birth, or a whole reference."""
    if day := _DAY.fullmatch(text):
        try:
            return people.filter(birth_date=date(int(day[3]), int(day[2]), int(day[1])))
        except ValueError:
            return people.none()
    named = Q()
    for word in _WORD.findall(sort_key(text))[:_MOST_WORDS]:
        named &= Q(sort_key__regex=rf"(^|[^[:alnum:]]){word}")
    return people.filter(named | Q(external_ref=text.strip()))


def with_current_contract(people: QuerySet[Beneficiary], today: date) -> QuerySet[Beneficiary]:
    return people.filter(Exists(running_on(today).filter(beneficiary=OuterRef("pk"))))


def by_eligibility(people: QuerySet[Beneficiary], state: str, today: date) -> QuerySet[Beneficiary]:
    """`state`: ending (within 30 days), ended, missing (never verified), as the latest verification says."""
    latest = Eligibility.objects.filter(beneficiary=OuterRef("pk")).order_by(*LATEST_FIRST)
    people = people.alias(
        until=Subquery(latest.values("valid_until")[:1]), last_verified=Subquery(latest.values("verified_on")[:1])
    )
    return {
        "ending": people.filter(until__gte=today, until__lte=today + ENDING_WITHIN),
        "ended": people.filter(until__lt=today),
        "missing": people.filter(last_verified__isnull=True),
    }[state]


def qpv_codes() -> list[tuple[str, str]]:
    """(code, label) of the quarters where the people of the structure live."""
    codes = (
        Beneficiary.objects.exclude(qpv_code__in=("", HORS_QPV)).order_by("qpv_code").values_list("qpv_code", flat=True)
    )
    return [(code, f"{code} {qpv_name(code)}".strip()) for code in codes.distinct()]


def contracts_of(person: Beneficiary) -> list[EmploymentContract]:
    """Latest first, each with its assignments and their lots."""
    assigned = Assignment.objects.select_related("lot__contract", "holder").order_by("pk")
    found = EmploymentContract.objects.filter(beneficiary=person).select_related("employer", "user_company")
    return list(found.prefetch_related(Prefetch("assignments", assigned)).order_by("-starts_on", "-pk"))


def readings_of(person: Beneficiary, part: str, limit: int = 10) -> QuerySet[ReadLog]:
    """Who read this part of the record, the last first."""
    table = Beneficiary._meta.db_table
    logged = ReadLog.objects.filter(table=table, row_id=person.pk, part=part).select_related("member")
    return logged.order_by("-pk")[:limit]


@dataclass(slots=True)
class MonthOnLot:
    """Hours of a person in one month on one lot. `states`: hours by state, refused ones apart from the sums."""

    month: date
    lot_id: int
    lot_name: str
    contract_name: str
    worked: Decimal = ZERO
    trained: Decimal = ZERO
    states: dict[str, Decimal] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """The only state of these hours, or an empty string when they are in several."""
        return next(iter(self.states)) if len(self.states) == 1 else ""


def hours_of(person: Beneficiary, limit: int | None = None) -> list[MonthOnLot]:
    """By month and lot, latest month first; of the last `limit` months that have hours when it is given."""
    lines = HourEntry.objects.filter(employment__beneficiary=person).select_related("lot__contract")
    found = by_month_and_lot(lines.order_by("-month", "lot_id", "pk"))
    if limit is None:
        return found
    months = sorted({row.month for row in found}, reverse=True)[:limit]
    return [row for row in found if row.month in months]


def by_month_and_lot(lines: Sequence[HourEntry] | QuerySet[HourEntry]) -> list[MonthOnLot]:
    found: dict[tuple[date, int], MonthOnLot] = {}
    for line in lines:
        key = (line.month, line.lot_id)
        if key not in found:
            found[key] = MonthOnLot(line.month, line.lot_id, str(line.lot), line.lot.contract.title)
        row = found[key]
        row.states[line.status] = row.states.get(line.status, ZERO) + line.hours
        if line.status == HourStatus.REFUSED:
            continue
        if line.kind == HourKind.WORK:
            row.worked += line.hours
        else:
            row.trained += line.hours
    return list(found.values())
