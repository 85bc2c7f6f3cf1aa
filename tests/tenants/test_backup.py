"""Backup and restoration, on databases of their own: a restoration replaces everything."""

import io
import json
import stat
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from tenants import scope
from tenants.models import Tenant
from tenants.services import backup_archive, backups
from tests import factories
from tests.databases import create_database, drop_database
from tests.tenants.archives import rewrite, with_manifest

Switch = Callable[[str], None]


@pytest.fixture
def use_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[Switch]:
    """Points both connections at a fresh copy of the migrated, empty test database."""
    migrated = connections["owner"].settings_dict["NAME"]
    made = []

    def point(name: str) -> None:
        connections.close_all()
        for alias in connections:
            connections[alias].settings_dict["NAME"] = name

    def switch(suffix: str) -> None:
        name = f"{migrated}_{suffix}"
        connections.close_all()
        if name not in made:
            create_database(name, template=migrated)
            made.append(name)
        point(name)

    with django_db_blocker.unblock():
        yield switch
        point(migrated)
        for name in made:
            drop_database(name)


@pytest.fixture
def documents(settings: Any) -> Path:
    folder = Path(settings.DOCUMENTS_DIR)
    (folder / "ab").mkdir(parents=True)
    (folder / "ab" / "abcd").write_bytes(b"\x00encrypted")
    return folder


@pytest.fixture
def saved(use_database: Switch, documents: Path, tmp_path: Path) -> Path:
    """A backup of a database with two structures, which stays the current one."""
    use_database("source")
    factories.World.build()
    call_command("backup", str(tmp_path / "backup.tar"), stdout=io.StringIO())
    return tmp_path / "backup.tar"


def contents() -> dict[str, Any]:
    """Every row of every table, every policy, grant, trigger and constraint, as the owner sees them."""
    connections.close_all()
    with connections["owner"].cursor() as cursor:
        found: dict[str, Any] = {}
        for table in connections["owner"].introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*), md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{table}" t')
            found[table] = cursor.fetchone()
        for name, query in {
            "policies": "SELECT tablename, policyname, cmd, roles::text, qual, with_check FROM pg_policies",
            "security": "SELECT relname, relrowsecurity, relforcerowsecurity, relacl::text FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace",
            "functions": "SELECT proname, proacl::text, prosecdef, md5(prosrc) FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace"
            # Extensions are of the set-up, not of the data.
            " AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')",
            "triggers": "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal",
            "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint",
        }.items():
            cursor.execute(query)
            found[name] = sorted(cursor.fetchall(), key=repr)
    connections.close_all()
    return found


def indicators() -> str:
    with scope.operator():
        slug = Tenant.objects.order_by("pk").values_list("slug", flat=True)[0]
    out = io.StringIO()
    call_command("indicators", "--tenant", slug, "--from", "2026-01", "--to", "2026-12", stdout=out)
    return out.getvalue()


