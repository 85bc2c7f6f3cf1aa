"""What every test stands on: a database of its own, reached as the application's login, and the traps of traps.py."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client

from tests import factories, traps
from tests.databases import add_test_doors, create_database, drop_database


@pytest.fixture(scope="session", autouse=True)
def _traps() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        traps.set_all(patch)
        yield


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """A migrated database per process. The owner makes it; tests use `default`, the login behind row-level security."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    name = f"clauseo_test_{worker}"
    before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    with django_db_blocker.unblock():
        create_database(name)
        for alias in connections:
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name
        call_command("migrate", verbosity=0, interactive=False)
        with connections["owner"].cursor() as owner:
            add_test_doors(owner)
        connections["owner"].close()
    yield
    with django_db_blocker.unblock():
        for alias in connections:
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = before[alias]
        drop_database(name)


@pytest.fixture
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Real commits, for several connections at once. The owner empties it: the application cannot TRUNCATE."""
    with django_db_blocker.unblock():
        yield
        connection.close()
        with connections["owner"].cursor() as cursor:
            tables = [
                table
                for table in connections["owner"].introspection.django_table_names(only_existing=True)
                if table not in ("django_migrations", "django_content_type", "auth_permission")
            ]
            quoted = ", ".join(f'"{table}"' for table in tables)
            cursor.execute(f"TRUNCATE {quoted} RESTART IDENTITY CASCADE")
        connections["owner"].close()


@pytest.fixture(autouse=True)
def documents_dir(settings: Any, tmp_path: Any) -> None:
    settings.DOCUMENTS_DIR = tmp_path / "documents"


@pytest.fixture
def world(db: None) -> factories.World:
    """Two structures with similar data: Alice's (hers), Bob's (her colleague, reader), and Charlie the stranger's."""
    return factories.World.build()


@pytest.fixture
def alice(world: factories.World) -> Client:
    return factories.logged_in(world.alice)


@pytest.fixture
def bob(world: factories.World) -> Client:
    return factories.logged_in(world.bob)


@pytest.fixture
def charlie(world: factories.World) -> Client:
    return factories.logged_in(world.charlie)
