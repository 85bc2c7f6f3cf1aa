"""What nobody should send: hostile values for each kind of field, and the fields that a page really renders."""

import random
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from unittest import mock
from urllib.parse import quote_from_bytes

from django.http import HttpResponse, QueryDict
from django.urls import resolve

from tests.factories import World
from tests.uploads import SentAgain

# Letters drawn at random: what compresses would enter an index that real text overflows.
LONG = "".join(random.Random(0).choices("abcdéèçœ家居漢字", k=10_000))
BEYOND_BIGINT = "99999999999999999999999"
SCRIPT = "\"'><script>alert(1)</script>"
SURROGATE = b"\xed\xa0\x80\xff"
FOREIGN = "another structure's row"

IN_QUERY: tuple[str | bytes, ...] = (
    "-1",
    "999999",
    "abc",
    BEYOND_BIGINT,
    "\x00",
    SURROGATE,
    LONG,
    SCRIPT,
    "0000-00",
    "99999-12",
    "2026-02-31",
    "²",
    FOREIGN,
)

# Never right for a field of that kind, so that a form that takes one is at fault.
NEVER: dict[str, tuple[str, ...]] = {
    "text": ("a\x00b", LONG),
    "textarea": ("a\x00b",),
    "number": ("douze", "-5", "1e400", "9" * 40),
    "date": ("hier", "0000-00-00", "99999-12-31", "1026-01-01", "2026-02-31"),
    "month": ("0000-00", "99999-12", "2026-13", "mars"),
    "select": ("nimporte", BEYOND_BIGINT, "a\x00b", FOREIGN),
}
IN_FORM = ("\x00", LONG, BEYOND_BIGINT, "-1", "0000-00-00", SCRIPT, FOREIGN)

# Fields of the forms that stand on another page than their own.
ELSEWHERE = {
    "ends_on": "date",
    "reason": "text",
    "hours": "number",
    "month": "month",
    "kind": "select",
    "assignment": "select",
    "action": "select",
    "area": "select",
}

# What a field points at, where its name does not say it.
NOUNS = {
    "holder": "company",
    "employer": "company",
    "user_company": "company",
    "entreprise": "company",
    "donneur": "buyer",
    "marche": "contract",
}


def files() -> list[SentAgain]:
    """Refused wherever a file is asked for."""
    return [
        SentAgain("programme.exe", b"MZ\x90\x00\x03"),
        SentAgain(f"{'n' * 600}.pdf", b"\x00\xff" * 500, "application/pdf"),
        SentAgain("coupe.xlsx", b"PK\x03\x04\x14\x00\x06\x00", "application/zip"),
        SentAgain("nul.csv", b"Nom;Nature\nPeinture\x00;entreprise\n"),
        SentAgain("vide.json", b""),
    ]


def foreign(world: World, name: str) -> str:
    """The id of the other structure's row that a field of this name could be given."""
    noun = name.rpartition("-")[2]
    row = getattr(world.theirs, NOUNS.get(noun, noun), None)
    return str(row.pk) if row else BEYOND_BIGINT


def query_string(values: Mapping[str, Any]) -> str:
    """Sent as it stands: bytes that are no UTF-8 too."""
    raw = {name: value if isinstance(value, bytes) else str(value).encode() for name, value in values.items()}
    return "&".join(f"{name}={quote_from_bytes(value)}" for name, value in raw.items())


def rotations(names: list[str], values: tuple[str | bytes, ...]) -> Iterator[dict[str, str | bytes]]:
    """As many mappings as values, in which each name meets each value once."""
    for turn in range(len(values) if names else 0):
        yield {name: values[(turn + place) % len(values)] for place, name in enumerate(names)}


def all_wrong(kinds: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """As many times as the richest kind has values: a wrong one for each field of a known kind."""
    values = {name: files() if kind == "file" else NEVER.get(kind, ()) for name, kind in kinds.items()}
    known = {name: wrong for name, wrong in values.items() if wrong}
    for turn in range(max(map(len, known.values()), default=0)):
        yield {name: wrong[turn % len(wrong)] for name, wrong in known.items()}


@contextmanager
def names_read() -> Iterator[set[str]]:
    """The names that the application looks for, meanwhile, in what was sent to it."""
    names: set[str] = set()

    def watched(method: Any) -> Any:
        def look(sent: QueryDict, name: str, *args: Any) -> Any:
            names.add(name)
            return method(sent, name, *args)

        return look

    with ExitStack() as patches:
        for method in ("get", "getlist", "__getitem__", "__contains__"):
            patches.enter_context(mock.patch.object(QueryDict, method, watched(getattr(QueryDict, method))))
        yield names


@dataclass
class Form:
    """A form of a page: the kind of each field by name, and those marked as wrong."""

    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)


class _Page(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("method", "get").lower(), given.get("action", ""))
            self.forms.append(self._open)
        elif self._open and (name := given.get("name")) and (kind := _kind(tag, given)):
            self._open.fields[name] = kind
            if given.get("aria-invalid") == "true":
                self._open.wrong.add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


def _kind(tag: str, given: dict[str, str]) -> str:
    """Empty for what holds nothing that a person types or chooses."""
    if tag in ("select", "textarea"):
        return tag
    if tag != "input":
        return ""
    kind = given.get("type", "text")
    if kind in ("date", "month", "number", "file", "hidden", "password"):
        return kind
    if kind in ("checkbox", "radio"):
        return "select" if given.get("value", "on") != "on" else ""
    return "number" if given.get("inputmode") in ("decimal", "numeric") else "text"


def form_of(response: HttpResponse, method: str, route: str) -> Form:
    """What a page sends to `route`, its own: its forms taken together."""
    whole = Form(method, route)
    for form in [] if response.streaming else _Page(response.content.decode()).forms:
        path = form.action.partition("?")[0]
        if form.method == method and (not path or resolve(path).view_name == route):
            whole.fields |= form.fields
            whole.wrong |= form.wrong
    return whole
