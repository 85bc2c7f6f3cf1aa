"""Refused logins slow guessing down: so many in the last minutes, for one address or from one origin, close the door.

Addresses and origins are kept as keyed digests. Attempts made while the door is closed do not count: it opens again.
"""

from datetime import timedelta

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from tenants.models import LoginFailure

WINDOW = timedelta(minutes=15)
PER_ADDRESS = 10
PER_ORIGIN = 50
KEPT = timedelta(days=1)


def is_closed(*, address: str, origin: str) -> bool:
    """Whether no password may be tried now.

    Attempts for one address wait for each other until the request ends: guesses sent at once are counted one by one.
    """
    digest = _digest("address", address)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [digest])
    recent = LoginFailure.objects.filter(at__gt=timezone.now() - WINDOW)
    return (
        recent.filter(address_digest=digest).count() >= PER_ADDRESS
        or recent.filter(origin_digest=_digest("origin", origin)).count() >= PER_ORIGIN
    )


def note_failure(*, address: str, origin: str) -> None:
    LoginFailure.objects.create(address_digest=_digest("address", address), origin_digest=_digest("origin", origin))


def forget_failures(*, address: str) -> None:
    """After a login or a new password: the person is there."""
    LoginFailure.objects.filter(address_digest=_digest("address", address)).delete()


def delete_old_failures() -> int:
    return LoginFailure.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]


def _digest(kind: str, value: str) -> str:
    return salted_hmac(f"tenants.login.{kind}", value.strip().lower(), algorithm="sha256").hexdigest()
