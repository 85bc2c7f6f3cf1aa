"""The curve of a structure's years."""

from datetime import date

from reporting.selectors.years import Year, years_of_structure
from tenants import scope
from tests import factories


def test_years_without_hours_stand_between_those_that_have_some(world):
    with scope.tenant(world.ours.tenant.pk):
        factories.HourEntryFactory(assignment=world.ours.assignment, month=date(2023, 5, 1), hours=40, status="validee")
        factories.HourEntryFactory(assignment=world.ours.assignment, month=date(2022, 5, 1), hours=40)
        found = years_of_structure()
    assert found == [Year(2023, 40, 1, 1), Year(2024, 0, 0, 0), Year(2025, 0, 0, 0), Year(2026, 100, 1, 1)]


def test_two_work_contracts_of_one_person_count_one_person(world):
    with scope.tenant(world.ours.tenant.pk):
        again = factories.EmploymentFactory(beneficiary=world.ours.beneficiary, starts_on=date(2026, 5, 1))
        assignment = factories.AssignmentFactory(employment=again, lot=world.ours.lot)
        factories.HourEntryFactory(assignment=assignment, month=date(2026, 5, 1), hours=10, status="validee")
        assert years_of_structure() == [Year(2026, 110, 2, 1)]


def test_structure_without_validated_hours_has_no_curve(world):
    with scope.tenant(world.ours.tenant.pk):
        scope.give_reason("essai")
        world.ours.entry.delete()
        assert years_of_structure() == []
