"""Signed links: a secret in an address, of which only the SHA-256 is kept; it expires, serves once, may be revoked."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from tenants.models import SignedLink

LIFETIME = timedelta(days=7)


@dataclass(frozen=True)
class FoundLink:
    """A link that can still be used. Exactly one of `tenant_id` and `account_id` is given."""

    id: int
    tenant_id: int | None
    account_id: int | None
    purpose: str
    email: str
    role: str
    organisation: str


def issue_link(
    *, purpose: str, email: str, role: str, tenant_id: int | None = None, account_id: int | None = None
) -> tuple[SignedLink, str]:
    """The link, written in the current scope, and its token, which nothing will ever show again."""
    token = secrets.token_urlsafe(32)
    link = SignedLink.objects.create(
        purpose=purpose,
        email=email,
        role=role,
        tenant_id=tenant_id,
        account_id=account_id,
        token_digest=_digest(token),
        expires_at=timezone.now() + LIFETIME,
    )
    return link, token


def find_link(token: str) -> FoundLink | None:
    """In scope `none`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, tenant_id, account_id, purpose, email, role, organisation FROM clauseo_link(%s)",
            [_digest(token)],
        )
        row = cursor.fetchone()
    return FoundLink(*row) if row else None


def use_link(link: FoundLink) -> bool:
    """Mark the link as used, in the scope of its organisation; False when someone was faster or it ended meanwhile."""
    now = timezone.now()
    usable = SignedLink.objects.filter(pk=link.id, used_at=None, revoked_at=None, expires_at__gt=now)
    return usable.update(used_at=now) == 1


def revoke_links(**which: object) -> int:
    """Revoke those of the current scope that can still be used and fit `which`; how many."""
    return SignedLink.objects.filter(used_at=None, revoked_at=None, **which).update(revoked_at=timezone.now())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
