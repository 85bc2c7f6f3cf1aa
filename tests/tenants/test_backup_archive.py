"""The file itself, without a database: nothing but what was written can be read back."""

import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tenants.services.backup_archive import BackupError, Manifest, read_archive, write_archive
from tests.tenants.archives import rewrite, with_manifest


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    documents = tmp_path / "documents"
    (documents / "ab").mkdir(parents=True)
    (documents / "ab/abcd").write_bytes(b"first")
    (documents / "efgh").write_bytes(b"second" * 500_000)
    (documents / ".restore").mkdir()
    (documents / ".restore/left").write_bytes(b"a restoration at work")
    (tmp_path / "dump").write_bytes(b"PGDMP" * 1000)
    manifest = Manifest(created_at="2026-11-20T10:00:00+00:00", postgres=18, migrations=["tenants.0001"], keys=["k"])
    write_archive(tmp_path / "backup.tar", dump=tmp_path / "dump", documents=documents, manifest=manifest)
    return tmp_path / "backup.tar"


def test_read_back(archive: Path, tmp_path: Path) -> None:
    manifest = read_archive(archive, tmp_path / "into")
    assert manifest.migrations == ["tenants.0001"]
    assert sorted(manifest.files) == ["database.dump", "documents/ab/abcd", "documents/efgh"]
    assert (tmp_path / "into/database.dump").read_bytes() == b"PGDMP" * 1000
    assert (tmp_path / "into/documents/ab/abcd").read_bytes() == b"first"
    assert (tmp_path / "into/documents/efgh").read_bytes() == b"second" * 500_000


def test_only_its_owner_reads_it(archive: Path) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600


def test_nothing_is_left_of_a_backup_that_fails(archive: Path, tmp_path: Path) -> None:
    before = archive.read_bytes()
    manifest = Manifest(created_at="", postgres=18, migrations=[], keys=[])
    with pytest.raises(FileNotFoundError):
        write_archive(archive, dump=tmp_path / "absent", documents=tmp_path / "documents", manifest=manifest)
    assert archive.read_bytes() == before
    assert not list(tmp_path.glob("*.partial"))


def entry(fragment: str, **change: str | bytes | None) -> Callable[[Path], Path]:
    """Gives the entry whose name holds `fragment` another `name` or `content`; `content=None` takes it out."""

    def damage(name: str, content: bytes) -> tuple[str, bytes] | None:
        if fragment not in name:
            return name, content
        new_name, new_content = change.get("name", name), change.get("content", content)
        return None if new_content is None else (str(new_name), bytes(new_content))  # type: ignore[arg-type]

    return lambda path: rewrite(path, damage)


def written(content: bytes) -> Callable[[Path], Path]:
    def damage(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return damage


def cut(size: int) -> Callable[[Path], Path]:
    return lambda path: written(path.read_bytes()[:size])(path)


def with_folder(path: Path) -> Path:
    with tarfile.open(path, "w") as made:
        made.add(path.parent, "documents", recursive=False)
    return path


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.with_name("absent.tar"), "n'existe pas"),
        (written(b"PK\x03\x04 not a tar"), "n'est pas une sauvegarde"),
        (written(b""), "n'est pas une sauvegarde"),
        (cut(700), "tronqué"),
        (cut(6 * 1024), "tronqué"),
        (cut(100 * 1024), "tronqué"),
        (entry("manifest.json", content=None), "tronqué"),
        (entry("database.dump", content=b"other"), "database.dump n'a pas le contenu"),
        (entry("ab/abcd", content=b"other"), "ab/abcd n'a pas le contenu"),
        (entry("ab/abcd", content=None), "ab/abcd n'a pas le contenu"),
        (entry("ab/abcd", name="documents/ab/other"), "n'a pas le contenu"),
        (entry("ab/abcd", name="documents/../../evil"), "inattendue"),
        (entry("ab/abcd", name="/etc/evil"), "inattendue"),
        (entry("ab/abcd", name="evil"), "inattendue"),
        (with_folder, "inattendue"),
        (entry("manifest.json", content=b"{"), "illisible"),
        (entry("manifest.json", content=b"[]"), "illisible"),
        (entry("manifest.json", content=b"{}"), "illisible"),
        (entry("manifest.json", content=b'{"format": 1}'), "illisible"),
        (lambda path: with_manifest(path, format=2), "format 2"),
    ],
)
def test_what_is_not_a_whole_backup_is_refused_with_words(
    archive: Path, tmp_path: Path, damage: Callable[[Path], Path], message: str
) -> None:
    with pytest.raises(BackupError, match=message):
        read_archive(damage(archive), tmp_path / "into")
    assert not (tmp_path.parent / "evil").exists()
