"""What a chargé de mission must know in the morning: lots in need, what the month still lacks, what ends soon."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from beneficiaries.enums import HourStatus
from beneficiaries.models import Eligibility, EmploymentContract, HourEntry
from beneficiaries.selectors.assignments import person_name
from clauses.enums import LotStatus
from clauses.models import Lot, LotProgress
from lib.dates import add_months, last_day, month_of
from reporting.selectors.rows import read_sql

IN_NEED = (LotStatus.COMPROMIS, LotStatus.EN_RETARD, LotStatus.A_SURVEILLER)
SOON = timedelta(days=30)
_STATES = ("validated", "received", "silent", "idle")
_PERSON = ("beneficiary_id", "beneficiary__last_name", "beneficiary__first_name", "beneficiary__external_ref")


@dataclass(frozen=True, slots=True)
class MonthState:
    """Lots with an obligation that ran in `month`, by what came in for it, and the companies that sent nothing."""

    month: date
    validated: int
    received: int
    silent: int
    idle: int
    silent_companies: int


@dataclass(frozen=True, slots=True)
class Ending:
    """Something about a person that ends on `on`: a work contract or the validity of an eligibility."""

    beneficiary_id: int
    person: str
    what: str
    on: date


def lots_in_need(limit: int) -> QuerySet[Lot]:
    """Running lots that need someone, the most serious first, then those that lack most."""
    return (
        Lot.objects.filter(progress__status__in=IN_NEED, archived_at__isnull=True, contract__archived_at__isnull=True)
        .select_related("progress", "contract__buyer")
        .order_by("progress__severity", "-progress__remaining", "pk")[:limit]
    )


def status_tally() -> Counter[str]:
    """How many lots that are not archived are in each status."""
    rows = (
        LotProgress.objects.filter(lot__archived_at__isnull=True, lot__contract__archived_at__isnull=True)
        .values("status")
        .annotate(count=Count("pk"))
        .order_by("status")
    )
    return Counter({row["status"]: row["count"] for row in rows})


def month_state(today: date) -> MonthState:
    """Of the month before `today`'s, the one being collected."""
    first = add_months(month_of(today), -1)
    found = {row["state"]: row for row in read_sql("home_month", {"first": first, "last": last_day(first)})}
    lots = {state: found[state]["lots"] if state in found else 0 for state in _STATES}
    return MonthState(first, **lots, silent_companies=found["silent"]["holders"] if "silent" in found else 0)


def lines_to_validate() -> tuple[int, date | None]:
    """How many lines wait for a control or a validation, and the latest month among them."""
    waiting = HourEntry.objects.filter(status__in=[HourStatus.DECLARED, HourStatus.CONTROLLED])
    found = waiting.aggregate(count=Count("pk"), month=Max("month"))
    return found["count"], found["month"]


def ending_soon(today: date, limit: int) -> list[Ending]:
    """Work contracts, and eligibilities of people at work, that end within 30 days."""
    until = today + SOON
    contracts = EmploymentContract.objects.filter(ends_on__range=(today, until), archived_at__isnull=True)
    at_work = EmploymentContract.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today), beneficiary=OuterRef("beneficiary")
    )
    eligibilities = Eligibility.objects.filter(Exists(at_work), valid_until__range=(today, until))
    endings = [
        Ending(pk, person_name(last_name, first_name, reference), what, on)
        for what, ended, day in (
            ("contrat de travail", contracts, "ends_on"),
            ("éligibilité", eligibilities, "valid_until"),
        )
        for pk, last_name, first_name, reference, on in ended.order_by(day, "pk").values_list(*_PERSON, day)[:limit]
    ]
    return sorted(endings, key=lambda ending: ending.on)[:limit]
