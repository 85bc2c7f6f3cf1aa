"""The web server and a worker as `make run` starts them, and people who save hours through them."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.cookiejar import CookieJar

from config.servers import layout
from config.servers.run import QUEUES

START_TIMEOUT = 60.0


@contextmanager
def served() -> Iterator[str]:
    """The address of the site; one idle worker takes what is asked for on the screen."""
    port = _free_port()
    environment = os.environ | {"PORT": str(port), "PYTHONWARNINGS": "ignore"}
    environment.pop("DATABASE_OWNER_URL", None)
    celery = ["celery", "--quiet", "-A", "config", "worker", "-Q", QUEUES["worker"], "-c", "1", "--without-mingle"]
    commands = [
        ["gunicorn", "--config", str(layout.ROOT / "config/gunicorn.py"), "config.wsgi", "--log-level", "warning"],
        [*celery, "-l", "WARNING"],
    ]
    running = [
        subprocess.Popen([sys.executable, "-m", *command], env=environment, start_new_session=True)
        for command in commands
    ]
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(address)
        yield address
    finally:
        for process in running:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_until_ready(address: str) -> None:
    """Web, database, broker and worker, as /healthz tells them."""
    deadline = time.monotonic() + START_TIMEOUT
    while True:
        with suppress(OSError), urllib.request.urlopen(f"{address}/healthz", timeout=5) as response:
            if json.load(response)["status"] == "ok":
                return
        if time.monotonic() > deadline:
            raise RuntimeError("the site did not start")
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Cell:
    assignment: int
    month: str
    kind: str


class Person:
    """Someone logged in. `save` answers (status, body) as the page's script receives them."""

    def __init__(self, address: str, email: str, password: str) -> None:
        self.address = address
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self._open("/connexion/")
        self._open("/connexion/", {"email": email, "password": password})

    def save(self, cell: Cell, hours: str, version: int | str) -> tuple[int, dict[str, str]]:
        fields = {"assignment": cell.assignment, "month": cell.month, "kind": cell.kind}
        try:
            with self._open("/heures/cellule/", {**fields, "hours": hours, "version": version}) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as refused:
            told = refused.headers.get_content_type() == "application/json"
            return refused.code, json.load(refused) if told else {}

    def _open(self, path: str, fields: dict[str, object] | None = None) -> "urllib.request._UrlopenRet":
        request = urllib.request.Request(f"{self.address}{path}")
        if fields is not None:
            token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
            request.data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
            request.add_header("X-CSRFToken", str(token))
        return self.opener.open(request, timeout=60)
