"""Databases that a test makes and drops, by the owner's login on the maintenance database."""

import os
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from django.db.backends.utils import CursorWrapper

EXTENSIONS = Path(__file__).parent.parent / "deploy/extensions.sql"


def create_database(name: str, template: str = "template1") -> None:
    """A new one, in the place of what a run that was cut short has left."""
    _run("postgres", f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} TEMPLATE {template}")
    _run(name, EXTENSIONS.read_text())


def add_test_doors(cursor: CursorWrapper) -> None:
    """What a test does in its own transaction though no scope may: functions of the owner, in these databases only."""
    cursor.execute(
        "CREATE OR REPLACE FUNCTION test_make_operator(person bigint) RETURNS void LANGUAGE sql SECURITY DEFINER"
        " SET search_path = public, pg_temp AS 'UPDATE tenants_user SET is_operator = true WHERE id = person'"
    )


def drop_database(name: str) -> None:
    """Its connections must be closed. Not by FORCE, which fails on an autovacuum: that one's login is not ours to stop.

    PostgreSQL stops an autovacuum by itself and leaves connections that are closing five seconds.
    """
    _run("postgres", f"DROP DATABASE IF EXISTS {name}")


def _run(database: str, *statements: str) -> None:
    owner = urlunsplit(urlsplit(os.environ["DATABASE_OWNER_URL"])._replace(path=f"/{database}"))
    with closing(psycopg2.connect(owner)) as link:
        link.autocommit = True
        with link.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
