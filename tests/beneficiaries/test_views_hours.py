"""The grid of a month: Alice writes, Bob reads, Charlie has the same names and figures elsewhere."""

from datetime import date
from decimal import Decimal

import pytest

from beneficiaries.models import Assignment, EmploymentContract
from tests.beneficiaries.hours_pages import APRIL, GRID, MARCH, cells, key, rows
from tests.counting import assert_constant_queries
from tests.factories import (
    AssignmentFactory,
    BeneficiaryFactory,
    BuyerFactory,
    CompanyFactory,
    ContractFactory,
    EmploymentFactory,
    HourEntryFactory,
    LotFactory,
)
from tests.within import said


def test_grid_shows_our_rows_only(alice, charlie, world):
    assert rows(alice.get(GRID)) == [world.ours.assignment.pk]
    assert rows(charlie.get(GRID)) == [world.theirs.assignment.pk]


def test_grid_shows_cumul_cell_total_and_what_remains(alice, world, ours):
    ours(lambda: HourEntryFactory(assignment=world.ours.assignment, month=APRIL, hours=Decimal("51.50")))
    ours(
        lambda: HourEntryFactory(
            assignment=world.ours.assignment, month=date(2026, 2, 1), hours=Decimal(700), status="refusee"
        )
    )
    answer = alice.get(GRID)
    (lot,) = answer.context["grid"].lots
    (row,) = lot.rows
    assert (row.before, row.total) == (Decimal(100), Decimal("151.50"))
    assert (lot.figures.due, lot.figures.declared, lot.figures.validated) == (
        Decimal(833),
        Decimal("151.50"),
        Decimal(100),
    )
    assert (lot.before, lot.remaining) == (Decimal(100), Decimal("681.50"))
    assert answer.context["grid"].total == Decimal("51.50")
    page = answer.content.decode()
    assert 'data-due="833" data-before="100.00" data-validated="100.00"' in page
    assert "51,50" in page
    assert "681,50" in page
    assert answer.context["answer"] == "Avril 2026\u202f: 51,5\u202fh saisies pour 1 contrat, dont 0\u202fh validées."


def test_grid_says_who_has_nothing_yet(alice):
    assert alice.get(GRID).context["answer"].endswith(": rien n'est encore saisi pour 1 contrat.")


@pytest.mark.parametrize(
    ("name", "values", "shown"),
    [
        ("employment", {"ends_on": date(2026, 3, 31)}, False),
        ("employment", {"ends_on": date(2026, 4, 1)}, True),
        ("employment", {"starts_on": date(2026, 5, 1)}, False),
        ("employment", {"starts_on": date(2026, 4, 30)}, True),
        ("lot", {"ends_on": date(2026, 3, 31)}, False),
        ("lot", {"starts_on": date(2026, 5, 1)}, False),
        ("contract", {"starts_on": date(2026, 5, 1)}, False),
        ("assignment", {"ends_on": date(2026, 3, 31)}, False),
        ("assignment", {"starts_on": date(2026, 4, 30)}, True),
    ],
)
def test_row_stands_while_contract_lot_and_assignment_meet_the_month(alice, world, ours, name, values, shown):
    row = getattr(world.ours, name)
    ours(lambda: type(row).objects.filter(pk=row.pk).update(**values))
    assert rows(alice.get(GRID)) == ([world.ours.assignment.pk] if shown else [])


def test_row_with_hours_stands_outside_the_dates_too(alice, world, ours):
    ours(lambda: HourEntryFactory(assignment=world.ours.assignment, month=APRIL))
    ours(lambda: EmploymentContract.objects.update(ends_on=date(2026, 3, 31)))
    answer = alice.get(GRID)
    assert rows(answer) == [world.ours.assignment.pk]
    assert set(cells(answer)) == {key(world.ours.assignment)}


def test_archived_lot_is_out(alice, world, ours):
    ours(lambda: type(world.ours.lot).objects.update(archived_at="2026-01-01T00:00Z"))
    assert rows(alice.get(GRID)) == []


def test_rows_are_grouped_by_marche_and_lot_in_natural_order(alice, world, ours):
    def add():
        contract = ContractFactory(title="Aménagement")
        made = {}
        for number in ("10", "2"):
            lot = LotFactory(contract=contract, number=number)
            for name in ("Zola", "Œuvrard"):
                person = BeneficiaryFactory(last_name=name)
                made[number, name] = AssignmentFactory(lot=lot, employment=EmploymentFactory(beneficiary=person))
        return made

    made = ours(add)
    expected = [
        made["2", "Œuvrard"],
        made["2", "Zola"],
        made["10", "Œuvrard"],
        made["10", "Zola"],
        world.ours.assignment,
    ]
    assert rows(alice.get(GRID)) == [assignment.pk for assignment in expected]


