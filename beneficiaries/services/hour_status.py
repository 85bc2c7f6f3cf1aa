"""States of hour lines: controlled, validated, refused, reopened, one by one or by selection."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from beneficiaries.enums import HOUR_TRANSITIONS, NEEDS_REASON, HourStatus
from beneficiaries.models import HourEntry
from beneficiaries.rules import month_sum_problem
from beneficiaries.services.hours import lock_employments
from clauses.services.progress import request_recomputation
from lib.numbers import number_fr
from tenants import scope


class StatusError(Exception):
    """Nothing was changed; the message says why, in French."""


@dataclass(frozen=True, slots=True)
class StatusChange:
    count: int
    hours: Decimal


def set_status(*, versions: Mapping[int, int | None], to: str, reason: str, member_id: int | None) -> StatusChange:
    """Give the state `to` to every line, or to none.

    `versions`: version seen of each line, by id; None where it does not matter. A line changed meanwhile refuses the
    whole, so that nobody validates a figure that was not on the screen. Raises StatusError.
    """
    with transaction.atomic():
        lines = _locked(versions, to)
        _check(lines, versions, to, reason)
        _check_sums(lines, to)
        if reason:
            scope.give_reason(reason)
        changed = HourEntry.objects.filter(pk__in=[line.pk for line in lines])
        changed.update(
            status=to, status_reason=reason, status_by=member_id, status_at=timezone.now(), version=F("version") + 1
        )
        request_recomputation()
    return StatusChange(len(lines), sum((line.hours for line in lines), Decimal(0)))


def _locked(versions: Mapping[int, int | None], to: str) -> list[HourEntry]:
    """Employments first when hours come back into their months (services.hours.lock_employments), then lines by id."""
    wanted = HourEntry.objects.filter(pk__in=versions)
    if to == HourStatus.DECLARED:
        lock_employments(wanted.filter(status=HourStatus.REFUSED).values_list("employment_id", flat=True))
    return list(wanted.order_by("pk").select_for_update(of=("self",), no_key=True))


def _check(lines: list[HourEntry], versions: Mapping[int, int | None], to: str, reason: str) -> None:
    if not versions:
        raise StatusError("Cochez au moins une ligne d'heures.")
    if len(lines) < len(versions):
        raise StatusError("Des lignes n'existent plus. Rechargez la page.")
    if moved := sum(versions[line.pk] not in (None, line.version) for line in lines):
        what = "Une ligne a été modifiée" if moved == 1 else f"{number_fr(moved)} lignes ont été modifiées"
        raise StatusError(f"{what} entre-temps. Rechargez la page et vérifiez les heures.")
    if stuck := [line for line in lines if to not in HOUR_TRANSITIONS[line.status]]:
        was, wanted = HourStatus(stuck[0].status).label, HourStatus(to).label
        count = "une ligne" if len(stuck) == 1 else f"{number_fr(len(stuck))} lignes"
        raise StatusError(
            f"On ne passe pas de «\u202f{was}\u202f» à «\u202f{wanted}\u202f» ({count}). "
            "Décochez ce qui n'est pas à changer."
        )
    if not reason.strip() and any((line.status, to) in NEEDS_REASON for line in lines):
        verb = "refuser" if to == HourStatus.REFUSED else "rouvrir"
        raise StatusError(f"Indiquez le motif pour {verb} ces heures.")


def _check_sums(lines: list[HourEntry], to: str) -> None:
    """Refused hours were left out of their month: reopened, they count again."""
    sums: dict[tuple[int, date], Decimal] = defaultdict(Decimal)
    for line in lines:
        if to == HourStatus.DECLARED and line.status == HourStatus.REFUSED:
            sums[line.employment_id, line.month] += line.hours
    employments, months = {employment for employment, _ in sums}, {month for _, month in sums}
    counted = HourEntry.objects.filter(employment__in=employments, month__in=months).exclude(status=HourStatus.REFUSED)
    for employment_id, month, hours in counted.values_list("employment_id", "month", "hours"):
        if (employment_id, month) in sums:
            sums[employment_id, month] += hours
    for total in sums.values():
        if error := month_sum_problem(total)[0]:
            raise StatusError(error)