def restore(source: Path, *options: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("restore", str(source), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_backup_holds_database_documents_and_manifest_but_no_key(saved: Path, settings: Any) -> None:
    with tarfile.open(saved) as archive:
        assert archive.getnames() == ["database.dump", "documents/ab/abcd", "manifest.json"]
        manifest = json.load(archive.extractfile("manifest.json"))  # type: ignore[arg-type]
    assert manifest["format"] == 1
    assert "tenants.0001_initial" in manifest["migrations"]
    assert not any(key.encode() in saved.read_bytes() for key in settings.DOCUMENT_KEYS)
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert sorted(path.name for path in saved.parent.glob("backup*")) == ["backup.tar"]


def test_restored_elsewhere_everything_is_the_same(
    saved: Path, use_database: Switch, settings: Any, tmp_path: Path
) -> None:
    before, figures = contents(), indicators()
    assert before["tenants_tenant"][0] == 2
    assert json.loads(figures)["hours"]["due"] == 833
    use_database("target")
    settings.DOCUMENTS_DIR = tmp_path / "elsewhere"
    out, err = restore(saved)
    assert "documents : 1" in out
    assert err == ""
    assert contents() == before
    assert indicators() == figures
    assert (tmp_path / "elsewhere/ab/abcd").read_bytes() == b"\x00encrypted"
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["ab"]


def test_planner_knows_the_restored_tables(saved: Path, use_database: Switch) -> None:
    use_database("target")
    restore(saved)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM clauses_lot")
        (lots,) = cursor.fetchone()
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'clauses_lot'::regclass")
        assert cursor.fetchone() == (lots,) == (2,)


def test_data_are_replaced_on_demand_only(saved: Path, documents: Path) -> None:
    before = contents()
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE tenants_tenant SET name = 'changée'")
    (documents / "ab/abcd").write_bytes(b"changed")
    (documents / "late").write_bytes(b"late")
    with pytest.raises(CommandError, match="contient déjà des données"):
        restore(saved)
    assert contents() != before
    restore(saved, "--replace")
    assert contents() == before
    assert (documents / "ab/abcd").read_bytes() == b"\x00encrypted"
    assert [path.name for path in documents.iterdir()] == ["ab"]


def test_restored_into_a_database_without_tables(saved: Path, use_database: Switch) -> None:
    before = contents()
    use_database("bare")
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP OWNED BY CURRENT_USER CASCADE")
    restore(saved)
    assert contents() == before


def test_older_backup_is_brought_up_to_this_version(saved: Path, use_database: Switch) -> None:
    before = contents()
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
        cursor.execute("DROP TABLE django_session")
    call_command("backup", str(saved), stdout=io.StringIO())
    use_database("target")
    restore(saved)
    assert contents()["constraints"] == before["constraints"]


def test_missing_document_key_is_said(saved: Path, use_database: Switch, settings: Any) -> None:
    settings.DOCUMENT_KEYS = ["another"]
    use_database("target")
    _, err = restore(saved)
    assert "CLAUSEO_DOCUMENT_KEYS" in err


def test_work_in_progress_stops_the_restoration(saved: Path) -> None:
    before = contents()
    worker = connections["default"].copy()
    worker.connect()
    try:
        with pytest.raises(CommandError, match="arrêtez Clauséo"):
            restore(saved, "--replace")
    finally:
        worker.close()
    assert contents() == before


def flipped(name: str, content: bytes) -> tuple[str, bytes]:
    middle = len(content) // 2
    changed = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    return name, changed if name == "database.dump" else content


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: rewrite(path, flipped), "database.dump n'a pas le contenu enregistré"),
        (lambda path: with_manifest(path, migrations=["tenants.9999_future"]), "plus récente"),
        (lambda path: with_manifest(path, postgres=99), "PostgreSQL 99"),
    ],
)
def test_what_cannot_be_restored_is_refused_and_nothing_changes(
    saved: Path, documents: Path, damage: Callable[[Path], Path], message: str
) -> None:
    before = contents()
    with pytest.raises(CommandError, match=message):
        restore(damage(saved), "--replace")
    assert contents() == before
    assert sorted(path.name for path in documents.rglob("*")) == ["ab", "abcd"]
    assert (documents / "ab/abcd").read_bytes() == b"\x00encrypted"


def test_load_that_fails_half_way_leaves_the_old_data(saved: Path) -> None:
    """Sound fingerprints over a dump that PostgreSQL refuses: its last index calls a function that fails."""
    before = contents()
    define = "CREATE OR REPLACE FUNCTION late(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS"
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"{define} 'BEGIN RETURN $1; END'")
        cursor.execute("CREATE TABLE late_rows (id int); INSERT INTO late_rows VALUES (1)")
        cursor.execute("CREATE INDEX ON late_rows (public.late(id))")
        cursor.execute(f"{define} $$BEGIN RAISE EXCEPTION 'half way'; END$$")
    call_command("backup", str(saved), stdout=io.StringIO())
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP TABLE late_rows; DROP FUNCTION late")
    with pytest.raises(CommandError, match="half way"):
        restore(saved, "--replace")
    assert contents() == before


def test_backup_that_cannot_be_written(use_database: Switch, tmp_path: Path) -> None:
    use_database("source")
    with pytest.raises(CommandError):
        call_command("backup", str(tmp_path / "absent/backup.tar"))


def test_without_documents(use_database: Switch, tmp_path: Path, settings: Any) -> None:
    use_database("source")
    call_command("backup", str(tmp_path / "backup.tar"), stdout=io.StringIO())
    settings.DOCUMENT_KEYS = ["another"]
    out, err = restore(tmp_path / "backup.tar")
    assert "documents : 0" in out
    assert err == ""


def test_system_programs_serve_a_newer_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(backup_archive.BackupError, match="client de PostgreSQL 99"):
        backups.find_program("pg_dump", 99)
    (tmp_path / "pg_dump").touch(mode=0o755)
    assert backups.find_program("pg_dump", 99) == str(tmp_path / "pg_dump")
    assert backups.find_program("pg_dump", 18) != str(tmp_path / "pg_dump")
