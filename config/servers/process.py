"""Detached processes, found again by the path on their command line: a pid file alone can be stale or recycled."""

import signal
import subprocess
import time
from pathlib import Path

import psutil

from config.servers.account import Account
from config.servers.errors import ServerError

LOG_LIMIT = 5 * 1024 * 1024


def detach(argv: list[str], *, account: Account, log: Path) -> psutil.Process | None:
    """Starts a daemon; None when it has ended already.

    Through a shell that ends at once, so that the daemon is nobody's child: it outlives us, leaves no zombie in a
    long-lived parent, and the terminal's Ctrl-C does not reach its session.
    """
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    script = 'log=$1; shift; "$@" >>"$log" 2>&1 </dev/null & echo $!'
    shell = account.popen(
        ["/bin/sh", "-c", script, "sh", str(log), *argv],
        cwd=log.parent,
        umask=0o077,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    pid = int(shell.communicate()[0])
    return psutil.Process(pid) if psutil.pid_exists(pid) else None


def find(name: str, *, argument: Path) -> psutil.Process | None:
    """The oldest live process of that name with exactly this path among its arguments (its fresh forks have it too)."""
    matches = []
    for process in psutil.process_iter(["name", "cmdline"]):
        if process.info["name"] == name and str(argument) in (process.info["cmdline"] or []) and is_alive(process):
            matches.append(process)
    return min(matches, key=lambda process: (process.create_time(), process.pid), default=None)


def find_working_in(folder: Path, *, name: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["name"]):
        try:
            if process.info["name"] == name and process.cwd() == str(folder):
                found.append(process)
        except psutil.Error:
            continue
    return found


def is_alive(process: psutil.Process | None) -> bool:
    """False for zombies: a container's first process often never collects them."""
    try:
        return process is not None and process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def stop(process: psutil.Process, *signals: tuple[signal.Signals, float]) -> None:
    """Sends each signal in turn until the process has gone, waiting that many seconds after each."""
    for number, patience in signals:
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            return
        if wait_until_gone(process, patience):
            return
    raise ServerError(f"Le processus {process.pid} ne s'arrête pas.")


def wait_until_gone(process: psutil.Process, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_alive(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def tail(log: Path, lines: int = 15) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
