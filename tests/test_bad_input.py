"""Bad input: every route of the access matrix is given what nobody should send, by a person who may reach it.

A page answers hostile addresses without an exception and shows no script that came with them. A form that gets garbage
writes nothing and says so; one wrong field among right ones is enough. What a field may never take is in hostile.py.
"""

from collections.abc import Mapping
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests import hostile
from tests.access import LOGIN, Row
from tests.factories import World, logged_in
from tests.hostile import BEYOND_BIGINT, FOREIGN, IN_FORM, IN_QUERY, SCRIPT
from tests.test_access_matrix import ROWS, written

# What a refused request may write: the session, who tried to log in, who read a protected record.
OUTSIDE = {"django_session", "tenants_loginfailure", "tenants_readlog"}
URLENCODED = "application/x-www-form-urlencoded"
PAGES = [row for row in ROWS if row.method == "GET"]
FORMS = [row for row in ROWS if row.method == "POST"]
WITH_A_PAGE = {row.route for row in PAGES}


class Visitor:
    """A person who may reach the row, whose requests are all undone: each one finds the same world."""

    def __init__(self, world: World, row: Row) -> None:
        self.world, self.row = world, row
        self.kwargs = row.kwargs(world)
        self.url = reverse(row.route, kwargs=self.kwargs)
        reach = [who for who, answer in row.expected.by_person().items() if answer not in (LOGIN, 403, 404)]
        person = reach[0] if reach else "alice"
        self.cookies = {} if person == "anonymous" else logged_in(getattr(world, person)).cookies
        self.faults: list[str] = []

    def get(self, what: str, url: str) -> HttpResponse:
        return self._ask(what, lambda client: client.get(url))[0]

    def post(self, what: str, url: str, data: Mapping[str, Any]) -> tuple[HttpResponse, set[str]]:
        """The answer, and the tables written."""
        sent = {name: self.own(name, value) for name, value in data.items()}
        if any(hasattr(value, "read") for value in sent.values()):
            return self._ask(what, lambda client: client.post(url, sent))
        body = hostile.query_string(sent)
        return self._ask(what, lambda client: client.post(url, body, content_type=URLENCODED))

    def own(self, name: str, value: Any) -> Any:
        return hostile.foreign(self.world, name) if value == FOREIGN else value

    def hostile_urls(self) -> list[str]:
        """The address of the row with each of its arguments replaced by what names nothing."""
        urls = []
        for name, given in self.kwargs.items():
            for value in ("0", BEYOND_BIGINT) if isinstance(given, int) else ("\x00", "é" * 300):
                try:
                    urls.append(reverse(self.row.route, kwargs=self.kwargs | {name: value}))
                except NoReverseMatch:
                    continue  # the route takes a few words only
        return urls

    def _ask(self, what: str, send: Any) -> tuple[HttpResponse, set[str]]:
        client = Client(raise_request_exception=False)
        client.cookies.update(self.cookies)
        before = written()
        with transaction.atomic():
            response = send(client)
            transaction.set_rollback(True)
        if response.status_code >= 500:
            error = getattr(response, "exc_info", None) or ("", "")
            self.faults.append(f"{what}: {response.status_code} {error[1]!r:.200}")
        elif not response.streaming and SCRIPT.encode() in response.content:
            self.faults.append(f"{what}: the script came back as it was sent")
        return response, set(written() - before) - OUTSIDE


def _brief(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r:.40}" for name, value in values.items())


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_page_with_a_hostile_address(world: World, row: Row) -> None:
    visitor = Visitor(world, row)
    for url in visitor.hostile_urls():
        visitor.get(url, url)
    with hostile.names_read() as read:
        page = visitor.get("as it is", visitor.url)
    asked = sorted(read | set(hostile.form_of(page, "get", row.route).fields))
    for values in hostile.rotations(asked, IN_QUERY):
        sent = {name: visitor.own(name, value) for name, value in values.items()}
        visitor.get(_brief(values), f"{visitor.url}?{hostile.query_string(sent)}")
    if asked:
        visitor.get("each twice", f"{visitor.url}?{'&'.join(f'{name}=1&{name}=abc' for name in asked)}")
    assert visitor.faults == []


@pytest.mark.parametrize("row", FORMS, ids=str)
def test_form_with_garbage(world: World, row: Row) -> None:
    visitor = Visitor(world, row)
    right = row.data(world)
    for url in visitor.hostile_urls():
        visitor.post(url, url, right)
    has_page = row.route in WITH_A_PAGE
    with hostile.names_read() as read:
        visitor.post("what is right", visitor.url, right)
    visitor.post("nothing", visitor.url, {})
    shown = hostile.ELSEWHERE
    if has_page:
        shown = hostile.form_of(visitor.get("its page", visitor.url), "post", row.route).fields
    for values in hostile.rotations(sorted(read | set(right)), IN_FORM):
        response, tables = visitor.post(_brief(values), visitor.url, values)
        if tables and response.status_code != 302:
            visitor.faults.append(f"{_brief(values)}: {response.status_code}, yet wrote {sorted(tables)}")
    kinds = {name: shown.get(name, "") for name in read} | _files(right)
    for values in hostile.all_wrong(kinds):
        response, tables = visitor.post(_brief(values), visitor.url, {**right, **values})
        marked = hostile.form_of(response, "post", row.route).wrong if has_page else set(values)
        if tables or _succeeds(response) or set(values) - marked:
            missed = set(values) - marked
            visitor.faults.append(f"{_brief(values)}: {response.status_code}, wrote {tables}, not marked {missed}")
    assert visitor.faults == []


def _succeeds(response: HttpResponse) -> bool:
    """A redirection that does not say what is wrong."""
    said = {message.level_tag for message in get_messages(response.wsgi_request)}
    return response.status_code < 400 and not said & {"error", "warning"}


def _files(data: Mapping[str, Any]) -> dict[str, str]:
    return {name: "file" for name, value in data.items() if hasattr(value, "read")}


@pytest.mark.parametrize("row", [row for row in FORMS if ":hours_" in row.route], ids=str)
def test_hours_of_cells_that_are_not_there(world: World, row: Row) -> None:
    """The names of the fields say which cell they are: a form may be forged there too."""
    visitor = Visitor(world, row)
    ours, theirs = world.ours.assignment.pk, world.theirs.assignment.pk
    for key in (
        "",
        "x",
        "²-2026-04-travail",
        f"{BEYOND_BIGINT}-2026-04-travail",
        f"-{ours}-2026-04-travail",
        f"{theirs}-2026-04-travail",
        f"{ours}-0000-00-travail",
        f"{ours}-99999-12-travail",
        f"{ours}-2026-04-pirate",
        f"{ours}-2026-04-travail\x00",
    ):
        sent = {"action": "valider", "reason": "x", "selected": key, f"hours-{key}": "10", f"version-{key}": "1"}
        cell = {"assignment": key, "month": key, "kind": key, "version": key, "hours": "10"}
        response, tables = visitor.post(key, visitor.url, sent | cell)
        if tables:
            visitor.faults.append(f"{key!r}: {response.status_code}, wrote {tables}")
    assert visitor.faults == []
