"""Databases that a test makes and drops, by the owner's login on the maintenance database."""

import os
from contextlib import closing
from urllib.parse import urlsplit, urlunsplit

import psycopg2


def create_database(name: str, template: str = "template1") -> None:
    """A new one, in the place of what a run that was cut short has left."""
    _administer(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} TEMPLATE {template}")


def drop_database(name: str) -> None:
    """Its connections must be closed. Not by FORCE, which fails on an autovacuum: that one's login is not ours to stop.

    PostgreSQL stops an autovacuum by itself and leaves connections that are closing five seconds.
    """
    _administer(f"DROP DATABASE IF EXISTS {name}")


def _administer(*statements: str) -> None:
    owner = urlunsplit(urlsplit(os.environ["DATABASE_OWNER_URL"])._replace(path="/postgres"))
    with closing(psycopg2.connect(owner)) as link:
        link.autocommit = True
        with link.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
