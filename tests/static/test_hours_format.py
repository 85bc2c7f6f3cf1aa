"""static/js/hours/format.js reads hours exactly as lib/hours.py does, refusals and their words included."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from lib.hours import HoursError, parse_hours_or_none
from lib.numbers import number_fr
from tests.static import gallery

TEXTS = (
    "", " ", "0", "-0", "151,67", "151.67", "151h40", "151 h 40", "151:40", "12h5", "12h75", "1h60", "12h45min", "12h",
    "12 heures", "7.", "1 024,5", "1\u202f024,5", "1\u00a0024", "1024,50 h", "12,345", "12,340", "745", "744", "744,01",
    "-5", "\u22125,5", "-0h30", "-2h75", "abc", "1,2,3", "1.024,5", "12 34", "9" * 39, "9" * 41, "1e3", "٣", "=1+1",
    "<b>", "3h07", "0h01", "0h02", "0h59", " 8 ", "8\t", "h", ":30", "1 000h75",
)  # fmt: skip
READ = "(texts) => import('/static/js/hours/format.js').then((format) => texts.map((text) => format.parseHours(text)))"

WRITE = """(values) => import('/static/js/hours/format.js').then(
    (format) => values.map((value) => [format.showHours(value), format.sayHours(value)]))"""


def oracle(text: str) -> dict[str, Any]:
    try:
        hours = parse_hours_or_none(text)
    except HoursError as error:
        return {"error": str(error)}
    return {"hours": None if hours is None else int(hours * 100)}


def test_reads_as_the_server(open_page: Callable[..., Page]) -> None:
    page = open_page("format", gallery.render("404.html"))
    found = dict(zip(TEXTS, page.evaluate(READ, list(TEXTS)), strict=True))
    assert found == {text: oracle(text) for text in TEXTS}

    @settings(max_examples=30, deadline=None)
    @given(st.lists(st.text("0123456789 ,.hH:-\u202f\u00a0\u2212min", max_size=12), min_size=20, max_size=60))
    def same(texts: list[str]) -> None:
        assert page.evaluate(READ, texts) == [oracle(text) for text in texts]

    same()


def test_writes_as_the_server(open_page: Callable[..., Page]) -> None:
    page = open_page("format", gallery.render("404.html"))
    values = [0, 5, 50, 100, 15167, 102450, 100000, -12345, 123456789]
    shown = page.evaluate(WRITE, values)
    hours = [Decimal(value) / 100 for value in values]
    assert shown == [[number_fr(value, strip=False), number_fr(value)] for value in hours]
