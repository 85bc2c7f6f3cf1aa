"""The grid of a month as a plain form, and its cells one by one: Alice writes, Bob reads."""

from datetime import date
from decimal import Decimal

import pytest

from beneficiaries.models import EmploymentContract, HourEntry
from tenants import scope
from tests.beneficiaries.hours_pages import APRIL, GRID, MARCH, cells, key, lines, plain_form
from tests.factories import (
    AssignmentFactory,
    HourEntryFactory,
)
from tests.within import said

CELL = "/heures/cellule/"


# The plain form


def test_form_saves_the_cells_that_changed(alice, world, ours):
    other = ours(lambda: AssignmentFactory(lot=world.ours.lot))
    ours(lambda: HourEntryFactory(assignment=other, month=APRIL, hours=Decimal(20), version=4))
    page = alice.get(GRID)
    sent = plain_form(page, **{key(world.ours.assignment): "151h40", key(other, "formation"): "7"})
    answer = alice.post(GRID, sent)
    assert (answer.status_code, answer["Location"]) == (302, GRID)
    assert said(answer) == ["2 cellules enregistrées."]
    assert sorted(lines(ours)) == [
        ("formation", Decimal(7), "declaree"),
        ("travail", Decimal(20), "declaree"),
        ("travail", Decimal("151.67"), "declaree"),
    ]
    assert ours(lambda: HourEntry.objects.get(assignment=other, month=APRIL, kind="travail").version) == 4


def test_form_without_a_change_writes_nothing(alice, ours):
    answer = alice.post(GRID, plain_form(alice.get(GRID)))
    assert said(answer) == ["Aucune cellule n'a changé."]
    assert lines(ours) == []


def test_form_with_one_wrong_cell_writes_nothing_and_loses_nothing(alice, world, ours):
    other = ours(lambda: AssignmentFactory(lot=world.ours.lot))
    sent = plain_form(alice.get(GRID), **{key(world.ours.assignment): "12h75", key(other): "151,67"})
    answer = alice.post(GRID, sent)
    assert answer.status_code == 422
    wrong, right = cells(answer)[key(world.ours.assignment)], cells(answer)[key(other)]
    assert (wrong.text, right.text, right.error) == ("12h75", "151,67", "")
    assert "12,75 ou 12h45" in wrong.error
    assert [problem.label for problem in answer.context["problems"]] == ["Dûpont Zoé, avril 2026"]
    page = answer.content.decode()
    assert 'value="12h75"' in page
    assert f'id="error-{wrong.key}"' in page
    assert f'href="#error-{wrong.key}"' in page
    assert lines(ours) == []


def test_form_tells_every_error_at_once(alice, world, ours):
    other = ours(lambda: AssignmentFactory(lot=world.ours.lot))
    ours(lambda: EmploymentContract.objects.filter(pk=other.employment_id).update(starts_on=MARCH))
    page = alice.get(GRID)
    ours(lambda: EmploymentContract.objects.filter(pk=other.employment_id).update(starts_on=date(2026, 5, 1)))
    answer = alice.post(GRID, plain_form(page, **{key(world.ours.assignment): "-1", key(other): "10"}))
    assert answer.status_code == 422
    texts = [problem.text for problem in answer.context["problems"]]
    assert any("négatif" in text for text in texts)
    assert any("hors du contrat de travail" in text for text in texts)
    assert lines(ours) == []


def test_form_over_a_line_changed_meanwhile_shows_both_values(alice, world, ours):
    line = ours(lambda: HourEntryFactory(assignment=world.ours.assignment, month=APRIL, hours=Decimal(100)))
    page = alice.get(GRID)
    ours(lambda: HourEntry.objects.filter(pk=line.pk).update(hours=120, version=2))
    answer = alice.post(GRID, plain_form(page, **{key(world.ours.assignment): "90"}))
    assert answer.status_code == 422
    cell = cells(answer)[key(world.ours.assignment)]
    assert (cell.text, cell.version, cell.saved) == ("90", 2, "120.00")
    assert "elle vaut 120\u202fh" in cell.error
    assert lines(ours) == [("travail", Decimal(120), "declaree")]
    assert alice.post(GRID, plain_form(answer)).status_code == 302
    assert lines(ours) == [("travail", Decimal(90), "declaree")]


def test_cell_left_alone_is_no_conflict_when_someone_else_changed_it(alice, world, ours):
    line = ours(lambda: HourEntryFactory(assignment=world.ours.assignment, month=APRIL, hours=Decimal(100)))
    page = alice.get(GRID)
    ours(lambda: HourEntry.objects.filter(pk=line.pk).update(hours=120, version=2))
    answer = alice.post(GRID, plain_form(page, **{key(world.ours.assignment, "formation"): "7"}))
    assert answer.status_code == 302
    assert sorted(lines(ours)) == [("formation", Decimal(7), "declaree"), ("travail", Decimal(120), "declaree")]