def test_filters_narrow_by_buyer_marche_lot_and_company(alice, world, ours):
    def add():
        employer, holder = CompanyFactory(name="Intérim"), CompanyFactory(name="Toiture")
        contract = ContractFactory(buyer=BuyerFactory(name="Ville"))
        lot = LotFactory(contract=contract, holder=holder)
        return AssignmentFactory(lot=lot, employment=EmploymentFactory(employer=employer)), employer, holder

    other, employer, holder = ours(add)
    mine, lot = world.ours.assignment.pk, world.ours.lot
    for name, own, others in (
        ("lot", lot.pk, [other.lot_id]),
        ("marche", lot.contract_id, [other.lot.contract_id]),
        ("donneur", world.ours.buyer.pk, [other.lot.contract.buyer_id]),
        ("entreprise", world.ours.company.pk, [employer.pk, holder.pk]),
    ):
        assert rows(alice.get(f"{GRID}&{name}={own}")) == [mine], name
        for one in others:
            assert rows(alice.get(f"{GRID}&{name}={one}")) == [other.pk], name
    assert sorted(rows(alice.get(GRID))) == sorted([mine, other.pk])


def test_filter_stays_chosen_in_a_month_without_anyone(alice, world):
    answer = alice.get(f"/heures/?mois=2026-01&lot={world.ours.lot.pk}")
    assert rows(answer) == [world.ours.assignment.pk]
    answer = alice.get(f"/heures/?mois=2025-12&lot={world.ours.lot.pk}")
    assert rows(answer) == []
    assert str(world.ours.lot) in answer.content.decode()
    assert "Tout afficher" in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["lot=abc", "lot=0", "lot=99999999999999999999", "donneur=-1", "entreprise=%00", "marche=१"]
)
def test_filter_that_means_nothing_is_ignored_and_said(alice, world, query):
    answer = alice.get(f"{GRID}&{query}")
    assert rows(answer) == [world.ours.assignment.pk]
    assert said(answer)[0].startswith("Filtre ignoré")


def test_filter_on_a_stranger_s_lot_is_ignored(alice, world):
    answer = alice.get(f"{GRID}&lot={world.theirs.lot.pk}")
    assert rows(answer) == [world.ours.assignment.pk]
    assert said(answer)[0].startswith("Filtre ignoré")


@pytest.mark.parametrize("month", ["2026-13", "avril", "1026-04", "9999-12", "2026-4", "%00", "2026-04-01"])
def test_month_that_cannot_be_read_falls_back_and_is_said(alice, month):
    answer = alice.get(f"/heures/?mois={month}")
    assert answer.status_code == 200
    assert said(answer)[0].startswith("Mois ignoré")


@pytest.mark.parametrize(
    ("today", "month"), [(date(2026, 11, 15), date(2026, 10, 1)), (date(2026, 1, 31), date(2025, 12, 1))]
)
def test_month_by_default_is_the_one_to_declare(today, month):
    from beneficiaries.rules import month_to_declare

    assert month_to_declare(today) == month


def test_reader_sees_cells_that_cannot_be_typed(bob, world):
    answer = bob.get(GRID)
    assert all(cell.readonly for cell in cells(answer).values())
    page = answer.content.decode()
    assert "data-hours-grid" not in page
    assert "data-bulk-row" not in page
    assert "/heures/reprendre/" not in page


def test_anonymised_person_shows_by_its_reference(alice, world, ours):
    person = world.ours.beneficiary
    ours(lambda: type(person).objects.filter(pk=person.pk).update(last_name="", first_name="", birth_date=None))
    assert "Personne anonymisée Z1" in alice.get(GRID).content.decode()


def test_long_month_comes_in_pages(alice, world, ours, monkeypatch):
    monkeypatch.setattr("beneficiaries.views.hours.ROWS", 2)
    ours(lambda: [AssignmentFactory(lot=world.ours.lot) for _ in range(3)])
    first, second = alice.get(GRID), alice.get(f"{GRID}&page=2")
    assert (len(rows(first)), len(rows(second))) == (2, 2)
    assert set(rows(first)) | set(rows(second)) == set(
        ours(lambda: list(Assignment.objects.values_list("pk", flat=True)))
    )
    assert first.context["answer"] == second.context["answer"]
    assert "pour 4 contrats" in first.context["answer"]


def add_rows(world, count: int) -> None:
    for _ in range(count):
        lot = LotFactory(contract=world.ours.contract, due=100, holder=CompanyFactory())
        assignment = AssignmentFactory(lot=lot)
        HourEntryFactory(assignment=assignment, month=APRIL, hours=Decimal(10))
        HourEntryFactory(assignment=assignment, month=MARCH, hours=Decimal(10))


def test_grid_asks_as_much_whatever_its_length(alice, world, ours):
    assert_constant_queries(alice, GRID, lambda count: ours(lambda: add_rows(world, count)))
