"""Invitation, role and departure, in a structure and in a buyer account."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.utils import timezone

from clauses.models import PublicContract
from tenants import scope
from tenants.models import BuyerMember, Member, OutboxMail, SignedLink, Tenant, TenantModel, User
from tenants.services import team
from tenants.services.team import Team, TeamRefused
from tests import factories
from tests.factories import PASSWORD, ContractFactory

NEW_PASSWORD = "quatre mots sans lien aucun"
# Keys to Member that say who did something: they stay when the person leaves.
HISTORY = {
    "tenants.Document.uploaded_by",
    "tenants.ReadLog.member",
    "tenants.Job.created_by",
    "clauses.Obligation.created_by",
    "clauses.Obligation.set_by",
    "beneficiaries.Eligibility.verified_by",
    "beneficiaries.Assignment.accepted_by",
    "beneficiaries.HourEntry.status_by",
    "reporting.Bilan.created_by",
}


@pytest.fixture
def dominique(world) -> Client:
    return factories.logged_in(world.dominique)


def last_mail() -> OutboxMail:
    with scope.worker():
        return OutboxMail.objects.order_by("pk").last()


def link_of(mail: OutboxMail) -> str:
    return re.search(r"https?://[^/]+(/invitation/\S+)", mail.body)[1]


def invited(client: Client, email: str, role: str = "facilitator", space: str = "structure") -> str:
    """The path that the mail gives."""
    response = client.post(f"/{space}/membres/inviter/", {"email": email, "role": role})
    assert (response.status_code, response["Location"]) == (302, f"/{space}/membres/")
    mail = last_mail()
    assert mail.to == email
    return link_of(mail)


def members_of(tenant) -> dict[str, str]:
    with scope.tenant(tenant.pk):
        return dict(Member.objects.filter(ended_at=None).values_list("name", "role"))


def member_id(world, user: User) -> int:
    with scope.tenant(world.ours.tenant.pk):
        return Member.objects.get(user_id=user.pk, ended_at=None).pk


# Invitation


def test_newcomer_opens_an_account_and_is_in(world, alice):
    link = invited(alice, "zoe@exemple.test")
    client = Client()
    page = client.get(link).content.decode()
    assert world.ours.tenant.name in page
    assert "chargé·e de mission" in page
    response = client.post(link, {"name": "Zoé", "password": NEW_PASSWORD, "password_again": NEW_PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert members_of(world.ours.tenant) == {"Alice": "administrator", "Bob": "reader", "Zoé": "facilitator"}
    assert client.get("/structure/membres/").status_code == 200
    assert Client().get(link).status_code == 410


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": "Zoé", "password": "court", "password_again": "court"}, "trop court"),
        ({"name": "Zoé", "password": NEW_PASSWORD, "password_again": "autre"}, "Les deux saisies diffèrent"),
        (
            {"name": "zoe@exemple.test", "password": "zoe@exemple.test", "password_again": "zoe@exemple.test"},
            "ressemble",
        ),
        ({"name": "Zoé"}, "obligatoire"),
    ],
)
def test_newcomer_mends_the_form_and_the_link_still_serves(world, alice, sent, said):
    link = invited(alice, "zoe@exemple.test")
    response = Client().post(link, sent)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert Client().get(link).status_code == 200
    with scope.none():
        assert not User.objects.filter(email="zoe@exemple.test").exists()


def test_known_person_logs_in_first_then_accepts(world, alice):
    link = invited(alice, "charlie@exemple.test", "reader")
    client = Client()
    to_login = client.get(link)
    assert unquote(to_login["Location"]) == f"/connexion/?next={link}"
    response = client.post(to_login["Location"], {"email": "charlie@exemple.test", "password": PASSWORD})
    assert response["Location"] == link
    assert client.get(link).status_code == 200
    assert members_of(world.ours.tenant).get("Charlie") is None
    assert client.post(link)["Location"] == "/"
    assert members_of(world.ours.tenant)["Charlie"] == "reader"
    area = client.get("/compte/").context["area"]
    assert (area.kind, area.id) == ("tenant", world.ours.tenant.pk)


def test_invitation_says_the_same_whether_the_address_is_known(world, alice):
    bodies = []
    for email in ("charlie@exemple.test", "inconnu@exemple.test"):
        response = alice.post("/structure/membres/inviter/", {"email": email, "role": "reader"}, follow=True)
        page = response.content.decode()
        assert f"Une invitation part vers {email}" in page
        mail = last_mail()
        bodies.append((mail.subject, mail.body.replace(link_of(mail), "LINK")))
    assert bodies[0] == bodies[1]


def test_someone_else_logged_in_cannot_accept(world, alice, charlie):
    link = invited(alice, "zoe@exemple.test")
    for response in (charlie.get(link), charlie.post(link)):
        assert response.status_code == 409
        assert "zoe@exemple.test" in response.content.decode()
    assert "Charlie" not in members_of(world.ours.tenant)
    assert Client().get(link).status_code == 200


def test_member_already_there_is_not_invited_again(world, alice):
    response = alice.post("/structure/membres/inviter/", {"email": "Bob@exemple.test", "role": "administrator"})
    assert response.status_code == 422
    assert "fait déjà partie" in response.content.decode()


@pytest.mark.parametrize("data", [{}, {"email": "zoe", "role": "reader"}, {"email": "z@exemple.test", "role": "chief"}])
def test_bad_invitation_is_refused(world, alice, data):
    assert alice.post("/structure/membres/inviter/", data).status_code == 422


def test_second_invitation_replaces_the_first(world, alice):
    first = invited(alice, "zoe@exemple.test", "reader")
    second = invited(alice, "zoe@exemple.test", "facilitator")
    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 200
    assert [item["link"].role for item in alice.get("/structure/membres/").context["invitations"]] == ["facilitator"]


def test_revoked_invitation_leads_nowhere(world, alice):
    link = invited(alice, "zoe@exemple.test")
    with scope.tenant(world.ours.tenant.pk):
        pk = SignedLink.objects.get().pk
    assert alice.get("/structure/membres/").context["invitations"][0]["link"].pk == pk
    assert "est retirée" in alice.post(f"/structure/invitations/{pk}/retirer/", follow=True).content.decode()
    assert Client().get(link).status_code == 410
    assert alice.get("/structure/membres/").context["invitations"] == []
    assert "avait déjà servi" in alice.post(f"/structure/invitations/{pk}/retirer/", follow=True).content.decode()


def test_invitation_of_another_structure_cannot_be_revoked(world, alice, charlie):
    link = invited(alice, "zoe@exemple.test")
    with scope.tenant(world.ours.tenant.pk):
        pk = SignedLink.objects.get().pk
    charlie.post(f"/structure/invitations/{pk}/retirer/")
    assert Client().get(link).status_code == 200


def test_expired_invitation_leads_nowhere(world, alice):
    link = invited(alice, "zoe@exemple.test")
    with scope.tenant(world.ours.tenant.pk):
        SignedLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(link).status_code == 410
    assert alice.get("/structure/membres/").context["invitations"] == []


def test_invitation_to_a_closed_structure_leads_nowhere(world, alice):
    link = invited(alice, "zoe@exemple.test")
    with scope.operator():
        Tenant.objects.filter(pk=world.ours.tenant.pk).update(closed_at=timezone.now())
    assert Client().get(link).status_code == 410


def test_member_who_accepts_another_invitation_keeps_the_role(world, alice):
    """Invited by e-mail before being a member by another way."""
    with scope.tenant(world.ours.tenant.pk):
        ours = Team("tenant", world.ours.tenant.pk, "x")
        team.send_invitation(team=ours, email="bob@exemple.test", role="administrator")
    bob = factories.logged_in(world.bob)
    bob.post(link_of(last_mail()))
    assert members_of(world.ours.tenant) == {"Alice": "administrator", "Bob": "reader"}


def test_only_the_digest_of_a_token_is_kept(world, alice):
    token = invited(alice, "zoe@exemple.test").split("/")[-2]
    with scope.tenant(world.ours.tenant.pk):
        row = SignedLink.objects.values().get()
    assert token not in str(row)


# Role and departure


def test_role_changes(world, alice):
    bob = member_id(world, world.bob)
    assert alice.get(f"/structure/membres/{bob}/role/").status_code == 200
    response = alice.post(f"/structure/membres/{bob}/role/", {"role": "facilitator"}, follow=True)
    assert "Bob a désormais le rôle" in response.content.decode()
    assert members_of(world.ours.tenant)["Bob"] == "facilitator"
    assert alice.post(f"/structure/membres/{bob}/role/", {"role": "chief"}).status_code == 422


def test_last_administrator_neither_leaves_nor_steps_down(world, alice):
    me = member_id(world, world.alice)
    for path, data in (("role", {"role": "reader"}), ("depart", {})):
        response = alice.post(f"/structure/membres/{me}/{path}/", data)
        assert response.status_code == 422
        assert "seul·e à administrer" in response.content.decode()
    assert alice.post(f"/structure/membres/{me}/role/", {"role": "administrator"}).status_code == 302
    assert members_of(world.ours.tenant) == {"Alice": "administrator", "Bob": "reader"}


def test_administrator_may_leave_once_there_is_another(world, alice):
    me, bob = member_id(world, world.alice), member_id(world, world.bob)
    alice.post(f"/structure/membres/{bob}/role/", {"role": "administrator"})
    response = alice.post(f"/structure/membres/{me}/depart/")
    assert response["Location"] == "/"
    assert members_of(world.ours.tenant) == {"Bob": "administrator"}
    assert alice.get("/structure/membres/").status_code == 404


def test_departure_closes_the_door_at_once_and_hands_over(world, alice, bob):
    bob_id, alice_id = member_id(world, world.bob), member_id(world, world.alice)
    with scope.tenant(world.ours.tenant.pk):
        followed = ContractFactory(buyer=world.ours.buyer, followed_by_id=bob_id)
    page = alice.get(f"/structure/membres/{bob_id}/depart/").content.decode()
    assert "1 marché" in page
    assert alice.post(f"/structure/membres/{bob_id}/depart/").status_code == 422
    assert bob.get("/structure/membres/").status_code == 200
    response = alice.post(f"/structure/membres/{bob_id}/depart/", {"successor": alice_id}, follow=True)
    assert "Alice reprend" in response.content.decode()
    assert bob.get("/structure/membres/").status_code == 404
    with scope.tenant(world.ours.tenant.pk):
        assert PublicContract.objects.get(pk=followed.pk).followed_by_id == alice_id
        assert Member.objects.get(pk=bob_id).ended_at is not None
    assert alice.get(f"/structure/membres/{bob_id}/depart/").status_code == 404


def test_departure_cannot_hand_over_to_the_one_who_leaves_nor_to_strangers(world, alice):
    bob_id = member_id(world, world.bob)
    with scope.tenant(world.ours.tenant.pk):
        ContractFactory(buyer=world.ours.buyer, followed_by_id=bob_id)
    with scope.tenant(world.theirs.tenant.pk):
        charlie_id = Member.objects.get().pk
    for successor in (bob_id, charlie_id):
        response = alice.post(f"/structure/membres/{bob_id}/depart/", {"successor": successor})
        assert response.status_code == 422
    assert "Bob" in members_of(world.ours.tenant)


def test_departure_without_successor_changes_nothing(world):
    bob_id = member_id(world, world.bob)
    with scope.tenant(world.ours.tenant.pk):
        ContractFactory(buyer=world.ours.buyer, followed_by_id=bob_id)
        ours = Team("tenant", world.ours.tenant.pk, "x")
        with pytest.raises(TeamRefused, match="Choisissez qui reprend"):
            team.end_membership(team=ours, member=Member.objects.get(pk=bob_id))
    assert "Bob" in members_of(world.ours.tenant)


def test_person_who_left_may_come_back(world, alice, bob):
    alice.post(f"/structure/membres/{member_id(world, world.bob)}/depart/")
    assert bob.post(invited(alice, "bob@exemple.test")).status_code == 302
    assert members_of(world.ours.tenant)["Bob"] == "facilitator"
    with scope.tenant(world.ours.tenant.pk):
        assert Member.objects.filter(user_id=world.bob.pk).count() == 2


def test_every_key_to_a_member_is_history_or_handed_over():
    """A new key must be one or the other."""
    found = set()
    for model in apps.get_models():
        if not issubclass(model, TenantModel):
            continue
        for field in model._meta.local_fields:
            to_member = isinstance(field, models.ForeignKey) and field.related_model is Member
            if to_member and field.name not in model.handed_over:
                found.add(f"{model._meta.label}.{field.name}")
    assert found <= HISTORY
    assert "followed_by" in PublicContract.handed_over


# The bailleur's account: the same pages


def test_bailleur_invites_changes_and_ends(world, dominique):
    link = invited(dominique, "zoe@exemple.test", "validator", space="bailleur/compte")
    assert "valideur·se" in dominique.get("/bailleur/compte/membres/").content.decode()
    zoe = Client()
    zoe.post(link, {"name": "Zoé", "password": NEW_PASSWORD, "password_again": NEW_PASSWORD})
    with scope.buyer(world.account.pk):
        member = BuyerMember.objects.get(name="Zoé")
        assert member.role == "validator"
    assert zoe.get("/bailleur/compte/membres/").status_code == 200
    assert zoe.get("/bailleur/compte/membres/inviter/").status_code == 403
    dominique.post(f"/bailleur/compte/membres/{member.pk}/role/", {"role": "administrator"})
    assert zoe.get("/bailleur/compte/membres/inviter/").status_code == 200
    dominique.post(f"/bailleur/compte/membres/{member.pk}/depart/")
    assert zoe.get("/bailleur/compte/membres/").status_code == 404


def test_last_administrator_of_an_account_stays(world, dominique):
    with scope.buyer(world.account.pk):
        me = BuyerMember.objects.get().pk
    assert dominique.post(f"/bailleur/compte/membres/{me}/depart/").status_code == 422
    assert dominique.post(f"/bailleur/compte/membres/{me}/role/", {"role": "reader"}).status_code == 422
