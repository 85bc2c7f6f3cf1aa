"""The file of a backup: a tar of the database dump and of the documents as they are stored, then the manifest.

The manifest comes last, so that it holds the fingerprint of what was really written, in one reading of each file.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

FORMAT = 1
DUMP = "database.dump"
DOCUMENTS = "documents"
MANIFEST = "manifest.json"
BLOCK = 1024 * 1024


class BackupError(Exception):
    """What the person who saves or restores has to know, in French."""


@dataclass
class Manifest:
    """`files`: path in the archive → SHA-256. `keys`: fingerprints of the document keys, which the backup lacks."""

    created_at: str
    postgres: int
    migrations: list[str]
    keys: list[str]
    format: int = FORMAT
    files: dict[str, str] = field(default_factory=dict)

    @property
    def documents(self) -> list[str]:
        return [name for name in self.files if name != DUMP]


class _Hashed(io.RawIOBase):
    """Hands on what it reads, and hashes it."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._source.read(size)
        self._digest.update(block)
        return block

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def write_archive(target: Path, *, dump: Path, documents: Path, manifest: Manifest) -> None:
    """`target` appears whole or not at all. Readable by its owner only: personal data."""
    draft = target.with_name(f"{target.name}.partial")
    try:
        draft.touch(mode=0o600)
        with tarfile.open(draft, "w") as archive:
            for name, path in [(DUMP, dump), *_stored(documents)]:
                manifest.files[name] = _add(archive, name, path)
            content = json.dumps(asdict(manifest), indent=1).encode()
            entry = tarfile.TarInfo(MANIFEST)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def read_archive(source: Path, into: Path) -> Manifest:
    """Unpacks the whole archive below `into` and checks every byte; the caller deletes `into` when this raises."""
    try:
        with tarfile.open(source, "r:") as archive:
            found, manifest = _unpack(archive, into)
    except FileNotFoundError as error:
        raise BackupError(f"Le fichier {source} n'existe pas.") from error
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{source} n'est pas une sauvegarde, ou le fichier est tronqué.") from error
    if manifest is None:
        raise BackupError(f"{source} n'est pas une sauvegarde de Clauséo, ou le fichier est tronqué.")
    if manifest.files != found:
        damaged = sorted(set(manifest.files.items()) ^ set(found.items()))[0][0]
        raise BackupError(f"La sauvegarde est abîmée : {damaged} n'a pas le contenu enregistré. Rien n'a été restauré.")
    return manifest


def _stored(documents: Path) -> Iterator[tuple[str, Path]]:
    # What begins with a dot is a restoration at work.
    for path in sorted(documents.rglob("*")):
        relative = path.relative_to(documents)
        if path.is_file() and not relative.parts[0].startswith("."):
            yield f"{DOCUMENTS}/{relative.as_posix()}", path


def _add(archive: tarfile.TarFile, name: str, path: Path) -> str:
    with path.open("rb") as stream:
        entry = tarfile.TarInfo(name)
        entry.size = path.stat().st_size
        hashed = _Hashed(stream)
        archive.addfile(entry, hashed)  # type: ignore[arg-type]  # only read() is used
    return hashed.hexdigest()


def _unpack(archive: tarfile.TarFile, into: Path) -> tuple[dict[str, str], Manifest | None]:
    found: dict[str, str] = {}
    for entry in archive:
        stream = archive.extractfile(entry)
        if stream is None or not _is_expected(entry.name):
            raise BackupError(f"La sauvegarde contient une entrée inattendue : {entry.name}. Rien n'a été restauré.")
        if entry.name == MANIFEST:
            return found, _manifest(stream.read())
        hashed = _Hashed(stream)
        target = into / entry.name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as copy:
            while block := hashed.read(BLOCK):
                copy.write(block)
        found[entry.name] = hashed.hexdigest()
    return found, None


def _is_expected(name: str) -> bool:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        return False
    return name in (DUMP, MANIFEST) or (path.parts[0] == DOCUMENTS and len(path.parts) > 1)


def _manifest(content: bytes) -> Manifest:
    try:
        values = json.loads(content)
        version = values["format"]
        if version == FORMAT:
            return Manifest(**values)
    except (ValueError, KeyError, TypeError) as error:
        raise BackupError("Le manifeste de la sauvegarde est illisible. Rien n'a été restauré.") from error
    raise BackupError(
        f"La sauvegarde est au format {version}, cette version de Clauséo lit le format {FORMAT}. "
        "Restaurez-la avec la version qui l'a faite."
    )
