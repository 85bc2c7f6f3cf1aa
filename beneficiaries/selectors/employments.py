"""Work contracts as lists and pages read them."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, Q, QuerySet, Sum

from beneficiaries.enums import EmploymentType, HourStatus, Modality
from beneficiaries.models import Assignment, EmploymentContract, HourEntry
from lib.dates import date_fr
from tenants.paths import path_of

ZERO = Decimal(0)


def employments_listed() -> QuerySet[EmploymentContract]:
    """With person, employer and lots, without the criteria frozen at hire."""
    lots = Assignment.objects.select_related("lot").order_by("pk")
    found = EmploymentContract.objects.select_related("beneficiary", "employer").only(
        "external_ref", "type", "modality", "starts_on", "ends_on", "employer__name", "beneficiary__external_ref",
        "beneficiary__last_name", "beneficiary__first_name",
    )  # fmt: skip
    return found.prefetch_related(Prefetch("assignments", lots.only("employment", "lot__number", "lot__title")))


@dataclass(frozen=True, slots=True)
class EmploymentRow:
    """A contract in a list, in words."""

    url: str
    person: str
    employer: str
    type: str
    modality: str
    starts_on: str
    ends_on: str
    lots: list[str]


def employment_rows(contracts: list[EmploymentContract]) -> list[EmploymentRow]:
    """Of contracts read by employments_listed."""
    return [
        EmploymentRow(
            url=path_of("beneficiaries:employment_page", one.pk),
            person=str(one.beneficiary),
            employer=one.employer.name,
            type=_TYPES.get(one.type, one.type),
            modality=_MODALITIES.get(one.modality, one.modality),
            starts_on=date_fr(one.starts_on),
            ends_on=date_fr(one.ends_on) if one.ends_on else "–",
            lots=[str(assignment.lot) for assignment in one.assignments.all()],
        )
        for one in contracts
    ]


_TYPES: dict[str, str] = dict(EmploymentType.choices)
_MODALITIES: dict[str, str] = dict(Modality.choices)


def employment_with_all(pk: int) -> QuerySet[EmploymentContract]:
    found = EmploymentContract.objects.filter(pk=pk).defer("criteria")
    return found.select_related("beneficiary", "employer", "user_company")


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """An assignment with its hours not refused, and those validated among them."""

    assignment: Assignment
    declared: Decimal
    validated: Decimal
    has_lines: bool


def assignments_of(employment: EmploymentContract) -> list[AssignmentRow]:
    found = Assignment.objects.filter(employment=employment).select_related("lot__contract", "holder", "accepted_by")
    sums = {
        row["assignment_id"]: row
        for row in HourEntry.objects.filter(employment=employment)
        .order_by()
        .values("assignment_id")
        .annotate(
            declared=Sum("hours", filter=~Q(status=HourStatus.REFUSED), default=ZERO),
            validated=Sum("hours", filter=Q(status=HourStatus.VALIDATED), default=ZERO),
        )
    }
    none = {"declared": ZERO, "validated": ZERO}
    return [
        AssignmentRow(
            assignment,
            sums.get(assignment.pk, none)["declared"],
            sums.get(assignment.pk, none)["validated"],
            assignment.pk in sums,
        )
        for assignment in found.order_by("pk")
    ]


def lines_of_employment(employment: EmploymentContract) -> QuerySet[HourEntry]:
    """Every line, latest month first, with its lot and whoever gave its state."""
    lines = HourEntry.objects.filter(employment=employment).select_related("lot__contract", "status_by")
    return lines.order_by("-month", "lot_id", "-kind", "pk")
