"""Jobs: asked for in the transaction of the change, claimed by lease, tried three times, visible when failed."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from lib.numbers import NNBSP
from tenants import scope
from tenants.enums import JobState
from tenants.models import Job, Member

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
RENEWALS_A_LEASE = 4
PROGRESS_EVERY = 0.5


class JobRefused(Exception):  # noqa: N818 -- an outcome of the work, not a defect
    """The work cannot succeed as asked (bad file, impossible period): not retried, its message is shown as it is."""


class LeaseLost(Exception):  # noqa: N818 -- an outcome of the work, not a defect
    """Another worker holds the job: whatever this one did is undone."""


def _lease_end() -> datetime:
    return timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


class LeaseKeeper(threading.Thread):
    """Renews the lease and writes the progress from a connection of its own, so that both show while the work's own
    transaction is open."""

    def __init__(self, job: Job) -> None:
        super().__init__(name=f"job-{job.pk}", daemon=True)
        self._job = job
        self._stopped = threading.Event()
        self._progress = (0, job.progress_total, "")
        self._written = self._progress

    def progress(self, done: int, total: int, note: str = "") -> None:
        self._progress = (done, total, note[:200])

    def run(self) -> None:
        renewed = time.monotonic()
        renew_every = settings.JOB_LEASE_SECONDS / RENEWALS_A_LEASE
        try:
            while not self._stopped.wait(min(PROGRESS_EVERY, renew_every)):
                if self._progress != self._written or time.monotonic() - renewed >= renew_every:
                    self._write()
                    renewed = time.monotonic()
        finally:
            connection.close()

    def _write(self) -> None:
        done, total, note = self._written = self._progress
        try:
            with scope.tenant(self._job.tenant_id):
                Job.objects.filter(pk=self._job.pk, state=JobState.RUNNING, attempts=self._job.attempts).update(
                    progress_done=done, progress_total=total, progress_note=note, lease_until=_lease_end()
                )
        except DatabaseError:
            # The lease is longer than several turns: the next one tries again on a new connection.
            logger.warning("Lease of job %s not renewed at this turn", self._job.pk)
            connection.close()

    def __enter__(self) -> "LeaseKeeper":
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stopped.set()
        self.join()


@dataclass(frozen=True)
class JobKind:
    """A kind of background work.

    `run(job, keeper)` starts outside any scope, enters those it needs, tells `keeper.progress(done, total, note)` and
    ends with ``with completing(job) as result:``. It may be run again after a dead worker: only that last transaction
    may leave a trace. `result_url(job)`: where the result of a job done is; `result_label`: the words that lead there.
    """

    name: str
    label: str
    queue: str
    run: Callable[[Job, LeaseKeeper], None]
    result_url: Callable[[Job], str] | None = None
    result_label: str = "Voir le résultat"


_kinds: dict[str, JobKind] = {}


def register(kind: JobKind) -> None:
    """Called by each app's AppConfig.ready."""
    _kinds[kind.name] = kind


def kind_of(job: Job) -> JobKind:
    return _kinds[job.kind]


def registered() -> dict[str, JobKind]:
    return dict(_kinds)


def start_job(*, kind: str, params: dict[str, Any], created_by_id: int | None = None, total: int = 0) -> Job:
    """Write the job in the current structure; its id goes to the broker once the transaction is committed."""
    if kind not in _kinds:
        raise ValueError(f"unknown kind of job: {kind}")
    job = Job.objects.create(kind=kind, params=params, created_by_id=created_by_id, progress_total=total)
    _post_on_commit(job)
    return job


def _post_on_commit(job: Job) -> None:
    tenant_id, job_id, queue = job.tenant_id, job.pk, kind_of(job).queue
    transaction.on_commit(lambda: post("tenants.run_job", [tenant_id, job_id], queue))


def post(task: str, args: list[Any], queue: str = "interactive") -> None:
    """Send a task by name. A broker that is down loses nothing: the row is there and the sweep finds it."""
    try:
        current_app.send_task(task, args=args, queue=queue)
    except (OperationalError, OSError):
        logger.warning("Broker unreachable: %s %s waits for the sweep", task, args)


def retry_job(*, job: Job) -> bool:
    """Queue a failed job again; False when it is not failed any more, or of a kind that is gone."""
    if job.kind not in _kinds:
        return False
    changed = Job.objects.filter(pk=job.pk, state=JobState.FAILED).update(
        state=JobState.QUEUED, attempts=0, error="", lease_until=None, finished_at=None
    )
    if changed:
        _post_on_commit(job)
    return bool(changed)


