"""The lots of a month, by what came in for it; and Accueil, which leads to them."""

from datetime import date

import pytest

from reporting.services.progress import recompute_progress
from tenants import scope
from tests import factories
from tests.counting import assert_constant_queries

MONTH = date(2026, 10, 1)
MONTH_PAGE = "/accueil/mois/2026-10/"
PAGE = f"{MONTH_PAGE}non_declare/"


@pytest.fixture(autouse=True)
def silent_lot(world):
    """A lot of October on which a person works, and nothing is declared."""
    house = world.ours
    with scope.tenant(house.tenant.pk):
        type(house.contract).objects.update(starts_on=date(2026, 1, 1), ends_on=date(2027, 1, 31))
        type(house.lot).objects.update(starts_on=date(2026, 1, 1), ends_on=date(2026, 9, 30))
        lot = factories.LotFactory(contract=house.contract, number="12", due=100, holder=house.company)
        employment = factories.EmploymentFactory(
            beneficiary=house.beneficiary, employer=house.company, starts_on=date(2026, 1, 5), ends_on=None
        )
        factories.AssignmentFactory(employment=employment, lot=lot)
    return lot


def lots(answer):
    return [lot.number for lot in answer.context["list"].rows]


def test_each_state_leads_to_its_lots_and_each_lot_to_its_hours(alice, world, silent_lot):
    answer = alice.get(PAGE)
    assert lots(answer) == ["12"]
    page = answer.content.decode()
    assert f'href="/heures/?mois=2026-10&amp;lot={silent_lot.pk}"' in page
    assert "Octobre 2026\u202f: 1 lot non déclaré, de 1 entreprise\u202f; 0 à valider\u202f; 0 validé." in page
    assert [(tab["label"], tab["count"], tab["active"]) for tab in answer.context["tabs"]] == [
        ("Validés", 0, False),
        ("Reçus, à valider", 0, False),
        ("Non déclarés", 1, True),
        ("Sans personne au travail", 0, False),
    ]
    assert lots(alice.get(f"{MONTH_PAGE}sans_personne/")) == []


def test_what_was_declared_last_is_said(alice, world, silent_lot, ours):
    ours(lambda: factories.HourEntryFactory(assignment=silent_lot.assignments.get(), month=date(2026, 8, 1)))
    assert "août 2026" in alice.get(PAGE).content.decode()


def test_search_sort_and_export(alice, world, silent_lot):
    assert lots(alice.get(f"{PAGE}?q=introuvable")) == []
    assert lots(alice.get(f"{PAGE}?sort=-declarees")) == ["12"]
    file = alice.get(f"{PAGE}?export=csv").getvalue().decode("utf-8-sig")
    assert [line.split(";")[1] for line in file.splitlines()] == ["Lot", str(silent_lot)]


@pytest.mark.parametrize("month", ["2026-13", "0000-01", "0001-01", "1989-12", "2101-01", "9999-12"])
def test_no_such_month(alice, month):
    assert alice.get(f"/accueil/mois/{month}/valide/").status_code == 404


@pytest.mark.parametrize("month", ["1990-01", "2100-12"])
def test_first_and_last_months(alice, month):
    assert alice.get(f"/accueil/mois/{month}/valide/").status_code == 200


def test_page_asks_as_much_whatever_its_length(alice, world, ours):
    def add(count):
        factories.LotFactory.create_batch(count, contract=world.ours.contract, due=10, holder=world.ours.company)

    ours(lambda: add(1))
    url = f"{MONTH_PAGE}sans_personne/?size=50&panel=open"
    assert_constant_queries(alice, url, lambda count: ours(lambda: add(count)))


def test_home_leads_to_the_lots_of_the_month_and_to_the_hours_of_each_month_that_waits(alice, world, ours, monkeypatch):
    monkeypatch.setattr("reporting.views.home.today_paris", lambda: date(2026, 11, 20))

    def declare():
        assignment = factories.AssignmentFactory(lot=world.ours.lot)
        for month in (2, 3, 5, 7, 8):
            factories.HourEntryFactory(assignment=assignment, month=date(2026, month, 1), status="declaree")

    ours(declare)
    recompute_progress(tenant_id=world.ours.tenant.pk)
    page = alice.get("/accueil/").content.decode()
    assert f'<a href="{PAGE}">1 lot sans déclaration pour octobre</a>' in page
    assert f'href="{MONTH_PAGE}valide/"' in page
    assert '<a href="/heures/?mois=2026-08">1 ligne d&#x27;heures d&#x27;août 2026 à valider</a>' in page
    assert "d&#x27;heures d&#x27;avant mai 2026 à valider</a>" in page
