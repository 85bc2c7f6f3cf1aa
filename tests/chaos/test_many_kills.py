"""make soak: 30 blows at random moments while work keeps coming; then everything is as if none had been struck."""

import random
import time
from collections import Counter

import pytest

from tenants import scope
from tenants.enums import JobState
from tenants.models import Job, OutboxMail
from tenants.services import jobs
from tests.chaos.machines import Broker, Mailbox, Workers, eventually
from tests.chaos.work import (
    change_hours,
    in_ours,
    kept,
    progress,
    results,
    start_bilan,
    start_exports,
    states,
    write_mails,
)
from tests.factories import World

BLOWS = 30


def settled(world: World) -> bool:
    """Every job is done. One that was killed three times failed, and is started again as its page offers to."""
    with scope.tenant(world.ours.tenant.pk):
        for job in Job.objects.filter(state=JobState.FAILED):
            assert "interrompu 3 fois" in job.error, job.error
            jobs.retry_job(job=job)
    return set(states(world)) == {"done"}


@pytest.mark.soak
def test_random_blows(world: World, workers: Workers, broker: Broker, mailbox: Mailbox) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 -- to run the same again
    chance = random.Random(seed)

    def bounce() -> None:
        broker.kill()
        broker.start()

    blows = (workers.kill, workers.kill, workers.kill_child, broker.flush, bounce)
    for number in range(1, BLOWS + 1):
        if not workers.of_kind("worker"):
            workers.start(chance.choice((1, 2)))
        change_hours(world, number)
        start_exports(world, 2)
        write_mails(world, f"a{number}@exemple.test", f"b{number}@exemple.test")
        if number % 5 == 0:
            start_bilan(world)
        time.sleep(chance.uniform(0, 2.5))
        chance.choice(blows)()
    workers.start()
    eventually(lambda: settled(world), "every job is done", 180)
    with scope.tenant(world.ours.tenant.pk):
        assert len(kept()) == 2 * BLOWS + 2 * (BLOWS // 5)
        assert kept() == results()
    last = ([BLOWS], [BLOWS], 0)
    eventually(lambda: in_ours(world, lambda: progress(world)) == last, "the figures follow the lines")
    eventually(lambda: not unfinished(), "every mail is sent or in doubt")
    received = Counter(to for to, _ in mailbox.received)
    assert set(received.values()) == {1}, "a mail was doubled"
    with scope.worker():
        sent = set(OutboxMail.objects.filter(state="sent").values_list("to", flat=True))
        doubtful = set(OutboxMail.objects.filter(state="uncertain").values_list("to", flat=True))
    assert sent <= set(received) <= sent | doubtful
    assert len(sent | doubtful) == 2 * BLOWS
    print(f"{BLOWS} blows, {2 * BLOWS + BLOWS // 5} jobs, {len(sent)} mails sent, {len(doubtful)} in doubt")  # noqa: T201


def unfinished() -> bool:
    with scope.worker():
        return OutboxMail.objects.filter(state__in=["waiting", "sending"]).exists()
