"""The platform operator's acts: make structures and buyer accounts, invite who will administer them, close them.

In scope `operator`, which reads names of organisations and counts of members, and nothing about people.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from tenants.enums import AreaKind
from tenants.models import BuyerAccount, Tenant, User
from tenants.services.links import revoke_links
from tenants.services.team import ADMINISTRATOR, Team, TeamRefused, send_invitation


@transaction.atomic
def create_tenant(*, name: str, administrator_email: str, slug: str = "") -> Tenant:
    """Make a structure and invite its first administrator. `slug` is made from the name when it is not given."""
    tenant: Tenant = Tenant.objects.create(name=name, slug=slug or free_slug(name))
    send_invitation(team=team_of_tenant(tenant), email=administrator_email, role=ADMINISTRATOR)
    return tenant


@transaction.atomic
def create_buyer_account(*, name: str, administrator_email: str, siret: str = "") -> BuyerAccount:
    """Make a buyer account and invite its first administrator."""
    account: BuyerAccount = BuyerAccount.objects.create(name=name, siret=siret)
    send_invitation(team=team_of_account(account), email=administrator_email, role=ADMINISTRATOR)
    return account


def invite_administrator(*, team: Team, email: str) -> None:
    """For an organisation that nobody administers (never joined, or left by all). Raises TeamRefused otherwise."""
    if team.model.objects.filter(ended_at=None, role=ADMINISTRATOR, **team.key).exists():
        raise TeamRefused(
            f"{team.organisation} a déjà une personne pour l'administrer, qui invite elle-même les autres."
        )
    revoke_links(purpose=team.purpose, **team.key)
    send_invitation(team=team, email=email, role=ADMINISTRATOR)


def close(*, organisation: Tenant | BuyerAccount) -> bool:
    """Nobody enters it from the next request on; its data stay. Whether it was open."""
    rows = type(organisation).objects.filter(pk=organisation.pk, closed_at=None)
    return rows.update(closed_at=timezone.now()) == 1


def reopen(*, organisation: Tenant | BuyerAccount) -> bool:
    """Whether it was closed."""
    rows = type(organisation).objects.filter(pk=organisation.pk, closed_at__isnull=False)
    return rows.update(closed_at=None) == 1


def make_operator(*, email: str, name: str) -> tuple[User, bool]:
    """On the owner's connection: no scope of the application may make an operator. The user, and whether it is new."""
    users = User.objects.db_manager("owner")
    user, created = users.get_or_create(email=email.strip().lower(), defaults={"name": name, "is_operator": True})
    if created:
        user.set_unusable_password()
        user.save(using="owner", update_fields=["password"])
    users.filter(pk=user.pk).update(is_operator=True)
    return user, created


def team_of_tenant(tenant: Tenant) -> Team:
    return Team(AreaKind.TENANT, tenant.pk, tenant.name)


def team_of_account(account: BuyerAccount) -> Team:
    return Team(AreaKind.BUYER, account.pk, account.name)


def free_slug(name: str) -> str:
    """« Toulouse Métropole Emploi » → « toulouse-metropole-emploi », followed by a number when it is taken."""
    base = slugify(name)[:50] or "structure"
    taken = set(Tenant.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    candidates = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(candidate for candidate in candidates if candidate not in taken)
