"""What the services refuse by themselves, whatever form stands before them."""

from datetime import date

import pytest

from beneficiaries.models import Beneficiary, EmploymentContract
from beneficiaries.rules import FrozenAtHire
from beneficiaries.services import employments, people
from beneficiaries.services.employments import EmploymentError
from tenants import scope
from tenants.models import Member
from tests.factories import EligibilityFactory


@pytest.fixture
def ours(world):
    with scope.tenant(world.ours.tenant.pk, world.alice.pk):
        yield world.ours


def test_anonymised_person_is_not_hired(ours):
    Beneficiary.objects.update(last_name="", first_name="", birth_date=None)
    new = EmploymentContract(beneficiary=Beneficiary.objects.get(), employer=ours.company, starts_on=date(2026, 2, 1))
    with pytest.raises(EmploymentError, match="anonymisée"):
        employments.hire(employment=new, member_id=None)
    assert EmploymentContract.objects.count() == 1


def test_anonymised_person_keeps_its_key(ours):
    Beneficiary.objects.update(last_name="", first_name="", birth_date=None)
    with pytest.raises(ValueError, match="anonymised"):
        people.save_person(person=Beneficiary.objects.get())


def test_eligibility_of_a_day_is_the_last_one_verified_by_then(ours):
    later = EligibilityFactory(beneficiary=ours.beneficiary, verified_on=date(2026, 3, 1))
    same_day = EligibilityFactory(beneficiary=ours.beneficiary, verified_on=date(2026, 3, 1))
    never = EligibilityFactory(beneficiary=ours.beneficiary, verified_on=None)
    first = later.beneficiary.eligibilities.get(verified_on=date(2026, 1, 5))

    def at(day):
        return employments.eligibility_at(ours.beneficiary, day)

    assert at(date(2026, 2, 28)) == first
    assert at(date(2026, 3, 1)) == same_day
    assert at(date(2025, 1, 1)) == same_day
    ours.beneficiary.eligibilities.exclude(pk=never.pk).delete()
    assert at(date(2026, 3, 1)) == never
    never.delete()
    assert at(date(2026, 3, 1)) is None


def test_hire_does_not_move_before_the_birth(ours):
    ours.employment.starts_on = date(1990, 5, 17)
    with pytest.raises(EmploymentError, match="précède la naissance"):
        employments.change_employment(employment=ours.employment, reason="erreur")
    assert EmploymentContract.objects.get().starts_on == date(2026, 1, 12)


def test_renewal_of_a_contract_whose_end_moved_meanwhile_is_refused(ours):
    EmploymentContract.objects.update(ends_on=date(2026, 6, 30))
    seen = EmploymentContract.objects.get()
    EmploymentContract.objects.update(ends_on=date(2026, 9, 30))
    with pytest.raises(EmploymentError, match="vient d'être changée"):
        employments.prolong_employment(employment=seen, ends_on=date(2026, 8, 31))
    assert EmploymentContract.objects.get().ends_on == date(2026, 9, 30)


def test_frozen_changes_with_a_reason_only(ours):
    frozen = FrozenAtHire(40, "", (), "", "")
    with pytest.raises(EmploymentError, match="motif"):
        employments.correct_frozen(employment=ours.employment, frozen=frozen, reason=" ")
    assert EmploymentContract.objects.get().age_at_hire == 35


def test_acceptance_keeps_its_agent_when_other_things_change(world, ours):
    ours.assignment.accepted_on = date(2026, 1, 10)
    alice = Member.objects.get(name="Alice").pk
    employments.change_assignment(assignment=ours.assignment, member_id=alice)
    ours.assignment.starts_on = date(2026, 1, 12)
    employments.change_assignment(assignment=ours.assignment, member_id=None)
    ours.assignment.refresh_from_db()
    assert (ours.assignment.accepted_by_id, ours.assignment.starts_on) == (alice, date(2026, 1, 12))
