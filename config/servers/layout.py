"""Where the embedded servers of one data folder keep their files and their sockets."""

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.servers.account import Account, account_for
from config.servers.errors import ServerError

ROOT = Path(__file__).resolve().parent.parent.parent
LOCK_TIMEOUT = 120.0
# sun_path holds 104 bytes on macOS, 108 on Linux; the longest name put in the folder is `.s.PGSQL.5432.lock`.
LONGEST_SOCKETS = 80
# These paths end up in URLs: what would need quoting goes to the short folder instead.
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")
THROWAWAY = "throwaway"


@dataclass(frozen=True)
class Layout:
    """`data` is CLAUSEO_DATA; `servers` holds cluster, broker and logs, owned by `account`, as are the `sockets`."""

    data: Path
    servers: Path
    sockets: Path
    account: Account

    @property
    def throwaway(self) -> bool:
        """Made for one run of the tests: nothing in it needs to survive a power cut."""
        return (self.data / THROWAWAY).exists()

    def write(self, name: str, text: str) -> Path:
        path = self.servers / name
        path.touch()
        self.account.take(path, 0o600)
        path.write_text(text)
        return path

    def folder(self, name: str) -> Path:
        path = self.servers / name
        path.mkdir(exist_ok=True)
        self.account.take(path, 0o700)
        return path


def data_folder() -> Path:
    return Path(os.environ.get("CLAUSEO_DATA") or ROOT / "var").expanduser().resolve()


def locate(data: Path) -> Layout:
    link = data / "servers"
    if link.is_symlink() and not link.exists():
        raise ServerError(
            f"{link} mène à {link.readlink()}, qui n'existe plus. Supprimez ce lien pour repartir à vide."
        )
    servers = link.resolve()
    return Layout(data=data, servers=servers, sockets=_sockets(servers), account=account_for(servers))


def prepare(data: Path) -> Layout:
    """Creates what is missing. Called under the lock of the data folder."""
    layout = locate(data)
    if not layout.servers.exists():
        _create(layout)
        layout = locate(data)
    _create_sockets(layout)
    return layout


def remove(data: Path) -> None:
    """Deletes a data folder whose servers are stopped, wherever its parts are."""
    layout = locate(data)
    for folder in (layout.sockets, layout.servers, data):
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def lock(data: Path) -> Iterator[None]:
    """One start or stop at a time for a data folder, among all processes; released by the kernel whatever happens."""
    create_data(data)
    try:
        handle = os.open(data / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError as error:
        raise ServerError(
            f"Le dossier {data} n'est pas accessible en écriture : relancez avec le compte qui l'a créé, "
            "ou donnez un autre dossier par la variable CLAUSEO_DATA."
        ) from error
    try:
        _acquire(handle, data)
        yield
    finally:
        os.close(handle)


def create_data(data: Path) -> None:
    if not data.exists():
        data.mkdir(parents=True, exist_ok=True)
        # When root starts servers under another account, that account has to pass through.
        data.chmod(0o711 if os.geteuid() == 0 else 0o700)


def _acquire(handle: int, data: Path) -> None:
    deadline = time.monotonic() + LOCK_TIMEOUT
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise ServerError(f"Un autre démarrage occupe {data} depuis plus de deux minutes.") from None
            time.sleep(0.05)


def _create(layout: Layout) -> None:
    layout.servers.mkdir()
    layout.account.take(layout.servers, 0o700)
    if layout.account.can("-x", layout.servers):
        return
    # Root's own home (0700) is closed to the unprivileged account: the files go to /var/lib, a link remembers where.
    layout.servers.rmdir()
    parent = next((path for path in (Path("/var/lib"), Path("/var/db")) if path.is_dir()), Path(tempfile.gettempdir()))
    target = Path(tempfile.mkdtemp(prefix="clauseo-", dir=parent))
    layout.account.take(target, 0o700)
    (layout.data / "servers").symlink_to(target)


def _sockets(servers: Path) -> Path:
    inside = servers / "run"
    if len(os.fsencode(inside)) <= LONGEST_SOCKETS and PLAIN_PATH.fullmatch(str(inside)):
        return inside
    name = hashlib.sha256(os.fsencode(servers)).hexdigest()[:16]
    return Path("/tmp") / f"clauseo-{name}"  # noqa: S108 -- its owner and mode are checked


def _create_sockets(layout: Layout) -> None:
    path = layout.sockets
    if not path.is_symlink() and not path.exists():
        path.mkdir(mode=0o700)
        layout.account.take(path, 0o700)
    status = path.lstat()
    if path.is_symlink() or not path.is_dir() or status.st_uid != layout.account.uid or status.st_mode & 0o077:
        raise ServerError(f"{path} n'est pas un dossier privé du compte {layout.account.name} : supprimez-le.")
