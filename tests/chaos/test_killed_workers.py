"""Workers killed by force, a broker that loses everything: each result is stored once, no figure is lost, no mail is
doubled. Real Celery, PostgreSQL, broker and SMTP; no step is imitated."""

from clauses.models import LotProgress
from reporting.models import Bilan
from reporting.services.progress import recompute_progress
from tenants import scope
from tenants.models import Job, OutboxMail
from tenants.services import jobs
from tenants.services.mail import retry_mail
from tests.chaos.machines import Broker, Mailbox, Workers, eventually
from tests.chaos.work import (
    addresses,
    assert_readable,
    change_hours,
    in_ours,
    is_held_up,
    is_rendering,
    kept,
    mail_states,
    progress,
    results,
    start_bilan,
    start_exports,
    states,
    stored_files,
    write_mails,
)
from tests.concurrency import at_once
from tests.factories import World


def test_worker_killed_while_it_recomputes(world: World, workers: Workers) -> None:
    recompute_progress(tenant_id=world.ours.tenant.pk)
    workers.start()
    with scope.tenant(world.ours.tenant.pk):
        # Holds the statement up once it has taken the marks away and written the months.
        LotProgress.objects.select_for_update(of=("self",)).get()
        assert at_once(lambda: change_hours(world, 40)) == [None]
        eventually(lambda: is_held_up(world), "the worker is within its statement")
        workers.kill()
    assert in_ours(world, lambda: progress(world))[0] == [100], "the killed worker had finished: nothing was tested"
    workers.start()
    eventually(lambda: in_ours(world, lambda: progress(world)) == ([40], [40], 0), "the figures follow the lines")


def test_worker_killed_while_it_renders_a_bilan(world: World, workers: Workers) -> None:
    workers.start()
    job = start_bilan(world)
    eventually(lambda: is_rendering(world), "the bilan is being rendered")
    workers.kill()
    assert is_rendering(world), "the bilan was ready before the kill: nothing was tested"
    change_hours(world, 7)
    workers.start()
    eventually(lambda: states(world) == {"done": 1}, "the bilan is done")
    assert in_ours(world, lambda: Job.objects.get(pk=job.pk).attempts) == 2
    with scope.tenant(world.ours.tenant.pk):
        bilan = Bilan.objects.select_related("pdf", "xlsx").get()
        assert kept() == results()
        assert_readable(bilan)
        assert bilan.figures["indicators"]["hours"]["validated"] == "100.00"
    assert len(stored_files()) == 2


def test_broker_flushed_with_20_jobs_waiting(world: World, workers: Workers, broker: Broker, mailbox: Mailbox) -> None:
    start_exports(world, 20)
    write_mails(world, *addresses(5))
    change_hours(world, 40)
    assert broker.waiting() >= 20
    broker.flush()
    assert broker.waiting() == 0
    workers.start()
    eventually(lambda: states(world) == {"done": 20}, "the jobs are done")
    with scope.tenant(world.ours.tenant.pk):
        assert len(kept()) == 20
        assert kept() == results()
        assert set(Job.objects.values_list("attempts", flat=True)) == {1}
    eventually(lambda: in_ours(world, lambda: progress(world)) == ([40], [40], 0), "the figures follow the lines")
    eventually(lambda: len(mailbox.received) >= 5, "the mails leave")
    assert sorted(to for to, _ in mailbox.received) == addresses(5)


def test_broker_restarted_during_a_task(world: World, workers: Workers, broker: Broker, mailbox: Mailbox) -> None:
    workers.start()
    start_bilan(world)
    eventually(lambda: is_rendering(world), "the bilan is being rendered")
    broker.kill()
    assert is_rendering(world), "the bilan was ready before the broker stopped: nothing was tested"
    start_exports(world, 3)
    write_mails(world, *addresses(2))
    change_hours(world, 40)
    broker.start()
    eventually(lambda: states(world) == {"done": 4}, "the jobs are done")
    assert in_ours(world, lambda: set(Job.objects.values_list("attempts", flat=True))) == {1}
    with scope.tenant(world.ours.tenant.pk):
        assert len(kept()) == 2 + 3
        assert kept() == results()
    eventually(lambda: in_ours(world, lambda: progress(world)) == ([40], [40], 0), "the figures follow the lines")
    eventually(lambda: len(mailbox.received) >= 2, "the mails leave")
    assert len(mailbox.received) == 2


def test_two_workers_and_messages_posted_twice(
    world: World, workers: Workers, broker: Broker, mailbox: Mailbox
) -> None:
    started = start_exports(world, 8)
    write_mails(world, *addresses(8))
    for job in started:
        jobs.post("tenants.run_job", [job.tenant_id, job.pk], "imports")
        jobs.post("tenants.send_due_mails", [], "mail")
    workers.start(2)
    eventually(lambda: states(world) == {"done": 8}, "the jobs are done")
    eventually(lambda: broker.waiting() == 0, "every message is taken")
    with scope.tenant(world.ours.tenant.pk):
        assert len(kept()) == 8
        assert kept() == results()
        assert set(Job.objects.values_list("attempts", flat=True)) == {1}
    eventually(lambda: len(mailbox.received) >= 8, "the mails leave")
    assert sorted(to for to, _ in mailbox.received) == addresses(8)


def test_mail_taken_from_a_worker_that_dies_is_not_sent_again(world: World, workers: Workers, mailbox: Mailbox) -> None:
    mailbox.answers.clear()
    workers.start()
    write_mails(world, *addresses(1))
    eventually(lambda: mailbox.received, "the server has the mail")
    workers.kill()
    mailbox.answers.set()
    assert mail_states() == ["sending"], "the worker had finished: nothing was tested"
    workers.start()
    eventually(lambda: mail_states() == ["uncertain"], "the mail is in doubt")
    assert len(mailbox.received) == 1
    with scope.tenant(world.ours.tenant.pk):
        assert retry_mail(mail_id=OutboxMail.objects.values_list("pk", flat=True).get())
    eventually(lambda: mail_states() == ["sent"], "the mail leaves once a person decided so")
    assert len(mailbox.received) == 2
    assert len({identifier for _, identifier in mailbox.received}) == 1
