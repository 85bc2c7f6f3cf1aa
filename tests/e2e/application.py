"""The application as `make run` starts it, on a database and a broker of its own, for tests in a browser."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from config import servers
from config.servers import layout
from tests.databases import add_test_doors, create_database, drop_database

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "clauseo_e2e"


@dataclass(frozen=True)
class Application:
    address: str
    environment: dict[str, str]

    def manage(self, *arguments: str) -> str:
        """What a command of manage.py prints; it must succeed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            env=self.environment,
            cwd=ROOT,
            text=True,
            capture_output=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@contextmanager
def running() -> Iterator[Application]:
    """Servers of tests/servers.py, a database made for this process, and a broker that no other test's worker reads."""
    name = f"{DATABASE}_{os.getpid()}"
    data = Path(tempfile.mkdtemp(prefix="clauseo-e2e-")).resolve()
    data.chmod(0o711)
    environment = {key: value for key, value in os.environ.items() if key != "REDIS_URL"} | {
        "CLAUSEO_DATA": str(data),
        "CLAUSEO_DEMO": "false",
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "PORT": _free_port(),
        "WEB_CONCURRENCY": "2",
    }
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        environment[variable] = urlunsplit(urlsplit(os.environ[variable])._replace(path=f"/{name}"))
    create_database(name)
    try:
        with _run(environment) as address:
            _add_test_doors(environment["DATABASE_OWNER_URL"])
            yield Application(address, environment)
    finally:
        servers.stop(data)
        layout.remove(data)
        drop_database(name)


def _add_test_doors(owner: str) -> None:
    with closing(psycopg2.connect(owner)) as link, link, link.cursor() as cursor:
        add_test_doors(cursor)


@contextmanager
def _run(environment: dict[str, str]) -> Iterator[str]:
    command = [sys.executable, "-m", "config.servers", "run"]
    with subprocess.Popen(
        command, env=environment, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as run:
        try:
            _wait_until_ready(run)
            # A pipe that nobody empties would stop what writes to it.
            threading.Thread(target=_drain, args=(run,), daemon=True).start()
            yield f"http://localhost:{environment['PORT']}"
        finally:
            run.send_signal(signal.SIGTERM)
            try:
                run.wait(30)
            except subprocess.TimeoutExpired:
                run.kill()


def _wait_until_ready(run: "subprocess.Popen[str]") -> None:
    lines = []
    for line in run.stdout or ():
        lines.append(line)
        if "Clauséo est prêt" in line:
            return
    raise AssertionError("the application did not start:\n" + "".join(lines))


def _drain(run: "subprocess.Popen[str]") -> None:
    for _ in run.stdout or ():
        pass


def _free_port() -> str:
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])
