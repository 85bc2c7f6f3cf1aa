"""« Reprendre les contrats du mois précédent »: rows of the grid go on, hours never do."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Least

from beneficiaries.enums import HourStatus
from beneficiaries.models import Assignment, EmploymentContract, HourEntry
from lib.dates import add_months, last_day


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """Assignments of the month before whose work contract still runs: reopened, already there, on a lot that ended."""

    reopened: int
    present: int
    lot_ended: int


def carry_over(*, month: date, assignment_ids: Collection[int] | None = None) -> CarriedOver:
    """Lengthen to the end of `month` the assignments that had hours the month before and had ended since.

    Only where the work contract and the lot still run. `assignment_ids` narrows to some of them.
    """
    running = _running(month, assignment_ids)
    counts = running.aggregate(
        present=Count("pk", filter=Q(lot_last__gte=month) & (Q(ends_on__isnull=True) | Q(ends_on__gte=month))),
        lot_ended=Count("pk", filter=Q(lot_last__lt=month)),
    )
    over = running.filter(lot_last__gte=month, ends_on__lt=month)  # type: ignore[misc]  # annotated by _running
    ended = Assignment.objects.filter(pk__in=over.values("pk"))
    contract_end = EmploymentContract.objects.filter(pk=OuterRef("employment")).values("ends_on")
    reopened = ended.update(ends_on=Least(Value(last_day(month)), Subquery(contract_end)))
    return CarriedOver(reopened, counts["present"], counts["lot_ended"])


def _running(month: date, assignment_ids: Collection[int] | None) -> QuerySet[Assignment]:
    hours = HourEntry.objects.filter(assignment=OuterRef("pk"), month=add_months(month, -1))
    found = Assignment.objects.alias(lot_last=Coalesce("lot__ends_on", "lot__contract__ends_on")).filter(
        Q(employment__ends_on__isnull=True) | Q(employment__ends_on__gte=month),
        Exists(hours.exclude(status=HourStatus.REFUSED)),
    )
    return found if assignment_ids is None else found.filter(pk__in=assignment_ids)
