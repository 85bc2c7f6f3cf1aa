"""Login, its throttle, forgotten password, account, choice of organisation: as a browser does them."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.db.utils import ProgrammingError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tenants import scope
from tenants.backends import EmailBackend
from tenants.models import BuyerMember, LoginFailure, Member, OutboxMail, Tenant, User
from tenants.services import throttle
from tenants.walls.access import SCOPES
from tenants.walls.build import build_walls
from tests import factories
from tests.factories import PASSWORD

LOGIN = "/connexion/"
NEW_PASSWORD = "quatre mots sans lien aucun"


def log_in(client: Client, email: str = "alice@exemple.test", password: str = PASSWORD, **data: str):
    return client.post(LOGIN, {"email": email, "password": password, **data})


def mails() -> list[OutboxMail]:
    with scope.worker():
        return list(OutboxMail.objects.order_by("pk"))


def failures() -> int:
    with scope.none():
        return LoginFailure.objects.count()


def user_id_of(client: Client) -> str | None:
    with scope.none():
        return client.session.get("_auth_user_id")


def test_no_script_reads_a_cookie_and_no_other_site_sends_one(world):
    cookies = log_in(Client()).cookies
    assert {name: (cookie["httponly"], cookie["samesite"]) for name, cookie in cookies.items()} == {
        "sessionid": (True, "Lax"),
        "csrftoken": (True, "Lax"),
    }


def test_login_takes_the_address_in_any_case_and_renews_the_session(world):
    client = Client()
    client.get(LOGIN)
    with scope.none():
        session = client.session
        session["before"] = "1"
        session.save()
    before = client.cookies["sessionid"].value if "sessionid" in client.cookies else session.session_key
    response = log_in(client, email=" Alice@Exemple.TEST ")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert user_id_of(client) == str(world.alice.pk)
    assert client.cookies["sessionid"].value != before
    with scope.none():
        assert not Session.objects.filter(session_key=before).exists()


@pytest.mark.parametrize("email", ["alice@exemple.test", "nobody@exemple.test"])
def test_refused_login_says_the_same_for_known_and_unknown_addresses(world, email):
    response = log_in(Client(), email=email, password="faux")
    assert response.status_code == 422
    assert "Adresse ou mot de passe incorrect" in response.content.decode()
    assert failures() == 1


def test_inactive_person_cannot_log_in(world):
    with scope.none():
        User.objects.filter(pk=world.alice.pk).update(is_active=False)
    assert log_in(Client()).status_code == 422


def test_empty_form_counts_no_failure(world):
    assert Client().post(LOGIN, {}).status_code == 422
    assert failures() == 0


def test_address_is_closed_after_ten_refusals_even_to_the_right_password(world):
    client = Client()
    for _ in range(throttle.PER_ADDRESS):
        assert log_in(client, password="faux").status_code == 422
    response = log_in(client)
    assert response.status_code == 429
    assert "Trop de mots de passe refusés" in response.content.decode()
    assert failures() == throttle.PER_ADDRESS
    # Nobody else is closed out.
    assert log_in(Client(), email="bob@exemple.test").status_code == 302


def test_closed_address_opens_again_after_a_quarter_of_an_hour(world):
    with scope.none():
        for _ in range(throttle.PER_ADDRESS):
            throttle.note_failure(address="alice@exemple.test", origin="192.0.2.1")
    assert log_in(Client()).status_code == 429
    move_failures_back(throttle.WINDOW + timedelta(seconds=1))
    assert log_in(Client()).status_code == 302
    assert failures() == 0


def move_failures_back(delay: timedelta) -> None:
    """As time does; no scope may change the date of a failure, so they are written anew."""
    with scope.none():
        rows = list(LoginFailure.objects.all())
        LoginFailure.objects.all().delete()
        for row in rows:
            LoginFailure._meta.get_field("at").auto_now_add = False
            row.pk, row.at = None, row.at - delay
            row.save(force_insert=True)
            LoginFailure._meta.get_field("at").auto_now_add = True


def test_origin_is_closed_after_fifty_refusals_over_any_addresses(world):
    with scope.none():
        for number in range(throttle.PER_ORIGIN):
            throttle.note_failure(address=f"a{number}@exemple.test", origin="127.0.0.1")
    assert log_in(Client()).status_code == 429
    assert (
        Client(REMOTE_ADDR="192.0.2.7").post(LOGIN, {"email": "alice@exemple.test", "password": PASSWORD}).status_code
        == 302
    )


def test_origin_is_what_our_own_proxy_saw(world, settings):
    settings.PROXY_COUNT = 1
    with scope.none():
        for number in range(throttle.PER_ORIGIN):
            throttle.note_failure(address=f"a{number}@exemple.test", origin="192.0.2.9")
    forged = {"HTTP_X_FORWARDED_FOR": "203.0.113.1, 192.0.2.9"}
    assert log_in(Client(**forged)).status_code == 429
    settings.PROXY_COUNT = 0
    assert log_in(Client(**forged)).status_code == 302


def test_old_failures_are_deleted_and_recent_ones_kept(world):
    with scope.none():
        throttle.note_failure(address="a@exemple.test", origin="x")
    move_failures_back(throttle.KEPT + timedelta(minutes=1))
    with scope.none():
        throttle.note_failure(address="b@exemple.test", origin="x")
        assert throttle.delete_old_failures() == 1
    assert failures() == 1


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/compte/", "/compte/"),
        ("https://ailleurs.example/", "/"),
        ("//ailleurs.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_next_stays_on_this_site(world, wanted, reached):
    assert log_in(Client(), next=wanted)["Location"] == reached


def test_login_page_keeps_next_and_sends_away_whoever_is_in(world, alice):
    page = Client().get(LOGIN, {"next": "/compte/"}).content.decode()
    assert 'name="next" value="/compte/"' in page
    assert alice.get(LOGIN, {"next": "/compte/"})["Location"] == "/compte/"


def test_logout_ends_the_session(world, alice):
    alice.post("/deconnexion/")
    assert user_id_of(alice) is None
    assert alice.get("/compte/").status_code == 302


def test_pages_ask_to_log_in_and_come_back(world):
    assert Client().get("/compte/")["Location"] == f"{LOGIN}?next=/compte/"


# Forgotten password


def ask_reset(email: str = "alice@exemple.test") -> str:
    """The path in the mail."""
    response = Client().post("/mot-de-passe/oublie/", {"email": email})
    assert (response.status_code, response["Location"]) == (302, "/mot-de-passe/oublie/envoye/")
    return re.search(r"https?://[^/]+(/mot-de-passe/\S+)", mails()[-1].body)[1]


def test_reset_by_mail_changes_the_password_ends_sessions_and_opens_the_door(world, alice):
    with scope.none():
        for _ in range(throttle.PER_ADDRESS):
            throttle.note_failure(address="alice@exemple.test", origin="192.0.2.1")
    link = ask_reset()
    client = Client()
    form = client.get(link)["Location"]
    response = client.post(form, {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD})
    assert (response.status_code, response["Location"]) == (302, LOGIN)
    assert "Votre mot de passe est changé" in client.get(LOGIN).content.decode()
    assert alice.get("/compte/").status_code == 302
    assert log_in(Client(), password=PASSWORD).status_code == 422
    assert log_in(Client(), password=NEW_PASSWORD).status_code == 302
    assert "Lien périmé" in Client().get(link).content.decode()


def test_reset_of_an_unknown_address_answers_the_same_and_mails_nothing(world):
    response = Client().post("/mot-de-passe/oublie/", {"email": "nobody@exemple.test"})
    assert (response.status_code, response["Location"]) == (302, "/mot-de-passe/oublie/envoye/")
    assert mails() == []


def test_reset_asked_twice_mails_once(world):
    ask_reset()
    ask_reset()
    assert [mail.to for mail in mails()] == ["alice@exemple.test"]


def test_reset_link_ignores_the_host_of_the_request(world, settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://clauseo.example", ["*"]
    Client(HTTP_HOST="ailleurs.example").post("/mot-de-passe/oublie/", {"email": "alice@exemple.test"})
    assert "https://clauseo.example/mot-de-passe/" in mails()[0].body


def test_reset_refuses_a_bad_address_and_a_weak_password(world):
    assert Client().post("/mot-de-passe/oublie/", {"email": "alice"}).status_code == 422
    client = Client()
    form = client.get(ask_reset())["Location"]
    assert client.post(form, {"new_password1": "court", "new_password2": "court"}).status_code == 422
    assert log_in(Client()).status_code == 302


# Account


def test_password_change_keeps_this_session_and_ends_the_others(world, alice):
    other = factories.logged_in(world.alice)
    response = alice.post(
        "/compte/mot-de-passe/",
        {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD},
    )
    assert (response.status_code, response["Location"]) == (302, "/compte/")
    assert alice.get("/compte/").status_code == 200
    assert other.get("/compte/").status_code == 302


def test_present_password_is_guessed_no_faster_than_at_the_login(world, alice):
    def change(old: str) -> int:
        data = {"old_password": old, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
        return alice.post("/compte/mot-de-passe/", data).status_code

    assert [change("deviné") for _ in range(throttle.PER_ADDRESS)] == [422] * throttle.PER_ADDRESS
    assert change(PASSWORD) == 429
    with scope.none():
        LoginFailure.objects.all().delete()
    assert change(PASSWORD) == 302


def test_closed_account_is_refused_as_slowly_as_a_wrong_password(world, monkeypatch):
    with scope.none():
        User.objects.filter(pk=world.alice.pk).update(is_active=False)
        checked = []
        monkeypatch.setattr("tenants.backends.check_password", lambda *given: not checked.append(given))
        assert EmailBackend().authenticate(None, world.alice.email, PASSWORD) is None
    assert len(checked) == 1


@pytest.mark.parametrize(
    "password",
    [
        "quinze caractèr",
        "motdepassemotdepasse",
        "aaaaaabbbbbbaaaaaabb",
        "passwordfootball",
        "football 2026-2027",
        "abcdefgabcdefgabcdefg",
    ],
)
def test_weak_passwords_are_refused(world, alice, password):
    response = alice.post(
        "/compte/mot-de-passe/", {"old_password": PASSWORD, "new_password1": password, "new_password2": password}
    )
    assert response.status_code == 422
    with scope.none():
        assert User.objects.get(pk=world.alice.pk).check_password(PASSWORD)


def test_name_changes_in_the_account_and_in_every_membership(world, alice):
    factories.join_structure(world.theirs.tenant, world.alice, "reader")
    factories.join_account(world.account, world.alice, "reader")
    alice.post("/compte/", {"name": "  Alice   Martin "})
    with scope.none():
        assert User.objects.get(pk=world.alice.pk).name == "Alice Martin"
    for house in (world.ours, world.theirs):
        with scope.tenant(house.tenant.pk):
            assert Member.objects.get(user_id=world.alice.pk).name == "Alice Martin"
            assert "Alice Martin" not in Member.objects.exclude(user_id=world.alice.pk).values_list("name", flat=True)
    with scope.buyer(world.account.pk):
        names = BuyerMember.objects.order_by("pk").values_list("name", flat=True)
        assert list(names) == ["Dominique", "Alice Martin"]


def test_empty_name_is_refused(world, alice):
    assert alice.post("/compte/", {"name": "   "}).status_code == 422


@pytest.mark.parametrize("kind", SCOPES)
def test_no_scope_makes_an_operator(world, kind):
    with pytest.raises(ProgrammingError, match="permission denied"), scope.enter(scope.Scope(kind)):
        User.objects.filter(pk=world.alice.pk).update(is_operator=True)
    with (
        pytest.raises(ProgrammingError, match="row-level security" if kind == "none" else "permission denied"),
        scope.enter(scope.Scope(kind)),
    ):
        User.objects.bulk_create([User(email="zoe@exemple.test", is_operator=True)])


def test_control_without_its_policy_the_login_pages_would_make_an_operator(transactional_db):
    try:
        with connections["owner"].cursor() as owner:
            owner.execute("ALTER POLICY none_insert ON tenants_user WITH CHECK (true)")
        with scope.none():
            User.objects.bulk_create([User(email="zoe@exemple.test", is_operator=True)])
    finally:
        build_walls()


# Organisations


def two_structures(world) -> Client:
    factories.join_structure(world.theirs.tenant, world.alice, "reader")
    return factories.logged_in(world.alice)


def area_of(response) -> tuple[str, int]:
    area = response.context["area"]
    return area.kind, area.id


def test_switch_of_organisation_lasts(world):
    client = two_structures(world)
    for house in (world.theirs, world.ours):
        response = client.post("/organisation/", {"area": f"tenant:{house.tenant.pk}"})
        assert (response.status_code, response["Location"]) == (302, "/")
        assert area_of(client.get("/compte/")) == ("tenant", house.tenant.pk)


def test_switch_to_an_organisation_of_others_changes_nothing(world, alice):
    alice.post("/organisation/", {"area": f"tenant:{world.theirs.tenant.pk}"})
    response = alice.get("/compte/")
    assert area_of(response) == ("tenant", world.ours.tenant.pk)
    assert "pas accès à cette organisation" in response.content.decode()


def test_form_opened_before_a_switch_is_refused(world):
    client = two_structures(world)
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = client.cookies
    page = browser.get("/compte/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    sent = {"csrfmiddlewaretoken": token}
    assert browser.post("/organisation/", sent | {"area": f"tenant:{world.theirs.tenant.pk}"}).status_code == 302
    response = browser.post("/compte/", sent | {"name": "Autre"})
    assert response.status_code == 403
    assert "Autre" not in Client().get(LOGIN).content.decode()


def test_home_explains_to_whoever_belongs_nowhere(world, alice):
    with scope.tenant(world.ours.tenant.pk):
        Member.objects.filter(user=world.alice).update(ended_at=timezone.now())
    response = alice.get("/")
    assert response.status_code == 200
    assert "rattaché à aucune organisation" in response.content.decode()


def test_closed_structure_lets_nobody_in(world, alice):
    with scope.operator():
        Tenant.objects.filter(pk=world.ours.tenant.pk).update(closed_at=timezone.now())
    assert alice.get(reverse("tenants:home")).status_code == 200


def test_account_page_lists_organisations_with_roles(world):
    page = two_structures(world).get("/compte/").content.decode()
    assert world.ours.tenant.name in page
    assert "lecteur·rice" in page
    assert "exploitation" in factories.logged_in(world.olivier).get("/compte/").content.decode()
    assert "administrateur·rice" in factories.logged_in(world.dominique).get("/compte/").content.decode()
