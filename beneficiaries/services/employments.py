"""Work contracts: hire, change, prolong, end. What was frozen at hire changes only with a reason."""

from datetime import date

from django.db import transaction
from django.db.models import Max, Min, QuerySet

from beneficiaries.models import Assignment, Beneficiary, Eligibility, EmploymentContract, HourEntry
from beneficiaries.rules import FrozenAtHire, Span, age_warning, eligibility_warning, freeze_at_hire, touches
from beneficiaries.services.hours import lock_employments
from clauses.models import Lot
from clauses.services.progress import request_recomputation
from contractors.models import Company
from lib.dates import date_fr, of_month_fr
from lib.numbers import NNBSP
from tenants import scope


class EmploymentError(Exception):
    """Nothing was changed; the message says why, in French."""


def hire(
    *, employment: EmploymentContract, lot: Lot | None = None, holder: Company | None = None, member_id: int | None
) -> list[str]:
    """Save a new contract with what its person is on the day of the hire, on a lot if one is given.

    Returns what the person in charge should look at again. Raises EmploymentError for an anonymised person.
    """
    person = employment.beneficiary
    if person.is_anonymised:
        raise EmploymentError("Cette personne est anonymisée\u202f: elle ne peut plus être embauchée.")
    eligibility = eligibility_at(person, employment.starts_on)
    put_frozen(employment, freeze(person, eligibility, employment.starts_on))
    employment.person_key = person.person_key
    with transaction.atomic():
        employment.save()
        if lot is not None:
            accepted = {"accepted_by_id": member_id, "accepted_on": employment.starts_on}
            Assignment.objects.create(employment=employment, lot=lot, holder=holder, **accepted)
    return warnings_at_hire(employment, eligibility)


def eligibility_at(person: Beneficiary, day: date) -> Eligibility | None:
    """The last verification on or before `day`, else the last one there is."""
    found = list(Eligibility.objects.filter(beneficiary=person).order_by("pk"))
    in_time = [one for one in found if one.verified_on is not None and one.verified_on <= day]
    return max(in_time or found, key=lambda one: (one.verified_on or date.min, one.pk), default=None)


def freeze(person: Beneficiary, eligibility: Eligibility | None, starts_on: date) -> FrozenAtHire:
    return freeze_at_hire(
        starts_on=starts_on,
        birth_date=person.birth_date,
        education_level=person.education_level,
        criteria=eligibility.criteria if eligibility else [],
        qpv_code=person.qpv_code,
        qpv_generation=person.qpv_generation,
    )


def put_frozen(employment: EmploymentContract, frozen: FrozenAtHire) -> None:
    employment.age_at_hire = frozen.age_at_hire
    employment.education_level = frozen.education_level
    employment.criteria = list(frozen.criteria)
    employment.qpv_code = frozen.qpv_code
    employment.qpv_generation = frozen.qpv_generation


def warnings_at_hire(employment: EmploymentContract, eligibility: Eligibility | None) -> list[str]:
    verified = (eligibility.verified_on, eligibility.valid_until) if eligibility else (None, None)
    found = (age_warning(employment.age_at_hire), eligibility_warning(employment.starts_on, *verified))
    return [warning for warning in found if warning]


def change_employment(*, employment: EmploymentContract, reason: str = "") -> None:
    """Save changed terms. Hours already there must still fall in the contract. A new day of hire needs a reason: the
    age frozen then follows it. Raises EmploymentError."""
    with transaction.atomic():
        lock_employments([employment.pk])
        before = EmploymentContract.objects.get(pk=employment.pk)
        _check_hours_stay(_hours(employment), (employment.starts_on, employment.ends_on))
        if employment.starts_on != before.starts_on:
            _move_hire(employment, reason)
        employment.save()


def _move_hire(employment: EmploymentContract, reason: str) -> None:
    if not reason.strip():
        raise EmploymentError("Indiquez le motif\u202f: l'embauche change de jour, et l'âge figé avec elle.")
    scope.give_reason(reason)
    person = employment.beneficiary
    if person.birth_date is not None:
        if employment.starts_on <= person.birth_date:
            raise EmploymentError(f"L'embauche précède la naissance ({date_fr(person.birth_date)}).")
        employment.age_at_hire = freeze(person, None, employment.starts_on).age_at_hire


