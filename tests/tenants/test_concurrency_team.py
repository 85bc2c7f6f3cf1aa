"""Invitations accepted, administrators leaving and passwords guessed at the same time, on real connections."""

import pytest
from django.db import transaction
from django.test import Client

from tenants import scope
from tenants.enums import AreaKind
from tenants.models import LoginFailure, Member, User
from tenants.services import links, team, throttle
from tenants.services.team import Team, TeamRefused
from tests import factories
from tests.concurrency import Other, at_once, meanwhile
from tests.factories import PASSWORD, World

NEW_PASSWORD = "quatre mots sans lien aucun"


@pytest.fixture
def committed(transactional_db: None) -> World:
    return World.build()


def ours(world: World) -> Team:
    return Team(AreaKind.TENANT, world.ours.tenant.pk, world.ours.tenant.name)


def invitation(world: World, email: str) -> str:
    with scope.tenant(world.ours.tenant.pk):
        _, token = links.issue_link(
            purpose="tenant_invitation", email=email, role="reader", tenant_id=world.ours.tenant.pk
        )
    return token


def members_named(world: World, name: str) -> int:
    with scope.tenant(world.ours.tenant.pk):
        return Member.objects.filter(name=name).count()


def test_link_used_meanwhile_is_refused(committed):
    token = invitation(committed, "charlie@exemple.test")
    charlie = factories.logged_in(committed.charlie)
    with scope.none():
        found = links.find_link(token)
    late = Other(lambda: charlie.post(f"/invitation/{token}/"))
    with scope.none(), transaction.atomic():
        team.accept_invitation(link=found, user=committed.charlie)
        meanwhile(late)
    late.join(10)
    assert late.result.status_code == 302
    assert "a déjà servi" in charlie.get("/compte/").content.decode()
    assert members_named(committed, "Charlie") == 1


def test_account_opened_meanwhile_must_log_in(committed):
    """Two links to one newcomer, both forms open: the second meets the account that the first makes."""
    first, second = (invitation(committed, "zoe@exemple.test") for _ in range(2))
    with scope.none():
        found = links.find_link(first)
    client = Client()
    sent = {"name": "Zoé", "password": NEW_PASSWORD, "password_again": NEW_PASSWORD}
    late = Other(lambda: client.post(f"/invitation/{second}/", sent))
    with scope.none():
        team.accept_as_newcomer(link=found, name="Zoé", password=NEW_PASSWORD)
        meanwhile(late)
    late.join(10)
    assert (late.result.status_code, late.result["Location"]) == (302, "/connexion/")
    assert "Connectez-vous" in client.get("/connexion/").content.decode()
    with scope.none():
        assert User.objects.filter(email="zoe@exemple.test").count() == 1
    assert members_named(committed, "Zoé") == 1
    assert Client().get(f"/invitation/{second}/")["Location"].startswith("/connexion/")


def test_two_last_administrators_cannot_leave_at_once(committed):
    with scope.tenant(committed.ours.tenant.pk):
        Member.objects.update(role="administrator")
        alice, bob = Member.objects.order_by("name")

    def leave(member: Member) -> object:
        with scope.tenant(committed.ours.tenant.pk):
            return team.end_membership(team=ours(committed), member=member)

    late = Other(lambda: leave(bob))
    with scope.tenant(committed.ours.tenant.pk):
        team.end_membership(team=ours(committed), member=alice)
        meanwhile(late)
    late.join(10)
    assert isinstance(late.result, TeamRefused)
    with scope.tenant(committed.ours.tenant.pk):
        assert list(Member.objects.filter(ended_at=None)) == [bob]


def test_guesses_sent_at_once_are_counted_one_by_one(committed):
    """Without the lock, all would read the count before any refusal is written (the control below)."""
    answers = at_once(*[lambda: guess() for _ in range(throttle.PER_ADDRESS + 6)])
    assert answers.count(429) == 6
    with scope.none():
        assert LoginFailure.objects.count() == throttle.PER_ADDRESS


def guess() -> int:
    return Client().post("/connexion/", {"email": "alice@exemple.test", "password": "faux"}).status_code


def test_control_without_the_lock_guesses_escape_the_count(committed):
    """Two transactions that only count both pass the last place."""
    with scope.none():
        for _ in range(throttle.PER_ADDRESS - 1):
            throttle.note_failure(address="alice@exemple.test", origin="192.0.2.1")

    def count_then_note() -> int:
        with scope.none():
            seen = LoginFailure.objects.count()
            throttle.note_failure(address="alice@exemple.test", origin="192.0.2.1")
            return seen

    with scope.none():
        seen = LoginFailure.objects.count()
        throttle.note_failure(address="alice@exemple.test", origin="192.0.2.1")
        other = Other(count_then_note)
        other.start()
        other.join(10)
    assert (seen, other.result) == (throttle.PER_ADDRESS - 1, throttle.PER_ADDRESS - 1)


def test_two_logins_with_the_right_password_both_pass(committed):
    answers = at_once(*[lambda: log_in() for _ in range(4)])
    assert answers == [302] * 4


def log_in() -> int:
    return Client().post("/connexion/", {"email": "alice@exemple.test", "password": PASSWORD}).status_code
