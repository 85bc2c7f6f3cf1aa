"""The twelve months of one lot."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from beneficiaries.models import EmploymentContract
from tests.beneficiaries.hours_pages import APRIL, GRID, cells, key, lines, plain_form
from tests.counting import assert_constant_queries
from tests.factories import (
    AssignmentFactory,
    HourEntryFactory,
)
from tests.within import said


def year(world, query="?annee=2026") -> str:
    return reverse("beneficiaries:hours_lot_year", args=[world.ours.lot.pk]) + query


def test_year_has_a_cell_for_each_month_of_the_contract(alice, world, ours):
    ours(lambda: EmploymentContract.objects.update(starts_on=date(2026, 2, 20), ends_on=date(2026, 5, 2)))
    answer = alice.get(year(world))
    months = [key(world.ours.assignment, month=f"2026-{month:02}") for month in range(2, 6)]
    assert sorted(name for name in cells(answer) if name.endswith("travail")) == months
    (lot,) = answer.context["grid"].lots
    assert [row.kind for row in lot.rows] == ["travail"]
    assert (lot.before, lot.rows[0].total) == (Decimal(0), Decimal(100))
    assert "hors" not in said(answer)


def test_year_shows_training_where_there_is_some_or_when_asked(alice, world, ours):
    def kinds(answer):
        return [row.kind for row in answer.context["grid"].lots[0].rows]

    assert kinds(alice.get(year(world, "?annee=2026&formation=oui"))) == ["travail", "formation"]
    ours(lambda: HourEntryFactory(assignment=world.ours.assignment, month=APRIL, kind="formation", hours=Decimal(7)))
    assert kinds(alice.get(year(world))) == ["travail", "formation"]


def test_year_counts_other_years_in_its_lot_but_not_in_its_rows(alice, world, ours):
    ours(lambda: type(world.ours.contract).objects.update(ends_on=date(2027, 12, 31)))
    ours(lambda: HourEntryFactory(assignment=world.ours.assignment, month=date(2027, 1, 1), hours=Decimal(30)))
    (lot,) = alice.get(year(world)).context["grid"].lots
    assert (lot.before, lot.figures.declared, lot.rows[0].total) == (Decimal(30), Decimal(130), Decimal(100))


def test_year_saves_and_validates_as_the_month_does(alice, world, ours):
    page = alice.get(year(world))
    answer = alice.post(
        year(world),
        plain_form(page, **{key(world.ours.assignment): "100", key(world.ours.assignment, month="2026-05"): "90"}),
    )
    assert (answer.status_code, answer["Location"]) == (302, year(world))
    page = alice.get(year(world))
    url = reverse("beneficiaries:hours_lot_status", args=[world.ours.lot.pk]) + "?annee=2026"
    sent = plain_form(page) | {"action": "valider", "selected": [f"{world.ours.assignment.pk}:travail"]}
    answer = alice.post(url, sent)
    assert answer["Location"] == year(world)
    assert said(answer)[-1].startswith("190\u202fh (2 lignes) validées")


def test_year_refused_keeps_what_was_typed(alice, world, ours):
    page = alice.get(year(world))
    answer = alice.post(year(world), plain_form(page, **{key(world.ours.assignment): "12h75"}))
    assert answer.status_code == 422
    assert cells(answer)[key(world.ours.assignment)].text == "12h75"
    url = reverse("beneficiaries:hours_lot_status", args=[world.ours.lot.pk]) + "?annee=2026"
    assert alice.post(url, plain_form(page) | {"action": "valider"}).status_code == 422
    assert lines(ours) == []


@pytest.mark.parametrize("query", ["?annee=abc", "?annee=1", "?annee=99999999999999999999", "?annee=2026.5"])
def test_year_that_cannot_be_read_falls_back_and_is_said(alice, world, query):
    answer = alice.get(year(world, query))
    assert answer.status_code == 200
    assert said(answer)[0].startswith("Année ignorée")


def test_year_by_default_is_within_the_lot(alice, world, ours):
    ours(lambda: type(world.ours.contract).objects.update(starts_on=date(2019, 1, 1), ends_on=date(2020, 6, 30)))
    assert alice.get(year(world, "")).context["year"] == 2020


def test_year_without_anyone_offers_a_contract(alice, world):
    answer = alice.get(year(world, "?annee=2025"))
    assert reverse("beneficiaries:employment_create_for_lot", args=[world.ours.lot.pk]) in answer.content.decode()


def test_year_of_a_stranger_is_not_there(charlie, bob, world):
    assert charlie.get(year(world)).status_code == 404
    assert charlie.post(year(world), {}).status_code == 404
    assert bob.get(year(world)).status_code == 200
    assert bob.post(year(world), {}).status_code == 403


def test_year_asks_as_much_whatever_its_length(alice, world, ours):
    def add(count):
        for _ in range(count):
            HourEntryFactory(assignment=AssignmentFactory(lot=world.ours.lot), month=APRIL, hours=Decimal(10))

    assert_constant_queries(alice, year(world), lambda count: ours(lambda: add(count)))


def test_what_people_typed_is_shown_as_text(alice, world, ours):
    """The rows are written in Python, past the escaping of templates."""
    nasty = "<b>\"&'"
    ours(lambda: type(world.ours.beneficiary).objects.update(last_name=f"Dû{nasty}"))
    ours(lambda: type(world.ours.company).objects.update(name=f"Peinture {nasty}"))
    for address in (GRID, year(world)):
        page = alice.get(address)
        answer = alice.post(address, plain_form(page, **{key(world.ours.assignment): f"12{nasty}"}))
        assert answer.status_code == 422
        for shown in (page.content.decode(), answer.content.decode()):
            assert nasty not in shown
            assert "<b>" not in shown
            assert "Dû&lt;b&gt;" in shown
        assert 'value="12&lt;b&gt;&quot;&amp;&#x27;"' in answer.content.decode()
