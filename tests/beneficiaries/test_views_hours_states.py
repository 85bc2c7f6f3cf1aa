"""Hours validated, refused, reopened by selection; rows brought from the month before."""

from datetime import date
from decimal import Decimal

import pytest

from beneficiaries.models import Assignment, EmploymentContract, HourEntry
from tests.beneficiaries.hours_pages import APRIL, GRID, MARCH, cells, key, lines, plain_form, rows
from tests.factories import (
    AssignmentFactory,
    HourEntryFactory,
)
from tests.within import said

STATUS = "/heures/etats/?mois=2026-04"


# States by selection


def validate(client, page, action="valider", selected=(), **data):
    return client.post(STATUS, plain_form(page) | {"action": action, "selected": list(selected)} | data)


@pytest.fixture
def two(world, ours):
    """Two lines of one row, and one of another."""

    def make():
        other = AssignmentFactory(lot=world.ours.lot)
        for assignment, kind, value in (
            (world.ours.assignment, "travail", "400.25"),
            (world.ours.assignment, "formation", "12.25"),
            (other, "travail", "50"),
        ):
            HourEntryFactory(assignment=assignment, month=APRIL, kind=kind, hours=Decimal(value))
        return other

    return ours(make)


def test_ticked_rows_are_validated_and_the_sum_is_said(alice, world, ours, two):
    answer = validate(alice, alice.get(GRID), selected=[world.ours.assignment.pk])
    assert (answer.status_code, answer["Location"]) == (302, GRID)
    assert said(answer) == ["412,5\u202fh (2 lignes) validées. L'avancement des lots suit."]
    assert sorted(lines(ours)) == [
        ("formation", Decimal("12.25"), "validee"),
        ("travail", Decimal(50), "declaree"),
        ("travail", Decimal("400.25"), "validee"),
    ]


@pytest.mark.parametrize("box", ["{pk}:formation", "{pk}-2026-04-formation"])
def test_box_may_stand_for_one_kind_or_one_cell(alice, world, ours, two, box):
    answer = validate(alice, alice.get(GRID), selected=[box.format(pk=world.ours.assignment.pk)])
    assert said(answer)[0].startswith("12,25\u202fh (une ligne)")


def test_what_is_in_the_state_already_is_left_alone(alice, world, ours, two):
    validate(alice, alice.get(GRID), selected=[f"{world.ours.assignment.pk}:formation"])
    answer = validate(alice, alice.get(GRID), selected=[world.ours.assignment.pk, two.pk])
    assert said(answer)[0].startswith("450,25\u202fh (2 lignes)")


@pytest.mark.parametrize(
    ("action", "reason", "word"),
    [("refuser", "", "motif"), ("supprimer", "", "Choisissez"), ("", "", "obligatoire"), ("refuser", "x" * 501, "500")],
)
def test_state_that_cannot_be_given_keeps_the_ticks_and_the_reason(alice, world, ours, two, action, reason, word):
    answer = validate(alice, alice.get(GRID), action, [world.ours.assignment.pk], reason=reason)
    assert answer.status_code == 422
    assert word in said(answer)[0]
    page = answer.content.decode()
    assert f'value="{world.ours.assignment.pk}" data-bulk-row aria-label="Cocher Dûpont Zoé" checked' in page
    assert {status for _, _, status in lines(ours)} == {"declaree"}


def test_refusal_and_reopening_with_a_reason(alice, world, ours, two):
    validate(alice, alice.get(GRID), "refuser", [two.pk], reason="  doublon   de mars ")
    line = ours(lambda: HourEntry.objects.get(assignment=two))
    assert (line.status, line.status_reason) == ("refusee", "doublon de mars")
    validate(alice, alice.get(GRID), "rouvrir", [two.pk], reason="retrouvé")
    assert ours(lambda: HourEntry.objects.get(assignment=two).status) == "declaree"


def test_nothing_ticked_is_said(alice, ours, two):
    answer = validate(alice, alice.get(GRID))
    assert answer.status_code == 422
    assert said(answer) == ["Cochez au moins une ligne d'heures."]


def test_hours_typed_and_not_saved_stop_the_change_and_are_kept(alice, world, ours, two):
    page = alice.get(GRID)
    typed = {f"hours-{key(two)}": "60"}
    answer = alice.post(STATUS, plain_form(page) | typed | {"action": "valider", "selected": [two.pk]})
    assert answer.status_code == 422
    assert "pas enregistrées" in said(answer)[0]
    cell = cells(answer)[key(two)]
    assert (cell.text, cell.typed, cell.saved) == ("60", True, "50.00")
    assert 'data-saved="50.00"' in answer.content.decode()
    assert {status for _, _, status in lines(ours)} == {"declaree"}