def test_form_warns_of_an_unusual_month(alice, world, ours):
    answer = alice.post(GRID, plain_form(alice.get(GRID), **{key(world.ours.assignment): "230"}))
    assert [message[:19] for message in said(answer)] == ["Une cellule enregis", "Le contrat totalise"]


def test_form_writes_nothing_in_a_stranger_s_row(alice, world, ours):
    name = key(world.theirs.assignment)
    answer = alice.post(GRID, {f"hours-{name}": "10", f"version-{name}": "", f"saved-{name}": ""})
    assert answer.status_code == 422
    assert [problem.label for problem in answer.context["problems"]] == ["Ligne disparue"]
    with scope.tenant(world.theirs.tenant.pk):
        assert HourEntry.objects.filter(month=APRIL).count() == 0


@pytest.mark.parametrize(
    "name",
    [
        "hours-",
        "hours-x",
        "hours-1-2026-13-travail",
        "hours-1-2026-04-autre",
        f"hours-{'9' * 18}-2026-04-travail",
        "hours-0-0000-01-travail",
    ],
)
def test_field_that_is_no_cell_never_crashes(alice, ours, name):
    assert alice.post(GRID, {name: "10"}).status_code in (302, 422)
    assert lines(ours) == []


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999", "²"])
def test_version_that_means_nothing_is_that_of_an_empty_cell(alice, world, ours, version):
    name = key(world.ours.assignment)
    alice.post(GRID, {f"hours-{name}": "10", f"version-{name}": version, f"saved-{name}": "y"})
    assert lines(ours) == [("travail", Decimal(10), "declaree")]


def test_reader_may_not_save(bob, world, ours):
    assert bob.post(GRID, {f"hours-{key(world.ours.assignment)}": "10"}).status_code == 403
    assert lines(ours) == []


# One cell


def send(client, world, **changes):
    data = {
        "assignment": world.ours.assignment.pk,
        "month": "2026-04",
        "kind": "travail",
        "version": "",
        "hours": "151h40",
    }
    return client.post(CELL, data | changes)


def test_cell_answers_its_version_and_the_sums_of_its_lot(alice, world, ours):
    answer = send(alice, world)
    assert answer.status_code == 200
    line = ours(lambda: HourEntry.objects.select_related("status_by").get(month=APRIL))
    assert answer.json() == {
        "version": line.version,
        "hours": "151.67",
        "status": "declaree",
        "groups": {str(world.ours.lot.pk): {"due": "833.00", "total": "251.67", "validated": "100.00"}},
        "warning": "",
    }
    assert line.status_by.name == "Alice"


def test_cell_emptied_answers_no_version(alice, world, ours):
    version = send(alice, world).json()["version"]
    answer = send(alice, world, version=version, hours="").json()
    assert (answer["version"], answer["hours"], answer["status"]) == ("", "", "")
    assert lines(ours) == []


def test_stale_cell_answers_both_values(alice, world, ours):
    send(alice, world)
    answer = send(alice, world, hours="90")
    line = ours(lambda: HourEntry.objects.get(month=APRIL))
    assert answer.status_code == 409
    body = answer.json()
    assert (body["yours"], body["theirs"], body["version"]) == ("90.00", "151.67", line.version)
    assert (body["by"], body["status"]) == ("Alice", "declaree")
    assert len(body["at"]) == 5


def test_cell_emptied_meanwhile_answers_empty(alice, world, ours):
    version = send(alice, world).json()["version"]
    ours(lambda: HourEntry.objects.filter(month=APRIL).delete())
    answer = send(alice, world, version=version, hours="90")
    assert answer.status_code == 409
    assert answer.json() == {"version": "", "yours": "90.00", "theirs": "", "status": "", "by": "", "at": ""}


@pytest.mark.parametrize(
    "changes",
    [
        {"hours": "12h75"},
        {"hours": "745"},
        {"hours": "1" * 200},
        {"hours": "\x00"},
        {"month": "2026-13"},
        {"month": ""},
        {"month": "2027-04"},
        {"kind": "autre"},
        {"assignment": "x"},
        {"assignment": "9" * 30},
        {"version": "x"},
        {"version": "-1"},
        {"version": "99999999999"},
    ],
)
def test_cell_that_cannot_be_saved_says_why_in_french(alice, world, ours, changes):
    answer = send(alice, world, **changes)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error
    assert not error.isascii() or error.split()[0] in ("Ce", "Indiquez", "Assurez-vous", "Saisissez", "Le")
    assert lines(ours) == []


def test_warning_comes_with_the_cell(alice, world):
    assert "220,01" in send(alice, world, hours="220,01").json()["warning"]


def test_stranger_s_cell_is_not_there(charlie, bob, world, ours):
    assert send(charlie, world).status_code == 404
    assert send(bob, world).status_code == 403
    assert lines(ours) == []
