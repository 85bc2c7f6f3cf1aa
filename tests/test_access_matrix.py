"""Access matrix: every route × method of the URLconf × every kind of person. A route that nobody listed fails.

To list a route, add its row to tests/<app>/access_rows.py (format: tests/access.py). Each row is tried by seven people
in turn, each in a savepoint undone afterwards. A GET, and any request that is refused, writes nothing: PostgreSQL's own
counters of the transaction say so for every table, whatever row-level security hides.
"""

import importlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tenants.access import Mark
from tests import factories
from tests.access import LOGIN, Answer, Row

SESSION = "django_session"


def collected_rows() -> list[Row]:
    rows: list[Row] = []
    for path in sorted(Path(__file__).parent.glob("*/access_rows.py")):
        rows += importlib.import_module(f"tests.{path.parent.name}.access_rows").ROWS
    return rows


def routes(resolver: URLResolver, namespaces: tuple[str, ...] = ()) -> Iterator[tuple[str, Callable[..., Any]]]:
    """(name, view) of every route; a route without a name comes as its pattern."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, (*namespaces, pattern.namespace) if pattern.namespace else namespaces)
        elif isinstance(pattern, URLPattern):
            yield ":".join([*namespaces, pattern.name or str(pattern.pattern)]), pattern.callback


ROUTES = list(routes(get_resolver()))
ROWS = collected_rows()


def test_every_view_carries_a_mark():
    assert [name for name, view in ROUTES if not isinstance(getattr(view, "access", None), Mark)] == []


def test_no_view_is_exempt_from_csrf():
    assert [name for name, view in ROUTES if getattr(view, "csrf_exempt", False)] == []


def test_every_route_and_method_is_listed_once():
    wanted = {f"{method} {name}" for name, view in ROUTES for method in view.access.methods if method != "HEAD"}
    listed = Counter(str(row) for row in ROWS)
    assert {
        "to list in tests/<app>/access_rows.py": sorted(wanted - set(listed)),
        "listed, but no such route": sorted(set(listed) - wanted),
        "listed twice": sorted(key for key, count in listed.items() if count > 1),
    } == {"to list in tests/<app>/access_rows.py": [], "listed, but no such route": [], "listed twice": []}


def written() -> Counter[str]:
    """Rows written so far by this transaction, by table; what a savepoint undid is counted too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return Counter(dict(cursor.fetchall()))


def answer_of(response: HttpResponse) -> Answer:
    if response.status_code == 302 and response["Location"].partition("?")[0] == reverse("tenants:login"):
        return LOGIN
    return response.status_code


def client_of(world: factories.World, person: str) -> Client:
    client = Client() if person == "anonymous" else factories.logged_in(getattr(world, person))
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_access(world: factories.World, row: Row) -> None:
    url = reverse(row.route, kwargs=row.kwargs(world))
    data = row.data(world)
    surprises: dict[str, str] = {}
    wrote: dict[str, list[str]] = {}
    for person, expected in row.expected.by_person().items():
        client = client_of(world, person)
        before = written()
        with transaction.atomic():
            response = client.get(url, data) if row.method == "GET" else client.post(url, data)
            transaction.set_rollback(True)
        if (answer := answer_of(response)) != expected:
            surprises[person] = f"{answer} instead of {expected}"
        tables = set(written() - before) - {SESSION}
        if row.method == "GET":
            tables -= set(row.writes)
        if tables and (row.method == "GET" or expected in (LOGIN, 403, 404)):
            wrote[person] = sorted(tables)
    assert surprises == {}
    assert wrote == {}


@pytest.mark.parametrize("name", sorted({row.route for row in ROWS}))
def test_other_methods_are_refused(world: factories.World, name: str) -> None:
    row = next(row for row in ROWS if row.route == name)
    response = client_of(world, "alice").generic("DELETE", reverse(name, kwargs=row.kwargs(world)))
    assert response.status_code == 405
