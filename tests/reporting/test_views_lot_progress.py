"""A lot's answer: its months, what is missing, who works there."""

from datetime import date
from decimal import Decimal

import pytest

from clauses.models import Obligation
from reporting.services import progress
from tenants import scope
from tests import factories
from tests.within import shown

TODAY = date(2026, 11, 20)  # the last month whose declarations are due is October


@pytest.fixture
def page(world, alice):
    """Alice's page of our lot, once `prepare` has run in the structure and the progress is computed."""

    def opened(prepare=lambda: None):
        with scope.tenant(world.ours.tenant.pk):
            prepare()
        progress.recompute_progress(tenant_id=world.ours.tenant.pk, today=TODAY)
        return alice.get(f"/lots/{world.ours.lot.pk}/avancement/")

    return opened


def months(response):
    return {row["label"]: row["values"] for row in response.context["chart"]["rows"]}


def test_before_the_first_computation_it_says_to_wait(world, alice):
    response = alice.get(f"/lots/{world.ours.lot.pk}/avancement/")
    assert response.status_code == 200
    assert "Avancement en cours de calcul" in shown(response)
    assert "chart" not in response.context


def test_months_run_from_the_start_of_the_lot_to_the_reference_date(page):
    found = months(page())
    assert next(iter(found)) == "janvier 2026"
    assert list(found)[-1] == "octobre 2026"
    assert len(found) == 10
    assert found["janvier 2026"] == [None, None, 0, Decimal("70.75")]
    assert found["mars 2026"] == [100, 0, 100, Decimal("205.40")]
    assert found["octobre 2026"][2] == 100


def test_kinds_of_a_month_add_and_what_waits_is_told_apart(world, page):
    def more():
        factories.HourEntryFactory(assignment=world.ours.assignment, kind="formation", hours=20, status="declaree")

    assert months(page(more))["mars 2026"] == [100, 20, 100, Decimal("205.40")]


def test_line_before_the_lot_opens_the_curve_earlier(world, page):
    def early():
        factories.HourEntryFactory(assignment=world.ours.assignment, month=date(2025, 12, 1), status="validee")
        factories.HourEntryFactory(assignment=world.ours.assignment, month=date(2026, 12, 1), status="declaree")

    found = months(page(early))
    assert next(iter(found)) == "décembre 2025"
    assert found["décembre 2025"] == [100, 0, 100, 0]
    assert list(found)[-1] == "décembre 2026"


def test_lot_to_calibrate_expects_nothing(page):
    response = page(lambda: Obligation.objects.all().delete())
    assert {values[3] for values in months(response).values()} == {None}


def test_missing_months_lead_to_the_grid(world, page):
    response = page()
    (year,) = response.context["missing"]
    assert year["year"] == 2026
    assert [month["key"] for month in year["months"]] == [f"2026-{n:02}" for n in (1, 2, 4, 5, 6, 7, 8, 9, 10)]
    assert f"?lot={world.ours.lot.pk}&mois=2026-04" in shown(response)


def test_missing_months_show_the_latest_year_first(world, page):
    def longer():
        world.ours.contract.starts_on = date(2024, 11, 1)
        world.ours.contract.save()

    assert [group["year"] for group in page(longer).context["missing"]] == [2026, 2025, 2024]


def test_nothing_missing_is_said(world, page):
    def all_declared():
        for month in (1, 2, 4, 5, 6, 7, 8, 9, 10):
            factories.HourEntryFactory(assignment=world.ours.assignment, month=date(2026, month, 1), hours=1)

    response = page(all_declared)
    assert response.context["missing"] == []
    assert "Tous les mois sont déclarés" in shown(response)


def test_who_works_there_now(world, page):
    def others():
        lot = world.ours.lot
        gone = factories.EmploymentFactory(starts_on=date(2026, 1, 12), ends_on=date(2026, 3, 31))
        factories.AssignmentFactory(employment=gone, lot=lot)
        to_come = factories.EmploymentFactory(starts_on=date(2199, 1, 1))
        factories.AssignmentFactory(employment=to_come, lot=lot)
        moved = factories.EmploymentFactory(starts_on=date(2026, 1, 12))
        factories.AssignmentFactory(employment=moved, lot=lot, ends_on=date(2026, 2, 28))
        factories.AssignmentFactory(employment=factories.EmploymentFactory(), lot=factories.LotFactory())

    response = page(others)
    assert [one.pk for one in response.context["people"]] == [world.ours.assignment.pk]
    assert "Dûpont Zoé" in shown(response)


def test_nobody_at_work_is_said(world, page):
    def leave():
        world.ours.employment.ends_on = date(2026, 3, 31)
        world.ours.employment.save()

    assert "Personne n'est affecté à ce lot en ce moment." in shown(page(leave))


@pytest.mark.parametrize("count", [1, 3, 30])
def test_constant_queries(world, page, alice, django_assert_num_queries, count):
    def people():
        for _ in range(count):
            employment = factories.EmploymentFactory(employer=world.ours.company)
            factories.AssignmentFactory(employment=employment, lot=world.ours.lot)

    assert len(page(people).context["people"]) == count + 1
    with django_assert_num_queries(13):
        alice.get(f"/lots/{world.ours.lot.pk}/avancement/")
