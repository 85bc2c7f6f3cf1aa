"""The page of figures, and the two that it takes sections from: what each says, for the choice that was made."""

from decimal import Decimal

import pytest

from tenants import scope
from tests import factories

PAGE, RATES, YEARS = "/chiffres/", "/chiffres/taux/", "/chiffres/annees/"
YEAR = "perimetre=tenant&de=2026-01&a=2026-12"


def text(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode().replace("\u202f", " ")


@pytest.fixture
def second_year(world):
    with scope.tenant(world.ours.tenant.pk):
        lot = factories.LotFactory(contract=world.ours.contract, number="2", due=100)
        assignment = factories.AssignmentFactory(employment=world.ours.employment, lot=lot)
        factories.HourEntryFactory(assignment=assignment, status="validee", month="2026-04-01", hours=Decimal("50.25"))


def test_who_worked_in_the_period(world, alice, second_year):
    shown = alice.get(f"{PAGE}?{YEAR}").context
    assert [figure["value"].replace("\u202f", " ") for figure in shown["published"]] == ["1", "150,25 h", "1", "1"]
    assert shown["people"][0].startswith("1 personne a travaillé")
    (month,) = [chart for chart in shown["charts"] if chart["id"] == "month"]
    assert [row["values"] for row in month["rows"]] == [[Decimal("100.00")], [Decimal("50.25")]]
    assert "0 h" in text(alice, f"{PAGE}?perimetre=tenant&de=2025-01&a=2025-12")


def test_the_rest_is_read_for_the_same_choice_by_a_link_too(world, alice):
    page = text(alice, f"{PAGE}?{YEAR}")
    for url in (f"{RATES}?{YEAR.replace('&', '&amp;')}", YEARS):
        assert f'hx-get="{url}"' in page
        assert f'href="{url}"' in page
    assert 'id="rates"' in text(alice, f"{RATES}?{YEAR}")
    assert 'id="origin"' in text(alice, YEARS)


def test_rates_are_those_of_the_lots_in_scope(world, alice, second_year):
    page = text(alice, f"{RATES}?{YEAR}")
    assert "150,25 h sont validées sur 933 h dues" in page
    assert "soit 16,1 % de l" in page
    assert "Bénéficiaires" not in page.partition('id="rates"')[2].partition("</section>")[0]
    alone = text(alice, f"{RATES}?perimetre=buyer:{world.ours.buyer.pk}&de=2026-04&a=2026-04")
    assert "Sur la période, 50,25 h d" in alone


def test_every_year_of_the_structure(world, alice, second_year):
    rows = alice.get(YEARS).context["years"]["rows"]
    assert [(row["label"], row["values"]) for row in rows] == [("2026", [Decimal("150.25"), Decimal(1), Decimal(1)])]
    with scope.tenant(world.ours.tenant.pk):
        scope.give_reason("Saisies par erreur.")
        type(world.ours.entry).objects.update(status="declaree")
    assert "Aucune heure n'est encore validée." in text(alice, YEARS)


@pytest.mark.parametrize("url", [PAGE, RATES])
@pytest.mark.parametrize("query", ["de=2026-13", "de=2026-05&a=2026-04", "perimetre=buyer:0", "a=x%00"])
def test_a_choice_that_cannot_be_read_shows_no_figure(world, alice, url, query):
    response = alice.get(f"{url}?{query}")
    assert response.status_code == 422
    assert "published" not in response.context
    assert "figures" not in response.context
