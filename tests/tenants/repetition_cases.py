import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from clauses.services import decp_jobs
from tenants import scope
from tenants.models import Job, LocalMail, LoginFailure, OutboxMail, SignedLink
from tenants.services import documents, heartbeat, housekeeping, links, throttle
from tenants.services.mail import queue_mail
from tests.clauses.repetition_cases import contracts_taken, import_asked
from tests.factories import World
from tests.repetition import Case

OLD_FILE = "ab" * 32


def job_left_by_the_broker(world: World) -> list[Any]:
    import_asked(world)
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.delete("imports")
    return []


def posted(world: World) -> tuple[bool, list[tuple[str, int]]]:
    """Posting again is harmless: what counts is that it is posted, and that nothing is claimed by it."""
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        waits = bool(broker.llen("imports"))
    with scope.tenant(world.ours.tenant.pk):
        return waits, list(Job.objects.filter(kind=decp_jobs.IMPORT).order_by("pk").values_list("state", "attempts"))


def asked_job(world: World) -> list[Any]:
    job = import_asked(world)
    return [job.tenant_id, job.pk]


def mails_to_send(world: World) -> list[Any]:
    with scope.tenant(world.ours.tenant.pk):
        for number in range(3):
            queue_mail(to=f"a{number}@exemple.test", subject="x", body="x")
    return []


def mails_sent(world: World) -> tuple[list[str], set[str]]:
    with scope.worker():
        received = sorted(LocalMail.objects.order_by("pk").values_list("to", flat=True))
        return received, set(OutboxMail.objects.order_by("pk").values_list("state", flat=True))


def leftovers(world: World) -> list[Any]:
    with scope.none():
        Session.objects.create(session_key="old", session_data="x", expire_date=timezone.now() - timedelta(days=1))
        throttle.note_failure(address="a@exemple.test", origin="x")
        LoginFailure.objects.all().delete()
        field = LoginFailure._meta.get_field("at")
        field.auto_now_add = False
        LoginFailure.objects.create(address_digest="a", origin_digest="b", at=timezone.now() - timedelta(days=2))
        field.auto_now_add = True
    path = Path(settings.DOCUMENTS_DIR) / OLD_FILE[:2] / OLD_FILE[2:4] / OLD_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    moment = time.time() - documents.ORPHAN_AGE_SECONDS - 60
    os.utime(path, (moment, moment))

    with scope.tenant(world.ours.tenant.pk):
        links.issue_link(
            purpose="tenant_invitation", email="a@exemple.test", role="reader", tenant_id=world.ours.tenant.pk
        )
        SignedLink.objects.update(revoked_at=timezone.now() - housekeeping.LINKS_KEPT - timedelta(days=1))
        queue_mail(to="a@exemple.test", subject="x", body="x")
    with scope.worker():
        long_ago = timezone.now() - housekeeping.MAILS_KEPT - timedelta(days=1)
        OutboxMail.objects.update(state="failed", created_at=long_ago)
    return []


def what_is_left(world: World) -> tuple[int, int, int, int, int]:
    with scope.none():
        sessions = Session.objects.filter(session_key="old").count()
        failures = LoginFailure.objects.count()
    with scope.worker():
        mails = OutboxMail.objects.count()
    with scope.tenant(world.ours.tenant.pk):
        invitations = SignedLink.objects.count()
    return sessions, failures, invitations, mails, len(list(Path(settings.DOCUMENTS_DIR).rglob(OLD_FILE)))


def no_sign_of_life(world: World) -> list[Any]:
    with heartbeat.client() as broker:
        broker.delete(heartbeat.KEY)
    return []


TASKS = {
    "tenants.sweep_jobs": Case(job_left_by_the_broker, posted, expected=(True, [("queued", 0)])),
    "tenants.run_job": Case(asked_job, contracts_taken, expected=(1, ["done"], [1])),
    "tenants.send_due_mails": Case(
        mails_to_send, mails_sent, expected=(["a0@exemple.test", "a1@exemple.test", "a2@exemple.test"], {"sent"})
    ),
    "tenants.clean_up": Case(leftovers, what_is_left, expected=(0, 0, 0, 0, 0)),
    "tenants.heartbeat": Case(no_sign_of_life, lambda world: heartbeat.is_alive(), expected=True),
}
