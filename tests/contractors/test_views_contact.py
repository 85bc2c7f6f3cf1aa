"""Contacts of a company."""

import pytest
from django.contrib.messages import get_messages

from contractors.models import Contact
from lib.dates import today_paris
from tenants import scope


@pytest.fixture
def contact(world):
    with scope.tenant(world.ours.tenant.pk, world.alice.pk):
        return Contact.objects.create(company=world.ours.company, name="Standard du chantier", phone="05 61 00 00 00")


def stored(world):
    with scope.tenant(world.ours.tenant.pk, world.alice.pk):
        return list(Contact.objects.order_by("pk").values_list("name", "email", "phone", "left_on"))


def test_add(alice, world):
    url = f"/entreprises/{world.ours.company.pk}/contacts/nouveau/"
    answer = alice.post(url, {"name": "Conduite de travaux", "email": "travaux@exemple.test"})
    assert answer["Location"] == f"/entreprises/{world.ours.company.pk}/"
    assert stored(world) == [("Conduite de travaux", "travaux@exemple.test", "", None)]


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"name": "", "phone": "05"}, "name", "obligatoire"),
        ({"name": "Accueil"}, "__all__", "une adresse électronique ou un téléphone"),
        ({"name": "Accueil", "email": "ici"}, "email", "valide"),
    ],
)
def test_add_refuses_in_french(alice, world, typed, field, message):
    answer = alice.post(f"/entreprises/{world.ours.company.pk}/contacts/nouveau/", typed)
    assert answer.status_code == 422
    assert message in " ".join(answer.context["form"].errors[field])
    assert stored(world) == []


def test_edit(alice, world, contact):
    alice.post(f"/contacts/{contact.pk}/modifier/", {"name": "Standard", "phone": "05 62", "left_on": "2026-03-01"})
    assert [row[0] for row in stored(world)] == ["Standard"]
    assert stored(world)[0][3].isoformat() == "2026-03-01"


def test_no_longer_in_post_then_back(alice, world, contact):
    answer = alice.post(f"/contacts/{contact.pk}/parti/")
    assert "prend la suite" in str(next(iter(get_messages(answer.wsgi_request))))
    assert stored(world)[0][3] == today_paris()
    alice.post(f"/contacts/{contact.pk}/parti/")
    assert "n'est plus en poste depuis le" in alice.get(answer["Location"]).content.decode()
    for _twice in range(2):
        alice.post(f"/contacts/{contact.pk}/revenu/")
        assert stored(world)[0][3] is None


def test_company_list_shows_who_is_in_post(alice, contact):
    assert "Standard du chantier" in alice.get("/entreprises/").content.decode()
    alice.post(f"/contacts/{contact.pk}/parti/")
    alice.get("/entreprises/")  # reads the message
    assert "Standard du chantier" not in alice.get("/entreprises/").content.decode()


def test_delete(alice, world, contact):
    assert alice.post(f"/contacts/{contact.pk}/supprimer/")["Location"] == f"/entreprises/{world.ours.company.pk}/"
    assert stored(world) == []


def test_stranger_and_reader_change_nothing(bob, charlie, world, contact):
    before = stored(world)
    for action in ("modifier", "parti", "revenu", "supprimer"):
        data = {"name": "Volé", "phone": "05"}
        assert charlie.post(f"/contacts/{contact.pk}/{action}/", data).status_code == 404
        assert bob.post(f"/contacts/{contact.pk}/{action}/", data).status_code == 403
    assert stored(world) == before
