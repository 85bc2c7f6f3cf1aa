"""A broker of its own for these tests, a mail server, and workers on the test database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos import machines
from tests.chaos.machines import Broker, Mailbox, Workers
from tests.factories import World


@pytest.fixture(scope="session")
def started_broker() -> Iterator[Broker]:
    with machines.broker() as broker:
        yield broker


@pytest.fixture
def broker(started_broker: Broker) -> Iterator[Broker]:
    started_broker.flush()
    with machines.posting_to(started_broker):
        yield started_broker


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def world(transactional_db: None) -> World:
    return World.build()


@pytest.fixture
def workers(world: World, broker: Broker, mailbox: Mailbox, tmp_path: Path) -> Iterator[Workers]:
    workers = Workers(broker, tmp_path, mailbox.port)
    yield workers
    workers.stop()
