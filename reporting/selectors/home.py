"""What a chargé de mission must know in the morning: lots in need, what the month still lacks, what ends soon."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, QuerySet

from beneficiaries.enums import HourStatus
from beneficiaries.models import HourEntry
from beneficiaries.selectors.assignments import person_name
from clauses.enums import LotStatus
from clauses.models import Lot
from reporting.selectors.rows import read_sql

IN_NEED = (LotStatus.COMPROMIS, LotStatus.EN_RETARD, LotStatus.A_SURVEILLER)
SOON = timedelta(days=30)
_SHOWN = ("lot", "status", "due", "validated", "declared", "remaining", "expected", "reference_date")


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


def lines_to_validate() -> list[tuple[date, int]]:
    """How many lines of each month wait for a control or a validation, the latest month first."""
    waiting = HourEntry.objects.filter(status__in=[HourStatus.DECLARED, HourStatus.CONTROLLED])
    return list(waiting.values_list("month").annotate(Count("pk")).order_by("-month"))


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
