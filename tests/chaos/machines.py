"""What these tests break: a broker of their own, real Celery workers in process groups, and a mail server."""

import asyncio
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import redis
from aiosmtpd.controller import Controller
from celery import current_app
from django.conf import settings
from django.db import connections

from config import servers
from config.servers import layout, process, valkey
from tenants.services import heartbeat

QUEUES = "interactive,mail,imports,reports"
CELERY = (sys.executable, "-m", "celery", "--quiet", "-A", "config")
PATIENCE = 40.0


def eventually(condition: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """What the condition returns once it is true; fails when it does not become so."""
    deadline = time.monotonic() + patience
    while not (found := condition()):
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.05)
    return found


class Broker:
    """A server of its own: flushing the suite's would lose the messages of tests that run beside these."""

    def __init__(self, place: layout.Layout) -> None:
        self.place = place
        self.url = valkey.url(place)

    @property
    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def flush(self) -> None:
        with self.client as client:
            client.flushall()

    def waiting(self) -> int:
        with self.client as client:
            return sum(int(client.llen(queue)) for queue in QUEUES.split(","))

    def kill(self) -> None:
        """What it had not written is lost: it writes nothing here."""
        found = process.find("valkey-server", argument=self.place.servers / "valkey.conf")
        assert found is not None
        process.stop(found, (signal.SIGKILL, 5))

    def start(self) -> None:
        valkey.start(self.place)


@contextmanager
def broker() -> Iterator[Broker]:
    with servers.throwaway_folder() as data:
        with layout.lock(data):
            place = layout.prepare(data)
        valkey.start(place)
        yield Broker(place)


@contextmanager
def posting_to(broker: Broker) -> Iterator[None]:
    """This process posts its messages there too."""

    def point(url: str | None) -> None:
        current_app.conf.broker_write_url = url
        current_app.amqp._producer_pool = None
        current_app._pool = None

    point(broker.url.replace("unix://", "redis+socket://", 1))
    try:
        yield
    finally:
        point(None)


class Workers:
    """Celery's processes on the test database, each worker the leader of a group."""

    def __init__(self, broker: Broker, folder: Path, smtp_port: int = 1) -> None:
        self.broker = broker
        self.folder = folder
        self.smtp_port = smtp_port
        self.running: list[subprocess.Popen[bytes]] = []
        self.log = folder / "workers.log"

    def start(self, count: int = 1) -> None:
        """Workers that are ready to take tasks, and beat, which asks for the sweeps."""
        with self.broker.client as client:
            client.delete(heartbeat.KEY)
        for _ in range(count):
            self._start("worker", "-Q", QUEUES, "-n", f"{len(self.running)}@%h", "-c", "1", "--without-mingle")
        if not any("beat" in popen.args for popen in self.running if popen.poll() is None):
            self._start("beat")
        eventually(self._is_ready, "a worker is ready")

    def _start(self, *arguments: str) -> None:
        with self.log.open("ab") as log:
            self.running.append(
                subprocess.Popen(
                    [*CELERY, *arguments, "-l", "WARNING"],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=self._environment(),
                    start_new_session=True,
                )
            )

    def _is_ready(self) -> bool:
        with self.broker.client as client:
            return bool(client.exists(heartbeat.KEY))

    def _environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
        database = urlsplit(os.environ["DATABASE_URL"])._replace(
            path=f"/{connections['default'].settings_dict['NAME']}"
        )
        return ours | {
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "DATABASE_URL": database.geturl(),
            "REDIS_URL": self.broker.url,
            "CHAOS_DOCUMENTS": str(settings.DOCUMENTS_DIR),
            "CHAOS_SCHEDULE": str(self.folder / "beat-schedule"),
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.smtp_port),
            "PYTHONWARNINGS": "ignore",
        }

    def of_kind(self, kind: str) -> list["subprocess.Popen[bytes]"]:
        return [popen for popen in self.running if kind in popen.args and popen.poll() is None]

    def kill(self) -> None:
        """kill -9 of the whole group of each worker: what it started goes with it."""
        for popen in self.of_kind("worker"):
            kill_group(popen)

    def kill_child(self) -> None:
        """Only the process that does the task: the worker that started it stays."""
        for popen in self.of_kind("worker"):
            for child in psutil.Process(popen.pid).children():
                child.kill()

    def stop(self) -> None:
        for popen in self.running:
            kill_group(popen)
        self.running.clear()
        _wait_for_backends()


def kill_group(popen: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(popen.pid, signal.SIGKILL)
    popen.wait()


def _wait_for_backends() -> None:
    """What the killed processes left in PostgreSQL ends when it next writes to them; the tables are emptied after."""
    query = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )

    def alone() -> bool:
        with connections["owner"].cursor() as cursor:
            cursor.execute(query)
            return bool(cursor.fetchone()[0] <= 1)

    eventually(alone, "the backends of killed workers end")


class Mailbox:
    """An SMTP server. `received`: (recipient, Message-ID) of each mail; `hold`: its answer waits for the event."""

    def __init__(self) -> None:
        self.received: list[tuple[str, str]] = []
        self.answers = threading.Event()
        self.answers.set()
        self.port = _free_port()
        # It tells each line of each conversation.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        lines = envelope.content.decode("utf-8").splitlines()
        identifier = next(line for line in lines if line.startswith("Message-ID"))
        self.received.append((envelope.rcpt_tos[0], identifier))
        while not self.answers.is_set():
            await asyncio.sleep(0.02)
        return "250 OK"

    def __enter__(self) -> "Mailbox":
        self._controller.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.answers.set()
        self._controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
