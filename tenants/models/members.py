"""Memberships: a person's place in a structure or in a buyer account. They carry the name that colleagues see."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from tenants.enums import BuyerRole, LinkPurpose, TenantRole
from tenants.models.base import TenantModel
from tenants.walls.access import ACCOUNT_ROWS, ALL_ROWS, EVERYTHING, MEMBERS_WRITE, Access


class Member(TenantModel):
    """A person in a structure. Ended, never deleted: history and proofs point at it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="utilisateur", related_name="+")
    role = models.CharField("rôle", max_length=20, choices=TenantRole)
    name = models.CharField("nom", max_length=150)
    email = models.EmailField("adresse électronique")
    started_at = models.DateTimeField("depuis", auto_now_add=True)
    ended_at = models.DateTimeField("jusqu'au", null=True, blank=True)

    access: ClassVar[dict[str, Access]] = {
        "tenant": MEMBERS_WRITE,
        "operator": Access("SELECT (id, tenant_id, role, ended_at)", ALL_ROWS),
    }

    class Meta:
        verbose_name = "membre"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user"],
                condition=models.Q(ended_at__isnull=True),
                name="member_unique_user",
                violation_error_message="Cette personne est déjà membre de la structure.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class BuyerMember(models.Model):
    """A person in a buyer account."""

    account = models.ForeignKey("tenants.BuyerAccount", models.PROTECT, verbose_name="compte", related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="utilisateur", related_name="+")
    role = models.CharField("rôle", max_length=20, choices=BuyerRole)
    name = models.CharField("nom", max_length=150)
    email = models.EmailField("adresse électronique")
    started_at = models.DateTimeField("depuis", auto_now_add=True)
    ended_at = models.DateTimeField("jusqu'au", null=True, blank=True)

    access: ClassVar[dict[str, Access]] = {
        "buyer": Access(EVERYTHING, ACCOUNT_ROWS),
        "operator": Access("SELECT (id, account_id, role, ended_at)", ALL_ROWS),
    }

    class Meta:
        verbose_name = "membre du donneur d'ordre"
        verbose_name_plural = "membres du donneur d'ordre"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "user"],
                condition=models.Q(ended_at__isnull=True),
                name="buyer_member_unique_user",
                violation_error_message="Cette personne est déjà membre de ce compte.",
            )
        ]

    def __str__(self) -> str:
        return self.name


_ENDED = "used_at IS NOT NULL OR revoked_at IS NOT NULL OR expires_at < now()"
# The operator opens an organisation's door once; whoever administers it invites the others.
_TO_ONE_THAT_NOBODY_ADMINISTERS = (
    "role = 'administrator'"
    " AND NOT EXISTS (SELECT FROM tenants_member m WHERE m.tenant_id = tenants_signedlink.tenant_id"
    " AND m.role = 'administrator' AND m.ended_at IS NULL)"
    " AND NOT EXISTS (SELECT FROM tenants_buyermember m WHERE m.account_id = tenants_signedlink.account_id"
    " AND m.role = 'administrator' AND m.ended_at IS NULL)"
)


class SignedLink(models.Model):
    """A link that does one thing for whoever holds it, until it expires, is used or is revoked.

    Only the SHA-256 of its token is kept. It is found, without a scope, by the function ``clauseo_link(digest)``.
    """

    tenant = models.ForeignKey("tenants.Tenant", models.CASCADE, null=True, blank=True, related_name="+")
    account = models.ForeignKey("tenants.BuyerAccount", models.CASCADE, null=True, blank=True, related_name="+")
    purpose = models.CharField(max_length=30, choices=LinkPurpose)
    token_digest = models.CharField(max_length=64, unique=True)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    access: ClassVar[dict[str, Access]] = {
        "tenant": MEMBERS_WRITE,
        "buyer": Access(EVERYTHING, ACCOUNT_ROWS),
        "operator": Access(
            "SELECT (id, tenant_id, account_id, purpose, role, created_at, expires_at, used_at, revoked_at), INSERT,"
            " UPDATE (revoked_at)",
            ALL_ROWS,
            added=_TO_ONE_THAT_NOBODY_ADMINISTERS,
        ),
        # To delete the old ones (services/housekeeping.py).
        "worker": Access("SELECT (id, expires_at, used_at, revoked_at), DELETE", _ENDED),
    }

    class Meta:
        verbose_name = "lien signé"
        verbose_name_plural = "liens signés"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(tenant__isnull=False, account__isnull=True)
                | models.Q(tenant__isnull=True, account__isnull=False),
                name="signed_link_one_organisation",
            )
        ]

    def __str__(self) -> str:
        return self.get_purpose_display()
