"""What nobody needs any more, and for how long it is kept (docs/deployment.md, « What is kept »)."""

import logging
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils import timezone

from tenants import scope
from tenants.enums import MailState
from tenants.models import OutboxMail, SignedLink
from tenants.services import throttle
from tenants.services.documents import sweep_orphans

logger = logging.getLogger(__name__)

LINKS_KEPT = timedelta(days=90)
MAILS_KEPT = timedelta(days=90)


def clean_up() -> None:
    """Every night. Each part may be done twice, or by two workers at once."""
    with scope.none():
        sessions, _ = Session.objects.filter(expire_date__lt=timezone.now()).delete()
        failures = throttle.delete_old_failures()
    with scope.worker():
        links, mails = delete_old_links(), delete_old_mails()
    files = sweep_orphans()
    logger.info(
        "Cleaned up %s sessions, %s refused logins, %s links, %s mails, %s files",
        sessions, failures, links, mails, files,
    )  # fmt: skip


def delete_old_links() -> int:
    """In scope `worker`, whose policy shows none that can still be used."""
    limit = timezone.now() - LINKS_KEPT
    ended = Q(used_at__lt=limit) | Q(revoked_at__lt=limit) | Q(expires_at__lt=limit)
    return SignedLink.objects.filter(ended).delete()[0]


def delete_old_mails() -> int:
    """In scope `worker`. Those that never left hold their text, which may hold somebody's link."""
    over = OutboxMail.objects.exclude(state__in=[MailState.WAITING, MailState.SENDING])
    return over.filter(created_at__lt=timezone.now() - MAILS_KEPT).delete()[0]