def _check_hours_stay(lines: QuerySet[HourEntry], span: Span) -> None:
    """Whether the first and the last month of `lines` still touch the new dates."""
    months = lines.aggregate(first=Min("month"), last=Max("month"))
    for month in (months["first"], months["last"]):
        if month is not None and not touches(month, span):
            raise EmploymentError(f"Des heures {of_month_fr(month)} sont déjà saisies, hors de ces dates. Changez-les.")


def _hours(employment: EmploymentContract) -> QuerySet[HourEntry]:
    return HourEntry.objects.filter(employment=employment)


def prolong_employment(*, employment: EmploymentContract, ends_on: date) -> None:
    """A renewal: the contract goes on with what it froze. Raises EmploymentError when its end is not later, or has
    changed since it was read."""
    if employment.ends_on is None or ends_on <= employment.ends_on:
        raise EmploymentError(f"Un renouvellement repousse la fin{NNBSP}: choisissez une date plus tardive.")
    same = EmploymentContract.objects.filter(pk=employment.pk, ends_on=employment.ends_on)
    if not same.update(ends_on=ends_on):
        raise EmploymentError("La fin du contrat vient d'être changée. Rechargez la page.")


def end_employment(*, employment: EmploymentContract, ends_on: date) -> None:
    """Close the contract on `ends_on`, its last day. Raises EmploymentError when hours stand after it."""
    with transaction.atomic():
        lock_employments([employment.pk])
        fresh = EmploymentContract.objects.get(pk=employment.pk)
        if ends_on < fresh.starts_on:
            raise EmploymentError(f"La fin précède l'embauche ({date_fr(fresh.starts_on)}).")
        fresh.ends_on = ends_on
        _check_hours_stay(_hours(fresh), (fresh.starts_on, ends_on))
        fresh.save(update_fields=["ends_on"])


def correct_frozen(*, employment: EmploymentContract, frozen: FrozenAtHire, reason: str) -> None:
    """Correct what was frozen at hire. The reason stays in the history; the figures of the lots follow."""
    if not reason.strip():
        raise EmploymentError("Indiquez le motif de la correction.")
    with transaction.atomic():
        scope.give_reason(reason)
        put_frozen(employment, frozen)
        employment.save(update_fields=["age_at_hire", "education_level", "criteria", "qpv_code", "qpv_generation"])
        request_recomputation()


def delete_employment(*, employment: EmploymentContract) -> None:
    """With its assignments. Raises EmploymentError once it has hours, refused ones too."""
    with transaction.atomic():
        lock_employments([employment.pk])
        if _hours(employment).exists():
            raise EmploymentError(
                f"Suppression impossible{NNBSP}: des heures sont saisies sur ce contrat. Terminez-le plutôt."
            )
        employment.delete()


def assign(*, assignment: Assignment, member_id: int | None) -> None:
    """Put a contract at the service of a lot. Accepted by `member_id` where a day of acceptance is given."""
    assignment.accepted_by_id = member_id if assignment.accepted_on else None
    assignment.save()


def change_assignment(*, assignment: Assignment, member_id: int | None) -> None:
    """Save its dates, holder and acceptance. Raises EmploymentError when hours would fall outside."""
    with transaction.atomic():
        lock_employments([assignment.employment_id])
        lines = HourEntry.objects.filter(assignment=assignment)
        _check_hours_stay(lines, (assignment.starts_on, assignment.ends_on))
        before = Assignment.objects.get(pk=assignment.pk)
        if assignment.accepted_on != before.accepted_on:
            assignment.accepted_by_id = member_id if assignment.accepted_on else None
        assignment.save()


def remove_assignment(*, assignment: Assignment) -> None:
    """Only without hours. Raises EmploymentError."""
    with transaction.atomic():
        lock_employments([assignment.employment_id])
        if HourEntry.objects.filter(assignment=assignment).exists():
            raise EmploymentError(
                "Des heures sont saisies sur ce lot\u202f: la mise à l'emploi ne peut pas être retirée."
            )
        assignment.delete()
