"""What nobody needs any more: ended sessions, old refused logins, files that no document points at."""

import logging

from django.contrib.sessions.models import Session
from django.utils import timezone

from tenants import scope
from tenants.services import throttle
from tenants.services.documents import sweep_orphans

logger = logging.getLogger(__name__)


def clean_up() -> None:
    with scope.none():
        sessions, _ = Session.objects.filter(expire_date__lt=timezone.now()).delete()
        failures = throttle.delete_old_failures()
    files = sweep_orphans()
    logger.info("Cleaned up %s sessions, %s refused logins, %s files", sessions, failures, files)
