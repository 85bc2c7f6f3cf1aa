"""Web and workers do not start with a login that the walls do not hold."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection, connections

from tenants import scope, startup
from tenants.startup import Login, read_login, refuse_unsafe_start, verify_login


@pytest.fixture
def unverified(monkeypatch):
    monkeypatch.setattr(startup, "_verified", False)


def serve_as(alias: str, monkeypatch) -> None:
    """The process's `default` connection is that of `alias`."""
    settings = connections["default"].settings_dict
    for key in ("USER", "PASSWORD", "HOST", "PORT"):
        monkeypatch.setitem(settings, key, connections[alias].settings_dict[key])


def test_applications_login_is_held_by_the_walls(db):
    assert read_login(connection) == Login("clauseo_app", False, False, False)


def test_owners_login_is_not(transactional_db):
    assert read_login(connections["owner"]).owns_tables


@pytest.mark.parametrize(
    ("login", "said"),
    [
        (Login("x", True, False, False), "superutilisateur"),
        (Login("x", False, True, False), "BYPASSRLS"),
        (Login("x", False, False, True), "possède la base"),
        (Login("x", False, False, False), ""),
    ],
)
def test_fault_is_named(login, said):
    assert said in login.fault()
    assert bool(said) == bool(login.fault())


def test_start_passes_with_the_applications_login(transactional_db, unverified):
    refuse_unsafe_start()
    assert startup._verified


def test_start_is_refused_as_owner_and_so_is_every_scope(transactional_db, unverified, monkeypatch):
    connections["default"].close()
    serve_as("owner", monkeypatch)
    with pytest.raises(ImproperlyConfigured, match="refuse de démarrer"):
        refuse_unsafe_start()
    with pytest.raises(ImproperlyConfigured, match="clauseo_app"), scope.none():
        pytest.fail("a scope was entered as owner")
    connections["default"].close()


def test_start_is_refused_where_the_owner_is_given(unverified, settings):
    settings.SERVES_WITHOUT_OWNER = True
    with pytest.raises(ImproperlyConfigured, match="DATABASE_OWNER_URL"):
        refuse_unsafe_start()


def test_database_that_is_down_at_the_start_is_verified_later(transactional_db, unverified, monkeypatch, caplog):
    connections["default"].close()
    with monkeypatch.context() as patch:
        patch.setitem(connections["default"].settings_dict, "HOST", "/nowhere")
        refuse_unsafe_start()
        assert "will be verified" in caplog.text
        with pytest.raises(OperationalError):
            verify_login()
    connections["default"].close()
    with scope.none():
        assert startup._verified


@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, "-c", "import config.wsgi"],
        [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "solo", "--loglevel", "ERROR"],
    ],
    ids=["web", "worker"],
)
def test_processes_stop_with_a_clear_message(transactional_db, command):
    """As they are really started, their DATABASE_URL being the owner's."""
    environment = os.environ | {"DATABASE_URL": os.environ["DATABASE_OWNER_URL"]}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "refuse de démarrer" in done.stdout + done.stderr
