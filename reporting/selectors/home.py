"""What a chargé de mission must know in the morning: lots in need, what the month still lacks, what ends soon."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, QuerySet

from beneficiaries.enums import HourStatus
from beneficiaries.models import HourEntry
from beneficiaries.selectors.assignments import person_name
from clauses.enums import LotStatus
from clauses.models import Lot
from lib.dates import add_months, last_day, month_of
from reporting.selectors.rows import read_sql

IN_NEED = (LotStatus.COMPROMIS, LotStatus.EN_RETARD, LotStatus.A_SURVEILLER)
SOON = timedelta(days=30)
_SHOWN = ("lot", "status", "due", "validated", "declared", "remaining", "expected", "reference_date")
_STATES = ("validated", "received", "silent", "idle")


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
        .only("title", "number", "contract__title", "contract__buyer__name", *(f"progress__{name}" for name in _SHOWN))
        .order_by("progress__severity", "-progress__remaining", "pk")[:limit]
    )


def status_tally() -> Counter[str]:
    """How many lots that are not archived are in each status."""
    return Counter({row["status"]: row["lots"] for row in read_sql("home_statuses")})


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
    rows = read_sql("home_endings", {"today": today, "until": today + SOON, "limit": limit})
    return [
        Ending(
            row["beneficiary_id"],
            person_name(row["last_name"], row["first_name"], row["external_ref"]),
            row["what"],
            row["ends_on"],
        )
        for row in rows
    ]