def test_line_changed_since_the_page_is_not_validated(alice, world, ours, two):
    page = alice.get(GRID)
    ours(lambda: HourEntry.objects.filter(assignment=two).update(hours=55, version=2))
    answer = validate(alice, page, selected=[two.pk])
    assert answer.status_code == 422
    assert "modifiée entre-temps" in said(answer)[0]
    assert {status for _, _, status in lines(ours)} == {"declaree"}


def test_line_emptied_since_the_page_is_said(alice, world, ours, two):
    page = alice.get(GRID)
    ours(lambda: HourEntry.objects.filter(assignment=two).delete())
    answer = validate(alice, page, selected=[two.pk])
    assert answer.status_code == 422
    assert "effacées entre-temps" in said(answer)[0]


def test_reader_and_stranger_change_no_state(bob, charlie, alice, world, ours, two):
    page = alice.get(GRID)
    assert validate(bob, page, selected=[two.pk]).status_code == 403
    assert validate(charlie, page, selected=[two.pk]).status_code == 422
    assert {status for _, _, status in lines(ours)} == {"declaree"}


# Rows of the month before


CARRY = "/heures/reprendre/?mois=2026-04"


def test_assignment_that_ended_goes_on_while_its_contract_runs(alice, world, ours):
    ours(lambda: Assignment.objects.update(ends_on=date(2026, 3, 31)))
    assert rows(alice.get(GRID)) == []
    answer = alice.post(CARRY)
    assert answer["Location"] == GRID
    assert said(answer)[0].startswith(
        "Un contrat de mars 2026 repris\u202f: sa ligne est ouverte en avril 2026, sans heures"
    )
    assert rows(alice.get(GRID)) == [world.ours.assignment.pk]
    assert ours(lambda: Assignment.objects.get().ends_on) == date(2026, 4, 30)
    assert lines(ours) == []


def test_row_lengthened_stops_with_its_contract(alice, world, ours):
    ours(lambda: Assignment.objects.update(ends_on=date(2026, 3, 31)))
    ours(lambda: EmploymentContract.objects.update(ends_on=date(2026, 4, 12)))
    alice.post(CARRY)
    assert ours(lambda: Assignment.objects.get().ends_on) == date(2026, 4, 12)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda house: None, "déjà là"),
        (lambda house: EmploymentContract.objects.update(ends_on=date(2026, 3, 31)), "Aucun contrat de mars 2026"),
        (lambda house: type(house.lot).objects.update(ends_on=date(2026, 3, 31)), "Aucun contrat de mars 2026"),
        (lambda house: type(house.lot).objects.update(ends_on=date(2026, 3, 31)), "pas repris"),
    ],
)
def test_what_is_not_brought_is_said(alice, world, ours, change, word):
    ours(lambda: change(world.ours))
    before = ours(lambda: Assignment.objects.get().ends_on)
    assert word in " ".join(said(alice.post(CARRY)))
    assert ours(lambda: Assignment.objects.get().ends_on) == before


def test_without_hours_the_month_before_nothing_is_brought(alice, world, ours):
    ours(lambda: Assignment.objects.update(ends_on=date(2026, 2, 28)))
    alice.post("/heures/reprendre/?mois=2026-03")
    assert ours(lambda: Assignment.objects.get().ends_on) == date(2026, 2, 28)


def test_filters_bear_on_what_is_brought(alice, world, ours):
    def add():
        other = AssignmentFactory(ends_on=date(2026, 3, 31))
        HourEntryFactory(assignment=other, month=MARCH)
        return other

    other = ours(add)
    ours(lambda: Assignment.objects.update(ends_on=date(2026, 3, 31)))
    alice.post(f"{CARRY}&lot={other.lot_id}")
    ends = ours(lambda: dict(Assignment.objects.values_list("pk", "ends_on")))
    assert ends == {other.pk: date(2026, 4, 30), world.ours.assignment.pk: date(2026, 3, 31)}


def test_stranger_s_rows_are_not_brought(charlie, world, ours):
    ours(lambda: Assignment.objects.update(ends_on=date(2026, 3, 31)))
    charlie.post(CARRY)
    assert ours(lambda: Assignment.objects.get().ends_on) == date(2026, 3, 31)
