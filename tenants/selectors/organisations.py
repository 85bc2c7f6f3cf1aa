"""What the platform's operator sees: organisations and numbers, nobody's name."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q
from django.utils import timezone

from tenants.models import BuyerAccount, BuyerMember, Member, SignedLink, Tenant
from tenants.services.team import ADMINISTRATOR


@dataclass(frozen=True)
class Overview:
    organisation: Tenant | BuyerAccount
    members: int
    administrators: int
    invitations: int


def tenants_overview() -> list[Overview]:
    """In scope `operator`."""
    return _overview(Tenant, Member, "tenant_id")


def accounts_overview() -> list[Overview]:
    """In scope `operator`."""
    return _overview(BuyerAccount, BuyerMember, "account_id")


def _overview(organisations: Any, members: Any, key: str) -> list[Overview]:
    administrators = Count("pk", filter=Q(role=ADMINISTRATOR))
    counts = {
        row[key]: row
        for row in members.objects.filter(ended_at=None)
        .order_by()
        .values(key)
        .annotate(members=Count("pk"), administrators=administrators)
    }
    pending = dict(
        SignedLink.objects.filter(used_at=None, revoked_at=None, expires_at__gt=timezone.now(), **{f"{key}__gt": 0})
        .values_list(key)
        .annotate(Count("pk"))
    )
    none = {"members": 0, "administrators": 0}
    return [
        Overview(
            organisation=row,
            members=counts.get(row.pk, none)["members"],
            administrators=counts.get(row.pk, none)["administrators"],
            invitations=pending.get(row.pk, 0),
        )
        for row in organisations.objects.order_by(F("closed_at").asc(nulls_first=True), "name", "pk")
    ]
