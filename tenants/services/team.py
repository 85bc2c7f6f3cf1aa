"""The members of an organisation, a structure or a buyer account: invitation, role, departure. One code for both."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from lib.numbers import NNBSP
from tenants import scope
from tenants.enums import AreaKind, BuyerRole, LinkPurpose, TenantRole
from tenants.models import BuyerMember, Member, SignedLink, User
from tenants.services import links
from tenants.services.accounts import absolute_url
from tenants.services.handover import hand_over
from tenants.services.links import FoundLink
from tenants.services.mail import queue_mail

ADMINISTRATOR = "administrator"  # the same word in TenantRole and BuyerRole


class TeamRefused(Exception):  # noqa: N818 -- an answer to the person, not a defect
    """What was asked cannot be done; the message is a French sentence."""


@dataclass(frozen=True)
class Team:
    kind: AreaKind
    organisation_id: int
    organisation: str

    @property
    def roles(self) -> type[TenantRole] | type[BuyerRole]:
        return TenantRole if self.kind == AreaKind.TENANT else BuyerRole

    @property
    def usual_role(self) -> TenantRole | BuyerRole:
        """Of whoever is invited, until one says otherwise."""
        return TenantRole.FACILITATOR if self.kind == AreaKind.TENANT else BuyerRole.VALIDATOR

    @property
    def purpose(self) -> LinkPurpose:
        return LinkPurpose.TENANT_INVITATION if self.kind == AreaKind.TENANT else LinkPurpose.BUYER_INVITATION

    @property
    def key(self) -> dict[str, int]:
        """What ties a membership or a link to the organisation."""
        return {"tenant_id" if self.kind == AreaKind.TENANT else "account_id": self.organisation_id}

    @property
    def model(self) -> Any:
        return Member if self.kind == AreaKind.TENANT else BuyerMember

    def members(self) -> QuerySet:
        """Those of today; the current scope must be the organisation's."""
        members: QuerySet = self.model.objects.filter(ended_at=None, **self.key)
        return members

    def invitations(self) -> QuerySet[SignedLink]:
        return SignedLink.objects.filter(
            purpose=self.purpose, used_at=None, revoked_at=None, expires_at__gt=timezone.now(), **self.key
        ).order_by("email", "pk")

    def scope(self, user_id: int) -> scope.Entered:
        enter = scope.tenant if self.kind == AreaKind.TENANT else scope.buyer
        return enter(self.organisation_id, user_id)


def team_of_link(link: FoundLink) -> Team:
    if link.tenant_id is not None:
        return Team(AreaKind.TENANT, link.tenant_id, link.organisation)
    assert link.account_id is not None
    return Team(AreaKind.BUYER, link.account_id, link.organisation)


def send_invitation(*, team: Team, email: str, role: str) -> None:
    """Mail a link to join, in the organisation's scope or the operator's. The same whether the address is known."""
    email = email.strip().lower()
    _, token = links.issue_link(purpose=team.purpose, email=email, role=role, **team.key)
    context = {
        "organisation": team.organisation,
        "role": team.roles(role).label,
        "days": links.LIFETIME.days,
        "link": absolute_url("tenants:invitation", token=token),
    }
    queue_mail(
        to=email,
        subject=f"{team.organisation} vous invite dans Clauséo",
        body=render_to_string("tenants/mails/invitation.txt", context),
    )


def invite(*, team: Team, email: str, role: str) -> None:
    """By an administrator; a former link to the same address stops working. Raises TeamRefused when the person is a
    member already."""
    email = email.strip().lower()
    if team.members().filter(email=email).exists():
        raise TeamRefused(f"{email} fait déjà partie de {team.organisation}. Changez son rôle dans la liste.")
    links.revoke_links(purpose=team.purpose, email=email, **team.key)
    send_invitation(team=team, email=email, role=role)


def revoke_invitation(*, team: Team, link_id: int) -> bool:
    """Whether it could still be used."""
    return links.revoke_links(pk=link_id, purpose=team.purpose, **team.key) == 1


@transaction.atomic
def accept_invitation(*, link: FoundLink, user: User) -> None:
    """Make `user` a member, once. Raises TeamRefused when the link was used, revoked or expired meanwhile."""
    team = team_of_link(link)
    with team.scope(user.pk):
        if not links.use_link(link):
            raise TeamRefused("Cette invitation a déjà servi, ou elle a été retirée.")
        member = team.model(user=user, role=link.role, name=user.name, email=user.email, **team.key)
        # Who is a member already stays one, with the role held until now.
        team.model.objects.bulk_create([member], ignore_conflicts=True)


@transaction.atomic
def accept_as_newcomer(*, link: FoundLink, name: str, password: str) -> User:
    """Open an account at the address of the link, then accept. In scope `none`; the password was validated."""
    newcomer = User(email=link.email, name=name)
    newcomer.set_password(password)
    User.objects.bulk_create([newcomer], ignore_conflicts=True)
    user = User.objects.get(email=link.email)
    if user.password != newcomer.password:
        raise TeamRefused("Un compte vient d'être ouvert à cette adresse. Connectez-vous pour accepter l'invitation.")
    accept_invitation(link=link, user=user)
    return user


@transaction.atomic
def change_role(*, team: Team, member: Member | BuyerMember, role: str) -> None:
    """Raises TeamRefused when the organisation would be left without an administrator."""
    _keep_an_administrator(team, leaving=member, unless=role == ADMINISTRATOR)
    team.members().filter(pk=member.pk).update(role=role)


@transaction.atomic
def end_membership(*, team: Team, member: Member | BuyerMember, successor: Member | None = None) -> int:
    """End it at once: the person's next request finds the organisation closed. What the member followed goes to
    `successor`; how many objects. Raises TeamRefused, having changed nothing."""
    _keep_an_administrator(team, leaving=member)
    handed = 0
    if isinstance(member, Member):
        handed = hand_over(member=member, successor=successor)
        if handed and successor is None:
            raise TeamRefused(f"Choisissez qui reprend ce que {member.name} suivait.")
    team.members().filter(pk=member.pk).update(ended_at=timezone.now())
    return handed


def _keep_an_administrator(team: Team, *, leaving: Member | BuyerMember, unless: bool = False) -> None:
    """Locks the administrators, so that the last two cannot leave at the same time."""
    administrators = team.members().filter(role=ADMINISTRATOR).select_for_update(of=("self",)).order_by("pk")
    if not unless and [administrator.pk for administrator in administrators] == [leaving.pk]:
        raise TeamRefused(
            f"{leaving.name} est seul·e à administrer {team.organisation}{NNBSP}: "
            "donnez d'abord ce rôle à une autre personne."
        )
