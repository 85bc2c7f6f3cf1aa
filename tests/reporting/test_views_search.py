"""The search of the top bar: what it finds, in whose structure, for whom."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reporting.selectors.search import MOST
from tenants import scope
from tests import factories

URL = "/recherche/"


def found(client, text):
    response = client.get(URL, {"q": text})
    assert response.status_code == 200
    return {group.title: [hit.label for hit in group.hits] for group in response.context["groups"]}, response


def test_each_register_is_searched_without_accents(world, alice):
    groups, _ = found(alice, "peinture")
    assert groups == {
        "Marchés": ["Peinture des parties communes"],
        "Lots": [str(world.ours.lot)],
        "Entreprises": ["Peinture et fils"],
    }
    assert found(alice, "dupont")[0] == {"Bénéficiaires": ["Dûpont Zoé"]}


def test_links_lead_to_pages_of_the_structure_alone(world, alice, charlie):
    for client, house in ((alice, world.ours), (charlie, world.theirs)):
        groups = found(client, "peinture des parties")[1].context["groups"]
        assert {hit.url for group in groups for hit in group.hits} == {
            f"/marches/{house.contract.pk}/",
            f"/marches/lots/{house.lot.pk}/",
        }


def test_more_than_fits_leads_to_the_list(world, alice):
    with scope.tenant(world.ours.tenant.pk):
        factories.CompanyFactory.create_batch(MOST, name="Peinture & Cie")
    (group,) = [group for group in found(alice, "peinture")[1].context["groups"] if group.title == "Entreprises"]
    assert len(group.hits) == MOST
    assert group.more_url == "/entreprises/?q=peinture"
    assert "Peinture et fils" in alice.get(group.more_url).content.decode()


def test_what_is_archived_is_not_found(world, alice):
    with scope.tenant(world.ours.tenant.pk):
        type(world.ours.company).objects.update(archived_at="2026-01-01T00:00Z")
    assert "Entreprises" not in found(alice, "peinture")[0]


def test_nothing_and_nothing_asked(world, alice):
    assert "Rien ne correspond" in found(alice, "zzz")[1].content.decode()
    assert "Que cherchez-vous" in alice.get(URL).content.decode()
    assert "Que cherchez-vous" in alice.get(URL, {"q": "   "}).content.decode()


@pytest.mark.parametrize("text", ["x" * 201, "a\x00b"])
def test_text_that_cannot_be_searched_is_refused(alice, text):
    response = alice.get(URL, {"q": text})
    assert response.status_code == 422
    assert response.context["groups"] == []


@pytest.mark.parametrize("rows", [1, 12])
def test_one_query_a_register(world, alice, rows):
    with scope.tenant(world.ours.tenant.pk):
        factories.CompanyFactory.create_batch(rows, name="Peinture")
    alice.get(URL, {"q": "peinture"})
    with CaptureQueriesContext(
        connection,
    ) as queries:
        alice.get(URL, {"q": "peinture"})
    assert sum("ORDER BY" in query["sql"] and "LIMIT 9" in query["sql"] for query in queries) == 4


def test_top_bar_searches_where_there_is_something_to_search(world, alice):
    assert 'action="/recherche/"' in alice.get("/accueil/").content.decode()
    dominique = factories.logged_in(world.dominique)
    assert 'action="/recherche/"' not in dominique.get("/bailleur/").content.decode()
