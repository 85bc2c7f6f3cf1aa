"""What came in for a month, lot by lot."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import F, FilteredRelation, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import RawSQL

from beneficiaries.enums import HourStatus
from beneficiaries.models import HourEntry
from clauses.enums import LEAD_ROLES
from clauses.models import Lot
from lib.dates import last_day
from reporting.enums import Collected
from reporting.selectors.rows import read_sql


@dataclass(frozen=True, slots=True)
class MonthState:
    """`lots`: ids of those with an obligation that ran in `month`, by what came in for it.

    `silent_companies`: how many hold one that sent nothing.
    """

    month: date
    lots: Mapping[str, list[int]]
    silent_companies: int

    def count(self, state: Collected) -> int:
        return len(self.lots[state])


def month_state(month: date) -> MonthState:
    found = {row["state"]: row for row in read_sql("home_month", {"first": month, "last": last_day(month)})}
    lots = {state: found[state]["lots"] if state in found else [] for state in Collected.values}
    return MonthState(month, lots, found[Collected.SILENT]["holders"] if Collected.SILENT in found else 0)


def lots_collected(state: MonthState, collected: str) -> QuerySet[Lot]:
    """Those of one state, with their marché and donneur d'ordre. Hundreds of ids: sent as one parameter."""
    ids = RawSQL("SELECT unnest(%s::bigint[])", [state.lots[collected]])
    return Lot.objects.filter(pk__in=ids).select_related("contract__buyer")


def with_month(lots: QuerySet[Lot], month: date) -> QuerySet[Lot]:
    """Adds the `lead` (name of the company) and, of the hours not refused, those `declared` and `validated` of the
    month, and the `last_month` that has some, up to it.
    """
    lines = HourEntry.objects.filter(lot=OuterRef("pk")).exclude(status=HourStatus.REFUSED).order_by().values("lot")
    of_month = lines.filter(month=month)
    lead = FilteredRelation("holders", condition=Q(holders__role__in=LEAD_ROLES))
    return lots.alias(lead_holder=lead).annotate(
        lead=F("lead_holder__company__name"),
        declared=Subquery(of_month.values(sum=Sum("hours"))),
        validated=Subquery(of_month.filter(status=HourStatus.VALIDATED).values(sum=Sum("hours"))),
        last_month=Subquery(lines.filter(month__lte=month).values(last=Max("month"))),
    )


def shown_of_month(lots: QuerySet[Lot]) -> QuerySet[Lot]:
    """What the rows of a page show."""
    return lots.only("title", "number", "contract__title", "contract__buyer__name")
