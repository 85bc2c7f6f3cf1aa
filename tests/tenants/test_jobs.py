"""Jobs: claimed once, retried, visible; what a worker left is found again. On real connections."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
import redis
from celery import Celery
from django.conf import settings as django_settings
from django.utils import timezone

from clauses.models import Lot
from config.celery import app
from tenants import scope
from tenants.enums import JOB_TRANSITIONS, JobState
from tenants.models import AuditEntry, Job, Member
from tenants.services import jobs
from tenants.services.jobs import JobKind, JobRefused, LeaseKeeper, LeaseLost, completing, run_job, start_job
from tests.concurrency import at_once
from tests.factories import World, logged_in


@pytest.fixture
def committed(transactional_db: None) -> World:
    return World.build()


@pytest.fixture
def kinds(monkeypatch) -> dict[str, JobKind]:
    """The kinds of this test: a job renames the first lot of its structure."""
    found: dict[str, JobKind] = {}
    monkeypatch.setattr(jobs, "_kinds", found)
    jobs.register(JobKind("rename", "Renommage", "interactive", rename))
    return found


def rename(job: Job, keeper: LeaseKeeper) -> None:
    keeper.progress(1, 2, "Moitié")
    with completing(job) as result:
        Lot.objects.update(title=job.params["title"])
        result["renamed"] = 1


def start(world: World, kind: str = "rename", **params: Any) -> Job:
    with scope.tenant(world.ours.tenant.pk, world.alice.pk):
        author = Member.objects.get(user_id=world.alice.pk)
        return start_job(kind=kind, params=params or {"title": "Sols"}, created_by_id=author.pk, total=2)


def fresh(job: Job) -> Job:
    with scope.tenant(job.tenant_id):
        return Job.objects.get(pk=job.pk)


def run(job: Job) -> None:
    run_job(tenant_id=job.tenant_id, job_id=job.pk)


def age(job: Job, **changes: Any) -> None:
    with scope.tenant(job.tenant_id):
        Job.objects.filter(pk=job.pk).update(**changes)


def past() -> Any:
    return timezone.now() - timedelta(seconds=1)


def title(world: World) -> str:
    with scope.tenant(world.ours.tenant.pk):
        return Lot.objects.get(pk=world.ours.lot.pk).title


def queued_in_broker(queue: str = "interactive") -> int:
    with redis.Redis.from_url(django_settings.REDIS_URL) as broker:
        return int(broker.llen(queue))


def test_job_is_written_with_the_change_and_posted_after_it(committed, kinds):
    before = queued_in_broker()
    with pytest.raises(ZeroDivisionError), scope.tenant(committed.ours.tenant.pk):
        start_job(kind="rename", params={})
        raise ZeroDivisionError
    assert queued_in_broker() == before
    job = start(committed)
    assert queued_in_broker() == before + 1
    assert (fresh(job).state, fresh(job).progress_total) == ("queued", 2)


def test_job_of_an_unknown_kind_is_refused(committed, kinds):
    with scope.tenant(committed.ours.tenant.pk), pytest.raises(ValueError, match="unknown kind"):
        start_job(kind="dance", params={})


def test_job_is_done_once_with_its_result_and_its_author_in_the_history(committed, kinds):
    job = start(committed)
    run(job)
    done = fresh(job)
    assert (done.state, done.result, done.progress_done, done.attempts) == ("done", {"renamed": 1}, 2, 1)
    assert done.finished_at is not None
    assert title(committed) == "Sols"
    with scope.tenant(committed.ours.tenant.pk):
        assert AuditEntry.objects.filter(table="clauses_lot", action="U").get().user_id == committed.alice.pk
    with scope.tenant(committed.theirs.tenant.pk):
        assert Lot.objects.get().title == "Peinture"


def test_work_that_nobody_asked_for_has_no_author(committed, kinds):
    with scope.tenant(committed.ours.tenant.pk):
        job = start_job(kind="rename", params={"title": "Sols"})
    run(job)
    with scope.tenant(committed.ours.tenant.pk):
        assert AuditEntry.objects.filter(table="clauses_lot", action="U").get().user_id is None


def test_refusal_is_final_and_shown_as_it_is(committed, kinds):
    def refuse(job: Job, keeper: LeaseKeeper) -> None:
        raise JobRefused("Le fichier est vide.")

    jobs.register(JobKind("refuse", "Refus", "interactive", refuse))
    job = start(committed, "refuse")
    run(job)
    assert (fresh(job).state, fresh(job).error, fresh(job).attempts) == ("failed", "Le fichier est vide.", 1)


def test_failure_is_tried_three_times_after_pauses_then_shown(committed, kinds, caplog):
    def fail(job: Job, keeper: LeaseKeeper) -> None:
        with completing(job):
            Lot.objects.update(title="à moitié")
            raise ZeroDivisionError

    jobs.register(JobKind("fail", "Échec", "interactive", fail))
    job = start(committed, "fail")
    pauses = []
    for attempt in (1, 2):
        run(job)
        waiting = fresh(job)
        assert (waiting.state, waiting.attempts) == ("queued", attempt)
        pauses.append(waiting.lease_until - timezone.now())
        assert (job.tenant_id, job.pk) not in jobs.due_jobs()
    assert pauses[1] > pauses[0] > timedelta(0)
    run(job)
    failed = fresh(job)
    assert (failed.state, failed.attempts, failed.error) == (
        "failed",
        3,
        "Une erreur interne a interrompu le travail. Rien n'a été écrit.",
    )
    assert failed.finished_at is not None
    assert title(committed) == "Peinture"
    run(job)
    assert fresh(job).attempts == 3


def test_failed_job_is_relaunched_once(committed, kinds):
    job = start(committed)
    age(job, state=JobState.FAILED, attempts=3, error="x", finished_at=timezone.now())
    with scope.tenant(committed.ours.tenant.pk):
        assert jobs.retry_job(job=job)
        assert not jobs.retry_job(job=job)
    run(job)
    assert (fresh(job).state, fresh(job).error) == ("done", "")


def test_progress_shows_and_the_lease_is_renewed_while_the_work_goes_on(committed, kinds, monkeypatch):
    monkeypatch.setattr(jobs, "PROGRESS_EVERY", 0.02)
    seen: dict[str, Any] = {}

    def long_work(job: Job, keeper: LeaseKeeper) -> None:
        age(job, lease_until=past())
        with completing(job):
            keeper.progress(1, 2, "é" * 300)
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline and seen.get("done") != 1:
                seen.update(at_once(lambda: {"done": fresh(job).progress_done, "note": fresh(job).progress_note})[0])
            seen["lease"] = at_once(lambda: fresh(job).lease_until)[0]

    jobs.register(JobKind("long", "Long", "interactive", long_work))
    job = start(committed, "long")
    run(job)
    assert seen["done"] == 1
    assert seen["note"] == "é" * 200
    assert seen["lease"] > timezone.now()
    assert fresh(job).state == "done"


def test_lease_keeper_survives_a_database_that_fails(committed, kinds, monkeypatch, caplog):
    monkeypatch.setattr(jobs, "PROGRESS_EVERY", 0.02)
    # Claimed, so that no plan leaves the row aside before it looks at the structure.
    job = jobs.claim_job(tenant_id=committed.ours.tenant.pk, job_id=start(committed).pk)
    assert job is not None
    keeper = LeaseKeeper(job)
    job.tenant_id = 2**70  # no such bigint: the database refuses
    keeper.start()
    keeper.progress(1, 2)
    deadline = time.monotonic() + 10
    while "not renewed" not in caplog.text and time.monotonic() < deadline:
        time.sleep(0.02)
    keeper.__exit__()
    assert "not renewed" in caplog.text
    assert not keeper.is_alive()


def test_worker_that_lost_its_lease_leaves_no_trace(committed, kinds):
    def slow(job: Job, keeper: LeaseKeeper) -> None:
        age(job, lease_until=past())
        assert jobs.claim_job(tenant_id=job.tenant_id, job_id=job.pk) is not None
        rename(job, keeper)

    jobs.register(JobKind("slow", "Lent", "interactive", slow))
    job = start(committed, "slow", title="Écrit trop tard")
    run(job)
    assert title(committed) == "Peinture"
    assert (fresh(job).state, fresh(job).attempts) == ("running", 2)


def test_completing_raises_when_the_job_is_not_ours_any_more(committed, kinds):
    job = start(committed)
    claimed = jobs.claim_job(tenant_id=job.tenant_id, job_id=job.pk)
    age(job, attempts=2)
    with pytest.raises(LeaseLost), completing(claimed):
        Lot.objects.update(title="x")
    assert title(committed) == "Peinture"


def test_what_a_dead_worker_left_is_taken_again_then_given_up(committed, kinds):
    job = start(committed)
    age(job, state=JobState.RUNNING, attempts=1, lease_until=timezone.now() + timedelta(seconds=30))
    run(job)
    assert fresh(job).state == "running"
    age(job, lease_until=past())
    assert (job.tenant_id, job.pk) in jobs.due_jobs()
    run(job)
    assert (fresh(job).state, fresh(job).attempts) == ("done", 2)
    age(job, state=JobState.RUNNING, attempts=3, lease_until=past())
    run(job)
    assert fresh(job).state == "failed"
    assert "interrompu 3 fois" in fresh(job).error


def test_sweep_posts_what_the_broker_lost_and_nothing_of_unknown_kinds(committed, kinds):
    start(committed)
    with scope.tenant(committed.theirs.tenant.pk):
        start_job(kind="rename", params={})
        Job.objects.create(kind="gone")
    with redis.Redis.from_url(django_settings.REDIS_URL) as broker:
        broker.delete("interactive")
    jobs.repost_due_jobs()
    assert queued_in_broker() == 2


def test_sweep_passes_over_a_job_that_vanished(committed, kinds, monkeypatch):
    monkeypatch.setattr(jobs, "due_jobs", lambda: [(committed.ours.tenant.pk, 999)])
    before = queued_in_broker()
    jobs.repost_due_jobs()
    assert queued_in_broker() == before


def test_broker_that_is_down_loses_nothing(committed, kinds, caplog):
    down = Celery("down", broker="redis://127.0.0.1:1/0")
    down.conf.task_publish_retry = False
    try:
        down.set_current()
        job = start(committed)
    finally:
        app.set_current()
    assert "waits for the sweep" in caplog.text
    assert jobs.due_jobs() == [(job.tenant_id, job.pk)]


# Two workers at once


def test_job_claimed_by_many_is_done_by_one(committed, kinds):
    job = start(committed)
    claims = at_once(*[lambda: jobs.claim_job(tenant_id=job.tenant_id, job_id=job.pk) for _ in range(6)])
    assert sum(claim is not None for claim in claims) == 1
    age(job, lease_until=past())
    claims = at_once(*[lambda: jobs.claim_job(tenant_id=job.tenant_id, job_id=job.pk) for _ in range(6)])
    assert sum(claim is not None for claim in claims) == 1
    assert fresh(job).attempts == 2


def test_control_reading_before_writing_would_let_two_claim(committed, kinds):
    """The race that the conditional update closes."""
    job = start(committed)
    both_have_read = threading.Barrier(2)

    def careless() -> bool:
        with scope.tenant(job.tenant_id):
            seen = Job.objects.get(pk=job.pk)
            both_have_read.wait(10)
            if seen.state != JobState.QUEUED:
                return False
            Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING)
            return True

    assert at_once(careless, careless) == [True, True]


def test_every_transition_is_of_the_table():
    """queued → running → done | failed | queued again; failed → queued."""
    assert {(a, b) for a, targets in JOB_TRANSITIONS.items() for b in targets} == {
        ("queued", "running"),
        ("running", "queued"),
        ("running", "done"),
        ("running", "failed"),
        ("failed", "queued"),
    }


# Pages


def test_list_and_page_show_the_work(committed, kinds, monkeypatch):
    kinds["rename"] = JobKind("rename", "Renommage", "interactive", rename, lambda job: f"/lots/?j={job.pk}", "Voir")
    alice, bob, charlie = (logged_in(user) for user in (committed.alice, committed.bob, committed.charlie))
    assert "Aucun travail" in alice.get("/structure/travaux/").content.decode()
    job = start(committed)
    page = f"/structure/travaux/{job.pk}/"
    waiting = alice.get(page).content.decode()
    assert "Renommage" in waiting
    assert f'hx-get="{page}etat/"' in waiting
    assert "HX-Refresh" not in alice.get(f"{page}etat/")
    run(job)
    status = alice.get(f"{page}etat/")
    assert status["HX-Refresh"] == "true"
    assert f'href="/lots/?j={job.pk}"' in status.content.decode()
    assert "hx-get" not in status.content.decode()
    assert status["Cache-Control"] == "no-store"
    assert "Renommage" in bob.get("/structure/travaux/").content.decode()
    age(job, state=JobState.FAILED, error="Le fichier est vide.")
    assert "Le fichier est vide." in alice.get("/structure/travaux/").content.decode()
    assert "Recommencer" in alice.get(page).content.decode()
    assert "Recommencer" not in bob.get(page).content.decode()
    assert "est relancé" in alice.post(f"{page}relancer/", follow=True).content.decode()
    assert "plus en échec" in alice.post(f"{page}relancer/", follow=True).content.decode()
    assert charlie.get(page).status_code == 404


def test_work_of_a_kind_that_is_gone_still_shows(committed, kinds):
    with scope.tenant(committed.ours.tenant.pk):
        job = Job.objects.create(kind="gone", state=JobState.DONE)
    alice = logged_in(committed.alice)
    assert "gone" in alice.get(f"/structure/travaux/{job.pk}/").content.decode()
    age(job, state=JobState.FAILED)
    assert "Rien à relancer" in alice.post(f"/structure/travaux/{job.pk}/relancer/", follow=True).content.decode()
