"""Keeps the processes of `make run` alive, and ends them all together.

Written here rather than taken from a library: honcho and the like stop everything when one process ends, and none can
end what a killed supervisor left behind.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from config.servers import process

# A child that lived this long had started well: its next restart is immediate again.
SETTLED = 30.0
LONGEST_DELAY = 30.0
KILL_TIMEOUT = 3.0
# Web and workers end their work, then workers hand their tasks back to the broker, then nothing is asked any more.
STOP_SEQUENCE = ((signal.SIGTERM, 6.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 2.0))
_output = threading.Lock()


def say(name: str, line: str) -> None:
    with _output:
        print(f"{name:<9}| {line}", flush=True)


class Stopping:
    """Whether a signal asked to stop.

    Not a threading.Event: set by a handler, it may wait for ever for the lock that its own wait() holds.
    """

    def __init__(self) -> None:
        self._asked = False

    def set(self) -> None:
        self._asked = True

    def is_set(self) -> bool:
        return self._asked

    def wait(self, seconds: float) -> bool:
        """Sleeps that long, or until it is set; whether it is."""
        deadline = time.monotonic() + seconds
        while not self._asked and (left := deadline - time.monotonic()) > 0:
            time.sleep(min(left, 0.1))
        return self._asked


@dataclass
class Child:
    """A command in a process group of its own: the terminal's Ctrl-C reaches the supervisor only."""

    name: str
    argv: list[str]
    running: "subprocess.Popen[str] | None" = None
    started: float = 0.0
    restart_at: float = 0.0
    failures: int = field(default=0)

    def start(self) -> None:
        self.started = time.monotonic()
        # Web and workers get the application's login alone, as in production.
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
        self.running = subprocess.Popen(
            self.argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            env=environment,
        )
        threading.Thread(target=self._relay, args=(self.running,), daemon=True).start()

    def _relay(self, running: "subprocess.Popen[str]") -> None:
        for line in running.stdout or ():
            say(self.name, line.rstrip("\n"))

    def watch(self) -> None:
        """Restarts the process when it has ended, later and later while it keeps ending at once."""
        if self.running is not None:
            code = self.running.poll()
            if code is None:
                return
            signal_group(self.running.pid, signal.SIGKILL)
            self.failures = 0 if time.monotonic() - self.started > SETTLED else self.failures + 1
            delay = min(LONGEST_DELAY, 2.0**self.failures) if self.failures else 0.0
            self.running, self.restart_at = None, time.monotonic() + delay
            say("clauseo", f"{self.name} s'est arrêté (code {code}) ; redémarrage dans {delay:.0f} s")
        if time.monotonic() >= self.restart_at:
            self.start()


class Supervisor:
    def __init__(self, children: list[Child], *, record: Path) -> None:
        self.children = children
        self.record = record

    def start(self) -> None:
        for child in self.children:
            child.start()
        self._write_record()

    def watch(self) -> None:
        before = [child.running for child in self.children]
        for child in self.children:
            child.watch()
        if before != [child.running for child in self.children]:
            self._write_record()

    def stop(self) -> None:
        running = [child.running for child in self.children if child.running is not None]
        for number, patience in STOP_SEQUENCE:
            alive = [popen for popen in running if popen.poll() is None]
            if not alive:
                break
            for popen in alive:
                # The leader alone first: it knows how to end its own workers.
                (signal_group if number == signal.SIGKILL else signal_leader)(popen.pid, number)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline and any(popen.poll() is None for popen in alive):
                time.sleep(0.05)
        _kill_groups({popen.pid for popen in running})
        self.record.unlink(missing_ok=True)

    def _write_record(self) -> None:
        leaders = [child.running.pid for child in self.children if child.running is not None]
        draft = self.record.with_suffix(".new")
        draft.write_text(json.dumps({"since": time.time(), "groups": leaders}))
        draft.replace(self.record)


def end_orphans(record: Path) -> None:
    """Ends what a supervisor killed by force left running. The caller holds the lock that this supervisor held."""
    if not record.exists():
        return
    remembered = json.loads(record.read_text())
    _kill_groups({leader for leader in remembered["groups"] if _is_ours(leader, remembered["since"])})
    record.unlink()


def _kill_groups(leaders: set[int]) -> None:
    """Returns when they have really gone: only then are their port and their connections free."""
    for leader in leaders:
        signal_group(leader, signal.SIGKILL)
    deadline = time.monotonic() + KILL_TIMEOUT
    while time.monotonic() < deadline and any(_group(candidate) in leaders for candidate in psutil.process_iter()):
        time.sleep(0.05)


def _group(candidate: psutil.Process) -> int | None:
    with suppress(ProcessLookupError):
        return os.getpgid(candidate.pid) if process.is_alive(candidate) else None
    return None


def _is_ours(leader: int, since: float) -> bool:
    """False once the number has been given to a younger process. A group outlives its leader."""
    with suppress(psutil.NoSuchProcess):
        candidate = psutil.Process(leader)
        return not process.is_alive(candidate) or candidate.create_time() <= since + 1
    return True


def signal_leader(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def signal_group(leader: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def run_step(argv: list[str], stopping: Stopping) -> int:
    """Runs a command to its end, or ends it when a stop is asked for meanwhile."""
    step = subprocess.Popen(argv, stdin=subprocess.DEVNULL, start_new_session=True)
    while step.poll() is None:
        if stopping.wait(0.05):
            signal_group(step.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                return step.wait(5)
            signal_group(step.pid, signal.SIGKILL)
    sys.stdout.flush()
    return step.returncode
