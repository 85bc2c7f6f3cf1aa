"""The supervisor, on small programs that misbehave as ours could."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from config.servers import process
from config.servers.supervisor import Child, Stopping, Supervisor, end_orphans, run_step

ENDLESS = "import time\nwhile True: time.sleep(1)"
DEAF = f"""
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGQUIT, signal.SIG_IGN)
print("deaf")
{ENDLESS}"""
PARENT = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {ENDLESS!r}])"


def python(code: str) -> list[str]:
    return [sys.executable, "-u", "-c", code]


def wait_for(condition: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[..., Supervisor]]:
    started: list[Supervisor] = []

    def start(*programs: str) -> Supervisor:
        children = [Child(f"child{number}", python(code)) for number, code in enumerate(programs)]
        started.append(Supervisor(children, record=tmp_path / "run.json"))
        started[-1].start()
        return started[-1]

    yield start
    for supervisor in started:
        supervisor.stop()


def pid_of(child: Child) -> int:
    assert child.running is not None
    return child.running.pid


def test_child_that_is_killed_comes_back(supervise: Callable[..., Supervisor]) -> None:
    supervisor = supervise(ENDLESS)
    first = pid_of(supervisor.children[0])
    os.kill(first, signal.SIGKILL)

    def is_back() -> bool:
        supervisor.watch()
        running = supervisor.children[0].running
        return running is not None and running.pid != first

    wait_for(is_back)
    assert pid_of(supervisor.children[0]) != first


def test_child_that_keeps_ending_is_restarted_later_and_later(supervise: Callable[..., Supervisor]) -> None:
    supervisor = supervise("raise SystemExit(3)")
    child = supervisor.children[0]
    delays = []
    for _ in range(6):
        wait_for(lambda: child.running is None or child.running.poll() is not None)
        supervisor.watch()
        delays.append(round(child.restart_at - time.monotonic()))
        child.restart_at = 0
        supervisor.watch()
    assert delays == [2, 4, 8, 16, 30, 30]


def test_output_carries_the_name_of_the_child(
    supervise: Callable[..., Supervisor], capsys: pytest.CaptureFixture[str]
) -> None:
    supervise("import sys; print('été'); print('oops', file=sys.stderr)")
    lines: list[str] = []
    wait_for(lambda: lines.extend(capsys.readouterr().out.splitlines()) or len(lines) == 2)
    assert set(lines) == {"child0   | été", "child0   | oops"}


def test_stop_ends_children_and_what_they_started(supervise: Callable[..., Supervisor]) -> None:
    supervisor = supervise(ENDLESS, PARENT)
    parent = psutil.Process(pid_of(supervisor.children[1]))
    wait_for(parent.children)
    everyone = [parent, *parent.children(), psutil.Process(pid_of(supervisor.children[0]))]
    begun = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - begun < 3
    assert not any(process.is_alive(one) for one in everyone)
    assert not supervisor.record.exists()


def test_stop_does_not_wait_for_the_deaf(
    supervise: Callable[..., Supervisor], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    patience = ((signal.SIGTERM, 0.2), (signal.SIGQUIT, 0.2), (signal.SIGKILL, 2.0))
    monkeypatch.setattr("config.servers.supervisor.STOP_SEQUENCE", patience)
    supervisor = supervise(DEAF)
    deaf = psutil.Process(pid_of(supervisor.children[0]))
    wait_for(lambda: "deaf" in capsys.readouterr().out)
    supervisor.stop()
    assert not process.is_alive(deaf)


def test_orphans_of_a_killed_supervisor_are_ended_and_their_port_is_free(tmp_path: Path) -> None:
    listen = (
        "import socket, sys, time; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen();"
        "open(sys.argv[1], 'w').write(str(s.getsockname()[1])); time.sleep(300)"
    )
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom config.servers.supervisor import Child, Supervisor\n"
        f"child = Child('web', [sys.executable, '-c', {listen!r}, {str(tmp_path / 'port')!r}])\n"
        f"Supervisor([child], record=Path({str(tmp_path / 'run.json')!r})).start()\n"
        "print(child.running.pid, flush=True)\ntime.sleep(300)"
    )
    with subprocess.Popen(python(code), stdout=subprocess.PIPE, text=True) as killed:
        orphan = psutil.Process(int(killed.stdout.readline()))  # type: ignore[union-attr]
        wait_for(lambda: (tmp_path / "port").exists() and (tmp_path / "port").read_text())
        killed.kill()
    assert process.is_alive(orphan)
    end_orphans(tmp_path / "run.json")
    assert not process.is_alive(orphan)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", int((tmp_path / "port").read_text())))


def test_number_given_to_a_younger_process_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen(python(ENDLESS), start_new_session=True) as bystander:
        (tmp_path / "run.json").write_text(f'{{"since": {time.time() - 60}, "groups": [{bystander.pid}]}}')
        end_orphans(tmp_path / "run.json")
        assert bystander.poll() is None
        bystander.kill()


def test_step_is_ended_by_a_stop(tmp_path: Path) -> None:
    stopping = Stopping()
    threading.Timer(0.3, stopping.set).start()
    begun = time.monotonic()
    assert run_step(python(ENDLESS), stopping) == -signal.SIGTERM
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("code", [0, 3])
def test_step_tells_how_it_ended(code: int) -> None:
    assert run_step(python(f"raise SystemExit({code})"), Stopping()) == code
