"""`make run`: servers, migrations, demonstration, then web, workers and beat until Ctrl-C or SIGTERM."""

import fcntl
import os
import platform
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from config import servers
from config.servers import layout
from config.servers.errors import ServerError
from config.servers.supervisor import Child, Stopping, Supervisor, end_orphans, run_step, say

WEB_TIMEOUT = 60.0
SERVER_CHECK_INTERVAL = 10.0
# Two workers, so that a report or an import of minutes never delays what somebody is waiting for on the screen.
QUEUES = {"worker": "interactive,mail", "worker2": "imports,reports"}


def run() -> int:
    stopping = Stopping()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.set())
    _complete_environment()
    data = layout.data_folder()
    layout.create_data(data)
    with _only_run(data):
        end_orphans(data / "run.json")
        _check_port()
        try:
            servers.ensure()
            return _prepare(stopping) or _serve(data, stopping)
        finally:
            servers.stop()
            say("clauseo", "arrêté")


def _complete_environment() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    os.environ.setdefault("PORT", "8000")
    os.environ["PYTHONUNBUFFERED"] = "1"
    # Celery warns at each start that it runs as root, which is for the person who typed the command to choose.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:You're running the worker with superuser privileges")
    if platform.system() == "Darwin":
        # Where Homebrew puts pango, which WeasyPrint loads by name.
        os.environ.setdefault("DYLD_FALLBACK_LIBRARY_PATH", "/opt/homebrew/lib:/usr/local/lib")


@contextmanager
def _only_run(data: Path) -> Iterator[None]:
    """One supervisor a data folder: two would send each mail and start each nightly job twice."""
    with (data / "run.lock").open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise ServerError(f"Clauséo tourne déjà avec ce dossier de données : {handle.read()}") from None
        handle.truncate(0)
        handle.write(_address())
        handle.flush()
        yield


def _address() -> str:
    return f"http://localhost:{os.environ['PORT']}"


def _check_port() -> None:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(os.environ["PORT"])))
        except (OSError, OverflowError, ValueError) as error:
            port = os.environ["PORT"]
            raise ServerError(
                f"Le port {port} ne peut pas être pris ({error}). Essayez : PORT=8001 make run"
            ) from error


def _manage(*arguments: str) -> list[str]:
    return [sys.executable, str(layout.ROOT / "manage.py"), *arguments]


def _has_demonstration() -> bool:
    return os.environ.get("CLAUSEO_DEMO", "true").lower() != "false"


def _prepare(stopping: Stopping) -> int:
    steps = [["migrate", "--noinput", "-v", "0"]]
    if _has_demonstration():
        steps.append(["load_demo", "--if-empty"])
    for arguments in steps:
        if stopping.is_set():
            return 0
        say("clauseo", f"manage.py {arguments[0]}")
        code = run_step(_manage(*arguments), stopping)
        if code and not stopping.is_set():
            return code
    return 0


def _children() -> list[Child]:
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "config"]
    web = [sys.executable, "-m", "gunicorn", "--config", str(layout.ROOT / "config/gunicorn.py"), "config.wsgi"]
    workers = [
        Child(
            name, [*celery, "worker", "-Q", queues, "-n", f"{name}@%h", "-c", "1", "--without-mingle", "-l", "WARNING"]
        )
        for name, queues in QUEUES.items()
    ]
    return [Child("web", web), *workers, Child("beat", [*celery, "beat", "-l", "WARNING"])]


def _serve(data: Path, stopping: Stopping) -> int:
    if stopping.is_set():
        return 0
    supervisor = Supervisor(_children(), record=data / "run.json")
    try:
        supervisor.start()
        if not _wait_for_web(supervisor.children[0], stopping):
            return 0 if stopping.is_set() else 1
        _announce(stopping)
        next_check = time.monotonic() + SERVER_CHECK_INTERVAL
        while not stopping.wait(0.2):
            supervisor.watch()
            if time.monotonic() > next_check:
                _revive_servers()
                next_check = time.monotonic() + SERVER_CHECK_INTERVAL
    finally:
        say("clauseo", "arrêt en cours")
        supervisor.stop()
    return 0


def _wait_for_web(web: Child, stopping: Stopping) -> bool:
    deadline = time.monotonic() + WEB_TIMEOUT
    while not stopping.wait(0.1):
        if web.running is None or web.running.poll() is not None or time.monotonic() > deadline:
            say("clauseo", "le serveur web n'a pas démarré : la raison est au-dessus")
            return False
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{os.environ['PORT']}/healthz", timeout=5):
                return True
        except OSError:
            continue
    return False


def _announce(stopping: Stopping) -> None:
    say("clauseo", f"Clauséo est prêt : {_address()}")
    if _has_demonstration():
        run_step(_manage("demo_accounts"), stopping)
    say("clauseo", "Ctrl-C pour arrêter")


def _revive_servers() -> None:
    if not servers.is_ready():
        say("clauseo", "un serveur embarqué ne répond plus, il est relancé")
        try:
            servers.ensure()
        except ServerError as error:
            say("clauseo", str(error))