def claim_job(*, tenant_id: int, job_id: int) -> Job | None:
    """Take the job for this worker if it is due: one worker at a time holds the lease."""
    now = timezone.now()
    with scope.tenant(tenant_id):
        due = Job.objects.filter(pk=job_id, attempts__lt=MAX_ATTEMPTS)
        claimed = due.filter(state=JobState.QUEUED).update(
            state=JobState.RUNNING, attempts=F("attempts") + 1, lease_until=_lease_end()
        ) or due.filter(state=JobState.RUNNING, lease_until__lt=now).update(
            attempts=F("attempts") + 1, lease_until=_lease_end()
        )
        if not claimed:
            _give_up(job_id)
            return None
        return Job.objects.get(pk=job_id)


def _give_up(job_id: int) -> None:
    """A job whose worker died at the last attempt fails here, with its reason."""
    Job.objects.filter(
        pk=job_id, state=JobState.RUNNING, lease_until__lt=timezone.now(), attempts__gte=MAX_ATTEMPTS
    ).update(
        state=JobState.FAILED,
        error=f"Le travail s'est interrompu {MAX_ATTEMPTS} fois sans se terminer. Relancez-le{NNBSP}; "
        "s'il échoue encore, prévenez l'exploitant de la plateforme.",
        finished_at=timezone.now(),
    )


@contextmanager
def completing(job: Job) -> Iterator[dict[str, Any]]:
    """The last transaction of a job, in its structure's scope: what it writes and the job's result, both or neither.

    History names who asked. Fill the yielded dict: it becomes the result. Raises LeaseLost, undoing all, when
    another worker took the job over.
    """
    result: dict[str, Any] = {}
    with scope.tenant(job.tenant_id, _actor(job)):
        yield result
        finished = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts).update(
            state=JobState.DONE, result=result, error="", finished_at=timezone.now(), progress_done=F("progress_total")
        )
        if not finished:
            raise LeaseLost


def _actor(job: Job) -> int | None:
    if job.created_by_id is None:
        return None
    with scope.tenant(job.tenant_id, read_only=True):
        return Member.objects.filter(pk=job.created_by_id).values_list("user_id", flat=True).first()


def fail_job(*, job: Job, error: str, final: bool) -> None:
    """Queue again after a pause that grows, or fail for good with the reason."""
    last = final or job.attempts >= MAX_ATTEMPTS
    state = JobState.FAILED if last else JobState.QUEUED
    with scope.tenant(job.tenant_id):
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts).update(
            state=state,
            error=error,
            finished_at=timezone.now() if last else None,
            lease_until=None if last else timezone.now() + timedelta(seconds=10 * job.attempts),
        )


def run_job(*, tenant_id: int, job_id: int) -> None:
    """Claim the job and do it. Refusals fail at once with their message; any other error is tried again."""
    job = claim_job(tenant_id=tenant_id, job_id=job_id)
    if job is None:
        return
    try:
        with LeaseKeeper(job) as keeper:
            kind_of(job).run(job, keeper)
    except LeaseLost:
        logger.info("Job %s was taken over by another worker", job_id)
    except JobRefused as refusal:
        fail_job(job=job, error=str(refusal), final=True)
    except Exception:
        # Whatever a kind raises must show on its row, never be lost in a log.
        logger.exception("Job %s (%s) failed at attempt %s", job_id, job.kind, job.attempts)
        fail_job(job=job, error="Une erreur interne a interrompu le travail. Rien n'a été écrit.", final=False)


def due_jobs() -> list[tuple[int, int]]:
    """(structure, job) pairs that wait or whose worker is gone."""
    with scope.worker(), connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, job_id FROM clauseo_due_jobs()")
        return [(row[0], row[1]) for row in cursor.fetchall()]


def tenant_ids() -> list[int]:
    with scope.worker(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM clauseo_tenant_ids()")
        return [row[0] for row in cursor.fetchall()]


def repost_due_jobs() -> None:
    """Post every job that waits or whose lease ran out; claiming decides who does it, so posting twice is harmless."""
    for tenant_id, job_id in due_jobs():
        with scope.tenant(tenant_id):
            job = Job.objects.filter(pk=job_id).first()
        if job is not None and job.kind in _kinds:
            post("tenants.run_job", [tenant_id, job_id], kind_of(job).queue)
