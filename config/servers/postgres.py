"""The embedded PostgreSQL: one cluster in the data folder, reached by unix socket only, never by trust."""

import hashlib
import platform
import shutil
import signal
import time
from pathlib import Path

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, connection

from config.servers import process
from config.servers.account import UNPRIVILEGED
from config.servers.binaries import postgres_bin
from config.servers.errors import ServerError
from config.servers.layout import ROOT, Layout

START_TIMEOUT = 60.0
# After a crash, replaying the log can take long; the process is alive and says so.
RECOVERY_TIMEOUT = 900.0
PORT = 5432
SUPERUSER, OWNER, APPLICATION, DATABASE = "postgres", "clauseo_owner", "clauseo_app", "clauseo"
ROLES, EXTENSIONS = ROOT / "deploy/roles.sql", ROOT / "deploy/extensions.sql"


def url(layout: Layout, role: str) -> str:
    return f"postgresql://{role}@:{PORT}/{DATABASE}?host={layout.sockets}"


def is_ready(layout: Layout) -> bool:
    """Answers as the application, and holds the roles of this version of the program."""
    try:
        if (layout.servers / "provisioned").read_text() != _provision_mark():
            return False
        _connect(layout, APPLICATION, DATABASE).close()
    except (OSError, psycopg2.OperationalError):
        return False
    return True


def start(layout: Layout) -> None:
    if is_ready(layout):
        return
    _create_cluster(layout)
    if not _answers(layout):
        # One that lives but cannot be reached (its socket was deleted) would hold the same files.
        stop(layout)
        _clear_remains(layout)
        _launch(layout)
    _provision(layout)


def stop(layout: Layout) -> None:
    running = process.find("postgres", argument=layout.servers / "postgres")
    if running is not None:
        # Fast, then immediate (replays its log at the next start, loses nothing).
        process.stop(running, (signal.SIGINT, 8), (signal.SIGQUIT, 3), (signal.SIGKILL, 3))


def _connect(layout: Layout, role: str, database: str) -> connection:
    return psycopg2.connect(host=str(layout.sockets), port=PORT, user=role, dbname=database, connect_timeout=5)


def _answers(layout: Layout) -> bool:
    try:
        _connect(layout, SUPERUSER, "postgres").close()
    except psycopg2.OperationalError:
        return False
    return True


def _create_cluster(layout: Layout) -> None:
    cluster = layout.servers / "postgres"
    programs = postgres_bin(layout)
    if cluster.exists():
        _check_version(cluster, programs, layout)
        return
    draft = layout.servers / "postgres.new"
    shutil.rmtree(draft, ignore_errors=True)
    # The built-in C.UTF-8 collation sorts alike on every system; the ctype serves what still asks the C library.
    ctype = "en_US.UTF-8" if platform.system() == "Darwin" else "C.UTF-8"
    initdb = [str(programs / "initdb"), "-D", str(draft), "-U", SUPERUSER, "-E", "UTF8", "--auth=peer"]
    initdb += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--lc-ctype={ctype}", "--no-instructions"]
    layout.account.run(initdb + ["--no-sync"] * layout.throwaway, cwd=layout.servers)
    draft.rename(cluster)


def _check_version(cluster: Path, programs: Path, layout: Layout) -> None:
    made_by = (cluster / "PG_VERSION").read_text().strip()
    # "postgres (PostgreSQL) 18.6"
    ours = layout.account.run([str(programs / "postgres"), "--version"], cwd=layout.servers).split()[2].split(".")[0]
    if made_by != ours:
        raise ServerError(
            f"Les données de {cluster} sont de PostgreSQL {made_by}, le programme est PostgreSQL {ours} : faites une "
            "sauvegarde avec la version précédente de Clauséo (make backup), puis restaurez-la dans un dossier neuf."
        )


def _clear_remains(layout: Layout) -> None:
    """After a kill -9. The caller knows the postmaster dead; PostgreSQL would believe a pid that another took over."""
    cluster = layout.servers / "postgres"
    for orphan in process.find_working_in(cluster, name="postgres"):
        process.stop(orphan, (signal.SIGKILL, 5))
    for path in (cluster / "postmaster.pid", *layout.sockets.glob(f".s.PGSQL.{PORT}*")):
        path.unlink(missing_ok=True)


def _launch(layout: Layout) -> None:
    layout.write("pg_hba.conf", "local all all peer map=clauseo\n")
    layout.write("pg_ident.conf", _identities(layout))
    settings = layout.write("postgresql.conf", _settings(layout))
    cluster, log = layout.servers / "postgres", layout.servers / "postgres.log"
    argv = [str(postgres_bin(layout) / "postgres"), "-D", str(cluster), f"--config-file={settings}"]
    daemon = process.detach(argv, account=layout.account, log=log)
    begun = time.monotonic()
    while not _answers(layout):
        waited = time.monotonic() - begun
        recovering = (cluster / "postmaster.pid").exists() and "starting" in process.tail(cluster / "postmaster.pid", 1)
        if not process.is_alive(daemon) or waited > (RECOVERY_TIMEOUT if recovering else START_TIMEOUT):
            raise ServerError(f"PostgreSQL n'a pas démarré. Fin de {log} :\n{process.tail(log)}")
        time.sleep(0.02)


def _identities(layout: Layout) -> str:
    """Which system accounts may take our database roles: the owner of the files, and root who could become it anyway.

    Not the account that root lends to the servers: other daemons of the machine run under it.
    """
    accounts = {"root", layout.account.name}
    if not layout.account.is_current:
        accounts -= {UNPRIVILEGED}
    roles = (SUPERUSER, OWNER, APPLICATION)
    return "".join(f'clauseo "{account}" {role}\n' for account in sorted(accounts) for role in roles)


def _settings(layout: Layout) -> str:
    folder = layout.servers
    lines = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{layout.sockets}"',
        "unix_socket_permissions": "0700",
        "hba_file": str(folder / "pg_hba.conf"),
        "ident_file": str(folder / "pg_ident.conf"),
        "max_connections": "100",
        "shared_buffers": "256MB",
        "effective_cache_size": "1GB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "2GB",
        "random_page_cost": "1.1",
        # Queries are short: compiling them costs more than it saves.
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] ",
        "log_checkpoints": "off",
        # Statements and refused rows hold personal data: messages alone are logged.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
    }
    if layout.throwaway:
        lines |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
    return "".join("{} = '{}'\n".format(name, value.replace("'", "''")) for name, value in lines.items())


def _provision_mark() -> str:
    return hashlib.sha256(ROLES.read_bytes() + EXTENSIONS.read_bytes()).hexdigest()


def _provision(layout: Layout) -> None:
    """Roles, database and extensions; every step may run again."""
    _execute(layout, "postgres", ROLES.read_text())
    # Databases made later, those of the tests among them, inherit the extensions.
    _execute(layout, "template1", EXTENSIONS.read_text())
    if layout.throwaway:
        _execute(layout, "postgres", f"ALTER ROLE {OWNER} CREATEDB")
    if (DATABASE,) not in _execute(layout, "postgres", "SELECT datname FROM pg_database"):
        _execute(layout, "postgres", f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
    _execute(layout, DATABASE, EXTENSIONS.read_text())
    layout.write("provisioned", _provision_mark())


def _execute(layout: Layout, database: str, sql: str) -> list[tuple[object, ...]]:
    server = _connect(layout, SUPERUSER, database)
    try:
        server.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        with server.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        server.close()
