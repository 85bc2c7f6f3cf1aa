"""PostgreSQL and Valkey embedded from wheels, for whoever gives no DATABASE_URL and no REDIS_URL.

Each data folder (CLAUSEO_DATA) has servers of its own. They are started by whoever needs them first and keep running;
`make run` stops them when it ends, `python -m config.servers stop` at any time.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Protocol

from config.servers import keys, layout, postgres, valkey
from config.servers.errors import ServerError
from config.servers.layout import Layout

__all__ = ["ServerError", "ensure", "environment", "is_ready", "stop", "throwaway", "throwaway_folder"]

VARIABLES = (
    "CLAUSEO_DATA",
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "CLAUSEO_SECRET_KEY",
    "CLAUSEO_DOCUMENT_KEYS",
)
THROWAWAY_PREFIX = "clauseo-test-"


class Server(Protocol):
    """What the modules `postgres` and `valkey` offer."""

    def is_ready(self, layout: Layout) -> bool: ...
    def start(self, layout: Layout) -> None: ...
    def stop(self, layout: Layout) -> None: ...


def environment() -> None:
    """Completes os.environ for this data folder without starting anything. Production gets nothing from here."""
    if _is_production():
        return
    data = layout.data_folder()
    os.environ["CLAUSEO_DATA"] = str(data)
    for name, value in keys.load(data).items():
        if not os.environ.get(name):
            os.environ[name] = value
    os.environ.update(_embedded(data))
    # Where collectstatic writes; whitenoise complains when it is missing, though it serves static/ itself here.
    (data / "static").mkdir(exist_ok=True)


def ensure() -> None:
    """Completes os.environ and starts whichever embedded server is needed and down."""
    if _is_production():
        return
    data = layout.data_folder()
    if not is_ready():
        with layout.lock(data):
            place = layout.prepare(data)
            for server in _needed(data):
                server.start(place)
    environment()


def is_ready() -> bool:
    """Whether every embedded server that this installation needs answers."""
    data = layout.data_folder()
    place = layout.locate(data)
    return all(server.is_ready(place) for server in _needed(data))


def stop(data: Path | None = None) -> None:
    """Stops the embedded servers of a data folder, ours by default, if any runs."""
    data = data or layout.data_folder()
    if not (data / "servers").exists():
        return
    with layout.lock(data):
        place = layout.locate(data)
        valkey.stop(place)
        postgres.stop(place)


@contextmanager
def throwaway() -> Iterator[Path]:
    """A data folder with servers of its own, for tests: fast, and gone at the end. Yields the folder.

    Servers given by DATABASE_URL or REDIS_URL are used instead of embedded ones.
    """
    before = {name: os.environ.get(name) for name in VARIABLES}
    for name in _embedded(layout.data_folder()):
        os.environ.pop(name, None)
    try:
        with throwaway_folder() as data:
            os.environ["CLAUSEO_DATA"] = str(data)
            ensure()
            yield data
    finally:
        _restore(before)


@contextmanager
def throwaway_folder() -> Iterator[Path]:
    """A data folder whose servers, started by whoever asks for it, are stopped and gone at the end."""
    _sweep_abandoned()
    data = Path(tempfile.mkdtemp(prefix=THROWAWAY_PREFIX)).resolve()
    data.chmod(0o711)
    claim = _claim(data)
    try:
        yield data
    finally:
        stop(data)
        layout.remove(data)
        os.close(claim)


def _is_production() -> bool:
    return os.environ.get("DJANGO_SETTINGS_MODULE", "").endswith(".production")


def _embedded(data: Path) -> dict[str, str]:
    """The addresses that are ours to give: unset, or given by us to a parent process."""
    place = layout.locate(data)
    database, broker = postgres.url(place, postgres.APPLICATION), valkey.url(place)
    ours = {}
    if os.environ.get("DATABASE_URL", "") in ("", database):
        ours = {"DATABASE_URL": database, "DATABASE_OWNER_URL": postgres.url(place, postgres.OWNER)}
    if os.environ.get("REDIS_URL", "") in ("", broker):
        ours["REDIS_URL"] = broker
    return ours


def _needed(data: Path) -> list[Server]:
    ours = _embedded(data)
    servers: list[tuple[str, Server]] = [("DATABASE_URL", postgres), ("REDIS_URL", valkey)]
    return [server for variable, server in servers if variable in ours]


def _claim(data: Path) -> int:
    """Marks the folder as throw-away by a file locked as long as we live; it appears already locked."""
    draft = data / f"{layout.THROWAWAY}.new"
    handle = os.open(draft, os.O_RDWR | os.O_CREAT, 0o600)
    flock(handle, LOCK_EX)
    draft.rename(data / layout.THROWAWAY)
    return handle


def _sweep_abandoned() -> None:
    """Removes the throw-away servers of test runs that were killed."""
    for data in Path(tempfile.gettempdir()).resolve().glob(f"{THROWAWAY_PREFIX}*"):
        try:
            handle = os.open(data / layout.THROWAWAY, os.O_RDWR)
        except OSError:
            continue
        try:
            flock(handle, LOCK_EX | LOCK_NB)
            stop(data)
            layout.remove(data)
        except (BlockingIOError, ServerError):
            continue
        finally:
            os.close(handle)


def _restore(variables: dict[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
