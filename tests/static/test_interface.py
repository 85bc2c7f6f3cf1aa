"""The filters and tags of tenants/templatetags/interface.py."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.template import Context, Engine, RequestContext
from django.test import RequestFactory

from beneficiaries.enums import HourStatus
from clauses.enums import LinkState, LotStatus
from reporting.enums import BilanState
from tenants.enums import JobState, MailState
from tenants.templatetags import interface
from tests.static.gallery import ENGINE

NNBSP = "\u202f"


def render(source: str, query: str = "", **context: Any) -> str:
    request = RequestFactory().get(f"/liste/{query}")
    return str(ENGINE.from_string(source).render(RequestContext(request, context)))


@pytest.mark.parametrize(
    ("source", "value", "shown"),
    [
        ("{{ x|number }}", Decimal("1024.50"), f"1{NNBSP}024,5"),
        ("{{ x|number:2 }}", Decimal("1024.5"), f"1{NNBSP}024,50"),
        ("{{ x|number }}", 0, "0"),
        ("{{ x|number }}", None, "–"),
        ("{{ x|hours }}", Decimal("612.50"), f"612,5{NNBSP}h"),
        ("{{ x|hours:2 }}", 833, f"833,00{NNBSP}h"),
        ("{{ x|hours }}", None, "–"),
        ("{{ x|percent }}", Fraction(2, 3), f"66,7{NNBSP}%"),
        ("{{ x|percent:0 }}", Decimal("0.05"), f"5{NNBSP}%"),
        ("{{ x|percent }}", None, "n. c."),
        ("{{ x|money }}", Decimal("12.5"), f"12,50{NNBSP}€"),
        ("{{ x|money }}", None, "–"),
        ("{{ x|plain }}", Decimal("1024.50"), "1024.50"),
        ("{{ x|plain }}", None, ""),
        ("{{ x|date_fr }}", date(2026, 5, 12), "12/05/2026"),
        ("{{ x|date_fr }}", datetime(2026, 5, 12, 22, 30, tzinfo=UTC), "13/05/2026"),
        ("{{ x|date_fr }}", None, "–"),
        ("{{ x|datetime_fr }}", datetime(2026, 1, 12, 9, 42, tzinfo=UTC), "12/01/2026 à 10:42"),
        ("{{ x|datetime_fr }}", None, "–"),
        ("{{ x|month_fr }}", date(2026, 10, 1), "octobre 2026"),
        ("{{ x|month_fr }}", None, "–"),
    ],
)
def test_figures_are_french(source: str, value: object, shown: str) -> None:
    assert render(source, x=value) == shown


def test_every_state_of_the_product_has_a_look() -> None:
    states = {
        code for enum in (LotStatus, HourStatus, JobState, MailState, BilanState, LinkState) for code in enum.values
    }
    assert states == set(interface.LOOKS)


@pytest.mark.parametrize("enum", [LotStatus, HourStatus, JobState, MailState, BilanState, LinkState])
def test_the_word_of_a_look_is_that_of_the_enum(enum: Any) -> None:
    assert {code: interface.LOOKS[code].label.lower() for code in enum.values} == {
        code: label.lower() for code, label in enum.choices
    }


def test_unknown_state_shows_its_own_word() -> None:
    assert interface.look("autre") == ("autre", "info-circle", "")


def test_url_with_keeps_the_rest_of_the_query() -> None:
    shown = render('{% url_with sort="-due" page=None %}', "?q=a%26b&page=3&etat=x&etat=y")
    assert shown == "?q=a%26b&amp;etat=x&amp;etat=y&amp;sort=-due"


def test_url_with_works_in_an_include_with_only() -> None:
    columns = [{"label": "Dues", "key": "due", "numeric": True}]
    source = '{% include "components/_table_head.html" with columns=columns sort=sort only %}'
    shown = render(source, "?q=a&page=2", columns=columns, sort="due")
    assert 'aria-sort="ascending"' in shown
    assert 'href="?q=a&amp;sort=-due"' in shown


def test_sort_state_turns_around() -> None:
    assert interface.sort_state("due", "due")["next"] == "-due"
    assert interface.sort_state("due", "-due") == {"aria": "descending", "icon": "arrow-down", "next": "due"}
    assert interface.sort_state("due", "name") == {"aria": "", "icon": "selector", "next": "due"}


def test_page_numbers_leave_gaps() -> None:
    assert interface.page_numbers(Paginator(range(1000), 10).page(50)) == [1, None, 48, 49, 50, 51, 52, None, 100]


def test_icon_is_silent_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in interface.icon("check")
    assert 'role="img" aria-label="Fait &lt;b&gt;"' in interface.icon("check", label="Fait <b>")
    assert 'class="icon icon-small"' in interface.icon("check", small=True)


@pytest.mark.parametrize("code", ["400", "403", "404", "409", "500"])
def test_error_pages_need_no_context(code: str) -> None:
    bare = Engine(dirs=ENGINE.dirs, builtins=["tenants.templatetags.interface"], libraries=ENGINE.libraries)
    assert f"Code {code}" in bare.get_template(f"{code}.html").render(Context())
