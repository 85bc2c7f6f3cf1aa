"""The operator's page and commands: organisations, numbers, nobody's data."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.db.utils import ProgrammingError
from django.test import Client
from django.utils import timezone

from tenants import scope
from tenants.models import BuyerAccount, BuyerMember, Member, OutboxMail, SignedLink, Tenant, User
from tenants.selectors.organisations import accounts_overview, tenants_overview
from tenants.services import organisations
from tenants.services.team import send_invitation
from tests import factories
from tests.tenants.test_team import NEW_PASSWORD, last_mail, link_of


@pytest.fixture
def olivier(world) -> Client:
    return factories.logged_in(world.olivier)


def test_page_counts_and_names_nobody(world, olivier):
    page = olivier.get("/exploitation/").content.decode()
    assert world.ours.tenant.name in page
    assert "Toit commun" in page
    for person in (world.alice, world.bob, world.dominique):
        assert person.email not in page
        assert f">{person.name}<" not in page
    with scope.operator():
        counts = {row.organisation.pk: (row.members, row.administrators) for row in tenants_overview()}
        assert counts == {world.ours.tenant.pk: (2, 1), world.theirs.tenant.pk: (1, 1)}
        assert {(row.members, row.administrators, row.invitations) for row in accounts_overview()} == {(1, 1, 0)}


@pytest.mark.parametrize("model", [Member, BuyerMember, SignedLink])
@pytest.mark.parametrize("column", ["name", "email", "token_digest"])
def test_operator_reads_no_column_about_people(world, model, column):
    if column not in {field.name for field in model._meta.local_fields}:
        return
    with pytest.raises(ProgrammingError, match="permission denied"), scope.operator():
        list(model.objects.values_list(column))


def test_operator_neither_joins_an_organisation_nor_opens_one_that_somebody_administers(world):
    for model, organisation in ((Member, {"tenant": world.ours.tenant}), (BuyerMember, {"account": world.account})):
        with pytest.raises(ProgrammingError, match="permission denied"), scope.operator():
            model.objects.create(user=world.olivier, role="administrator", name="Olivier", **organisation)
    for team in (
        organisations.team_of_tenant(world.ours.tenant),
        organisations.team_of_account(world.account),
    ):
        with pytest.raises(ProgrammingError, match="row-level security"), scope.operator():
            send_invitation(team=team, email="olivier@exemple.test", role="administrator")
    with scope.operator():
        orphan = organisations.team_of_tenant(factories.TenantFactory())
    with pytest.raises(ProgrammingError, match="row-level security"), scope.operator():
        send_invitation(team=orphan, email="olivier@exemple.test", role="facilitator")
    with scope.operator():
        send_invitation(team=orphan, email="chef@exemple.test", role="administrator")


@pytest.mark.parametrize("table", ["tenants_user", "tenants_document", "tenants_auditentry", "clauses_buyer"])
def test_operator_has_no_right_on_data(world, table):
    denied = pytest.raises(ProgrammingError, match="permission denied")
    with denied, scope.operator(), connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")


def test_new_structure_invites_its_administrator(world, olivier):
    response = olivier.post(
        "/exploitation/structures/nouvelle/",
        {"name": "Toulouse Métropole Emploi", "administrator_email": "Chef@exemple.test"},
        follow=True,
    )
    assert "Toulouse Métropole Emploi\u202f» est prêt" in response.content.decode()
    mail = last_mail()
    assert mail.to == "chef@exemple.test"
    newcomer = Client()
    newcomer.post(link_of(mail), {"name": "Chef", "password": NEW_PASSWORD, "password_again": NEW_PASSWORD})
    assert newcomer.get("/structure/membres/inviter/").status_code == 200
    with scope.operator():
        tenant = Tenant.objects.get(slug="toulouse-metropole-emploi")
    with scope.tenant(tenant.pk):
        assert Member.objects.get().role == "administrator"


def test_new_account_invites_its_administrator(world, olivier):
    sent = {"name": "Habitat", "siret": "356 000 000 12305", "administrator_email": "chef@exemple.test"}
    assert olivier.post("/exploitation/comptes/nouveau/", sent).status_code == 302
    newcomer = Client()
    newcomer.post(link_of(last_mail()), {"name": "Chef", "password": NEW_PASSWORD, "password_again": NEW_PASSWORD})
    assert newcomer.get("/bailleur/compte/membres/inviter/").status_code == 200
    with scope.operator():
        assert BuyerAccount.objects.get(name="Habitat").siret == "35600000012305"


@pytest.mark.parametrize(
    ("path", "sent", "said"),
    [
        ("structures/nouvelle", {"name": "x", "administrator_email": "nobody"}, "adresse"),
        ("structures/nouvelle", {"name": "x", "slug": "a b", "administrator_email": "a@exemple.test"}, "slug"),
        ("comptes/nouveau", {"name": "x", "siret": "123", "administrator_email": "a@exemple.test"}, "3 chiffres"),
        ("comptes/nouveau", {}, "obligatoire"),
    ],
)
def test_bad_organisation_is_refused(world, olivier, path, sent, said):
    response = olivier.post(f"/exploitation/{path}/", sent)
    assert response.status_code == 422
    assert said in response.content.decode()


def test_slug_taken_is_refused_and_made_slugs_are_numbered(world, olivier):
    with scope.operator():
        Tenant.objects.create(name="x", slug="gd-31")
        Tenant.objects.create(name="x", slug="structure")
        assert organisations.free_slug("GD 31") == "gd-31-2"
        assert organisations.free_slug("GD 3") == "gd-3"
        assert organisations.free_slug("«»") == "structure-2"
    sent = {"name": "x", "slug": "gd-31", "administrator_email": "a@exemple.test"}
    response = olivier.post("/exploitation/structures/nouvelle/", sent)
    assert response.status_code == 422
    assert "est déjà celui" in response.content.decode()


@pytest.mark.parametrize("kind", ["structures", "comptes"])
def test_closing_shuts_out_at_once_and_reopening_lets_in(world, olivier, alice, kind):
    member = alice if kind == "structures" else factories.logged_in(world.dominique)
    page = "/structure/membres/" if kind == "structures" else "/bailleur/compte/membres/"
    pk = world.ours.tenant.pk if kind == "structures" else world.account.pk
    assert member.get(page).status_code == 200
    assert "est fermé" in olivier.post(f"/exploitation/{kind}/{pk}/fermer/", follow=True).content.decode()
    assert member.get(page).status_code == 404
    assert "est fermé" not in olivier.post(f"/exploitation/{kind}/{pk}/fermer/", follow=True).content.decode()
    assert "Rouvrir" in olivier.get("/exploitation/").content.decode()
    assert "est rouvert" in olivier.post(f"/exploitation/{kind}/{pk}/rouvrir/", follow=True).content.decode()
    assert member.get(page).status_code == 200
    assert "est rouvert" not in olivier.post(f"/exploitation/{kind}/{pk}/rouvrir/", follow=True).content.decode()


@pytest.mark.parametrize("kind", ["structures", "comptes"])
def test_operator_invites_only_where_nobody_administers(world, olivier, kind):
    pk = world.ours.tenant.pk if kind == "structures" else world.account.pk
    path = f"/exploitation/{kind}/{pk}/inviter/"
    assert olivier.get(path).status_code == 200
    response = olivier.post(path, {"administrator_email": "a@exemple.test"})
    assert response.status_code == 422
    assert "a déjà une personne" in response.content.decode()
    if kind == "structures":
        with scope.tenant(pk):
            Member.objects.update(ended_at=timezone.now())
    else:
        with scope.buyer(pk):
            BuyerMember.objects.update(ended_at=timezone.now())
    assert "Inviter à administrer" in olivier.get("/exploitation/").content.decode()
    assert olivier.post(path, {"administrator_email": "nobody"}).status_code == 422
    first = olivier.post(path, {"administrator_email": "a@exemple.test"})
    assert first.status_code == 302
    link = link_of(last_mail())
    olivier.post(path, {"administrator_email": "b@exemple.test"})
    assert Client().get(link).status_code == 410


def test_page_without_any_organisation_says_so(db):
    with scope.none():
        user = factories.UserFactory(is_operator=True)
    assert factories.logged_in(user).get("/exploitation/").content.decode().count("Rien encore") == 2


# Commands


def run(*args: str) -> str:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def test_command_creates_a_structure(world):
    said = run("create_tenant", "Groupement Départemental 31", "--admin", "chef@exemple.test", "--slug", "gd31")
    assert "gd31" in said
    with scope.operator():
        assert Tenant.objects.get(slug="gd31").name == "Groupement Départemental 31"
    assert last_mail().to == "chef@exemple.test"


def test_command_creates_an_account_and_prints_its_code(world):
    said = run("create_buyer_account", "Habitat", "--admin", "chef@exemple.test")
    with scope.operator():
        assert BuyerAccount.objects.get(name="Habitat").code in said


@pytest.mark.parametrize(
    "arguments",
    [
        ["create_tenant", "x", "--admin", "nobody"],
        ["create_tenant", "x", "--admin", "a@exemple.test", "--slug", "é à"],
        ["create_buyer_account", "x", "--admin", "a@exemple.test", "--siret", "1"],
    ],
)
def test_command_refuses_what_the_form_refuses(world, arguments):
    with pytest.raises(CommandError) as refusal:
        run(*arguments)
    assert refusal.value.returncode == 2
    with scope.worker():
        assert not OutboxMail.objects.exists()


def test_command_makes_an_operator_who_chooses_a_password(transactional_db):
    said = run("create_operator", "Olga@exemple.test", "--name", "Olga")
    assert "olga@exemple.test exploite" in said
    with scope.none():
        user = User.objects.get(email="olga@exemple.test")
    assert (user.is_operator, user.has_usable_password()) == (True, False)
    assert "/mot-de-passe/" in last_mail().body


def test_command_makes_an_operator_of_someone_known(transactional_db):
    with scope.none():
        factories.UserFactory(email="olga@exemple.test")
    assert "mot de passe habituel" in run("create_operator", "olga@exemple.test", "--name", "Olga")
    with scope.none():
        user = User.objects.get(email="olga@exemple.test")
    assert user.is_operator
    assert user.check_password(factories.PASSWORD)


def test_command_needs_the_owner(transactional_db, monkeypatch):
    monkeypatch.delitem(connections.settings, "owner")
    with pytest.raises(CommandError, match="DATABASE_OWNER_URL"):
        run("create_operator", "olga@exemple.test", "--name", "Olga")
