"""Outbox: a mail is a row of the deciding transaction; a worker hands it over, retries, and wipes its text once sent.

Handed over once at most: when nobody can tell whether the server took it, a person decides (docs/adr/0009).
"""

import logging
import smtplib
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from lib.numbers import NNBSP
from tenants import scope
from tenants.enums import MailState
from tenants.models import LocalMail, OutboxMail
from tenants.services import jobs

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
# What the server answered no to, or what never reached it: trying again cannot double it. SMTPNotSupportedError comes
# before the text, ValueError from an address or a header that no server will ever take.
_NOT_TAKEN = (
    smtplib.SMTPResponseException,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPNotSupportedError,
    ValueError,
)


def queue_mail(*, to: str, subject: str, body: str, dedup_key: str | None = None) -> None:
    """Write a mail in the current scope: the structure's when one is open, nobody's else.

    With `dedup_key`, a second mail with the same key is dropped. No RETURNING: most scopes may write mails, not read.
    """
    current = scope.current()
    # A subject on two lines would be taken for a header, and refused at each attempt.
    one_line = " ".join(subject.split())[:200]
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO tenants_outboxmail (tenant_id, state, "to", subject, body, dedup_key, attempts, error,'
            " next_attempt_at, created_at) VALUES (%s, %s, %s, %s, %s, %s, 0, '', now(), now()) ON CONFLICT DO NOTHING",
            [current.tenant_id if current else None, MailState.WAITING, to, one_line, body, dedup_key],
        )
    _post_on_commit()


def retry_mail(*, mail_id: int) -> bool:
    """In the structure's scope: try again a mail that failed or is in doubt; False when it is neither any more."""
    changed = OutboxMail.objects.filter(pk=mail_id, state__in=[MailState.FAILED, MailState.UNCERTAIN]).update(
        state=MailState.WAITING, attempts=0, next_attempt_at=timezone.now()
    )
    if changed:
        _post_on_commit()
    return bool(changed)


def _post_on_commit() -> None:
    transaction.on_commit(lambda: jobs.post("tenants.send_due_mails", [], "mail"))


def send_due_mails(limit: int = 100) -> int:
    """Send what is due; the number of mails that left. Each is claimed first: two workers never send the same one."""
    _doubt_interrupted()
    sent = 0
    for mail_id in _due_ids(limit):
        mail = _claim(mail_id)
        if mail is not None and _deliver(mail):
            sent += 1
    return sent


def _due() -> Q:
    return Q(state=MailState.WAITING, next_attempt_at__lte=timezone.now())


def _due_ids(limit: int) -> list[int]:
    with scope.worker():
        return list(OutboxMail.objects.filter(_due()).order_by("pk").values_list("pk", flat=True)[:limit])


def _claim(mail_id: int) -> OutboxMail | None:
    lease = timedelta(seconds=settings.MAIL_LEASE_SECONDS)
    with scope.worker():
        claimed = OutboxMail.objects.filter(_due(), pk=mail_id).update(
            state=MailState.SENDING, attempts=F("attempts") + 1, next_attempt_at=timezone.now() + lease
        )
        return OutboxMail.objects.get(pk=mail_id) if claimed else None


def _deliver(mail: OutboxMail) -> bool:
    if settings.LOCAL_MAILBOX:
        with scope.worker():
            LocalMail.objects.create(to=mail.to, subject=mail.subject, body=mail.body)
            return _mark(mail, state=MailState.SENT, body="", error="", sent_at=timezone.now())
    server = get_connection()
    try:
        server.open()
    except (OSError, smtplib.SMTPException) as error:
        _postpone(mail, error)
        return False
    try:
        server.send_messages([_message(mail)])
    except _NOT_TAKEN as error:
        _postpone(mail, error)
        return False
    except (OSError, smtplib.SMTPException) as error:
        # The line fell before the answer: the server may have taken the mail.
        _doubt(mail, error)
        return False
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.close()
    return _mark(mail, state=MailState.SENT, body="", error="", sent_at=timezone.now())


def _message(mail: OutboxMail) -> EmailMessage:
    # The same identifier at each attempt, so that a mailbox can drop the second of two.
    domain = settings.DEFAULT_FROM_EMAIL.rsplit("@", 1)[-1].rstrip(">")
    headers = {"Message-ID": f"<clauseo-{mail.pk}-{mail.created_at:%Y%m%d%H%M%S}@{domain}>"}
    return EmailMessage(mail.subject, mail.body, settings.DEFAULT_FROM_EMAIL, [mail.to], headers=headers)


def _mark(mail: OutboxMail, **changes: Any) -> bool:
    """Write the outcome, unless somebody decided to send the mail again meanwhile: the lease is then another one."""
    with scope.worker():
        return bool(OutboxMail.objects.filter(pk=mail.pk, next_attempt_at=mail.next_attempt_at).update(**changes))


def _postpone(mail: OutboxMail, error: Exception) -> None:
    failed = mail.attempts >= MAX_ATTEMPTS
    logger.warning("Mail %s not sent at attempt %s: %s", mail.pk, mail.attempts, type(error).__name__)
    _mark(
        mail,
        state=MailState.FAILED if failed else MailState.WAITING,
        error=f"{type(error).__name__}{NNBSP}: le serveur de messagerie n'a pas pris le message.",
        next_attempt_at=timezone.now() + timedelta(seconds=30 * 2**mail.attempts),
    )


_IN_DOUBT = (
    f"L'envoi a été interrompu{NNBSP}: le message est peut-être arrivé. Demandez à la personne avant de le renvoyer."
)


def _doubt(mail: OutboxMail, error: Exception) -> None:
    logger.warning("Mail %s may have left at attempt %s: %s", mail.pk, mail.attempts, type(error).__name__)
    _mark(mail, state=MailState.UNCERTAIN, error=_IN_DOUBT)


def _doubt_interrupted() -> None:
    """Mails whose worker died between taking them and writing what became of them."""
    with scope.worker():
        found = OutboxMail.objects.filter(state=MailState.SENDING, next_attempt_at__lte=timezone.now()).update(
            state=MailState.UNCERTAIN, error=_IN_DOUBT
        )
    if found:
        logger.warning("%s mails may have left: their worker died while sending", found)
