"""`make run` itself: the real servers, web, workers and beat."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from config.servers import process
from config.servers.supervisor import end_orphans
from tests.config.installation import Installation


@pytest.fixture
def port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@contextmanager
def running(installation: Installation, port: str) -> Iterator["subprocess.Popen[str]"]:
    installation.extra |= {"PORT": port, "CLAUSEO_DEMO": "false", "DJANGO_SETTINGS_MODULE": "config.settings.dev"}
    with installation.popen("-m", "config.servers", "run") as run:
        try:
            yield run
        finally:
            run.kill()
            run.wait()
            end_orphans(installation.data / "run.json")
            installation.remove()


def read_until(run: "subprocess.Popen[str]", text: str) -> str:
    lines = []
    for line in run.stdout or ():
        lines.append(line)
        if text in line:
            return "".join(lines)
    pytest.fail(f"ended without « {text} »:\n{''.join(lines)}")


def health(port: str) -> dict[str, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as response:
            return dict(json.load(response))
    except urllib.error.HTTPError as refused:
        return dict(json.load(refused))


def wait_for_health(port: str, status: str) -> None:
    deadline = time.monotonic() + 60
    while health(port)["status"] != status:
        assert time.monotonic() < deadline, health(port)
        time.sleep(0.5)


def processes_of(data: Path) -> list[psutil.Process]:
    """Everything that carries this data folder on its command line or in its environment."""
    found = []
    for candidate in psutil.process_iter():
        try:
            texts = [*candidate.cmdline(), candidate.environ().get("CLAUSEO_DATA", "")]
        except psutil.Error:
            continue
        if candidate.pid != os.getpid() and any(str(data) in text for text in texts) and process.is_alive(candidate):
            found.append(candidate)
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_serves_then_stops_cleanly(installation: Installation, port: str, number: signal.Signals) -> None:
    with running(installation, port) as run:
        assert f"http://localhost:{port}" in read_until(run, "Clauséo est prêt")
        wait_for_health(port, "ok")
        begun = time.monotonic()
        run.send_signal(number)
        assert run.wait(30) == 0
        assert time.monotonic() - begun < 15
        assert processes_of(installation.data) == []


def test_second_run_is_refused_and_disturbs_nothing(installation: Installation, port: str) -> None:
    with running(installation, port) as run:
        read_until(run, "Clauséo est prêt")
        with installation.popen("-m", "config.servers", "run") as second:
            output = second.communicate(timeout=60)[0]
        assert second.returncode == 1
        assert f"Clauséo tourne déjà avec ce dossier de données : http://localhost:{port}" in output
        assert health(port)["database"] == "ok"


def test_port_taken_is_said_before_anything_starts(installation: Installation, port: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(port)))
        taken.listen()
        with running(installation, port) as run:
            output = run.communicate(timeout=60)[0]
            assert run.returncode == 1
            assert f"Le port {port} ne peut pas être pris" in output
            assert "PORT=8001 make run" in output
            assert not (installation.data / "servers").exists()


def test_run_after_kill_9_of_everything(installation: Installation, port: str) -> None:
    with running(installation, port) as run:
        read_until(run, "Clauséo est prêt")
        for victim in processes_of(installation.data):
            with suppress(psutil.NoSuchProcess):
                victim.kill()
    with running(installation, port) as run:
        read_until(run, "Clauséo est prêt")
        wait_for_health(port, "ok")


def test_run_after_kill_9_of_the_supervisor_alone(installation: Installation, port: str) -> None:
    """Web and workers live on, and hold the port."""
    with running(installation, port) as run:
        read_until(run, "Clauséo est prêt")
        run.kill()
        run.wait()
        assert health(port)["database"] == "ok"
        with installation.popen("-m", "config.servers", "run") as second:
            read_until(second, "Clauséo est prêt")
            second.terminate()
            assert second.wait(30) == 0
        assert processes_of(installation.data) == []


def test_servers_killed_under_the_application_come_back(installation: Installation, port: str) -> None:
    with running(installation, port) as run:
        read_until(run, "Clauséo est prêt")
        wait_for_health(port, "ok")
        os.kill(installation.broker, signal.SIGKILL)
        assert health(port) == {"status": "degraded", "database": "ok", "broker": "down", "worker": "down"}
        os.kill(installation.postmaster, signal.SIGKILL)
        read_until(run, "il est relancé")
        wait_for_health(port, "ok")
