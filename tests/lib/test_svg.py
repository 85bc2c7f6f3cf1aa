import re
from dataclasses import asdict
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from lib.numbers import percent_fr
from lib.svg import PRINT, WEB, coordinate, element, obligation_bar, parts_bar, text

D = Decimal
SVG = "{http://www.w3.org/2000/svg}"
TOKENS = Path(__file__).parents[2] / "static" / "css" / "tokens.css"


def bar(due, validated, declared=None, expected=None, **options):
    declared = validated if declared is None else declared
    return obligation_bar(due, validated, declared, expected, **{"uid": "lot-1", **options})


def parts(svg):
    """Every shape that bears a class, by its class; of the marks only the visible line."""
    root = ElementTree.fromstring(svg)
    return root, {node.get("class"): node for node in root.iter() if node.get("class") and node is not root}


def percent(value):
    assert value.endswith("%")
    return D(value[:-1])


def test_bar_of_a_lot_on_its_way():
    root, shape = parts(bar(D(800), D(400), D(600), D(500)))

    assert percent(shape["bar-track"].get("width")) == 100
    assert (percent(shape["bar-validated"].get("x")), percent(shape["bar-validated"].get("width"))) == (0, 50)
    assert (percent(shape["bar-declared"].get("x")), percent(shape["bar-declared"].get("width"))) == (50, 25)
    assert shape["bar-declared"].get("fill") == "url(#lot-1-hatch)"
    assert root.find(f".//{SVG}pattern").get("id") == "lot-1-hatch"
    assert percent(shape["bar-expected"].get("x1")) == percent(shape["bar-expected"].get("x2")) == D("62.5")
    assert percent(shape["bar-end"].get("x1")) == D("99.7")


def test_beyond_the_due_the_end_of_the_track_moves_in():
    _, shape = parts(bar(D(800), D(900), D(1000), D(800)))

    assert percent(shape["bar-track"].get("width")) == 80
    assert percent(shape["bar-end"].get("x1")) == 80
    assert percent(shape["bar-validated"].get("width")) == 90
    assert (percent(shape["bar-declared"].get("x")), percent(shape["bar-declared"].get("width"))) == (90, 10)


def test_nothing_is_drawn_for_nothing():
    _, shape = parts(bar(D(800), D(0), D(0), D(0)))
    assert set(shape) == {"bar-track", "bar-end", "bar-halo"}


@pytest.mark.parametrize("due", [None, D(0)])
def test_without_hours_due_the_track_is_empty_and_dashed(due):
    root, shape = parts(bar(due, D(12)))
    assert set(shape) == {"bar-track"}
    assert shape["bar-track"].get("stroke-dasharray")
    assert root.findtext(f"{SVG}title") == "Aucune heure due"


def test_name_for_screen_readers():
    root, _ = parts(bar(D(833), D("612.5"), D(700), D(690)))
    assert root.get("role") == "img"
    title = root.find(f"{SVG}title")
    assert root.get("aria-labelledby") == title.get("id") == "lot-1-title"
    assert title.text.replace("\u202f", " ") == ("73,5 % de l'obligation validés, 84,0 % déclarés, 82,8 % attendus")
    assert parts(bar(D(833), D(100)))[0].findtext(f"{SVG}title").replace("\u202f", " ") == (
        "12,0 % de l'obligation validés"
    )


def test_title_is_escaped():
    svg = bar(D(1), D(0), title='<script>alert("x")</script> & co')
    assert isinstance(svg, SafeString)
    assert parts(svg)[0].findtext(f"{SVG}title") == '<script>alert("x")</script> & co'
    assert "<script>" not in svg


@pytest.mark.parametrize("palette", [WEB, PRINT])
def test_no_style_attribute_and_the_same_text_each_time(palette):
    svg = bar(D(833), D("612.5"), D(700), D(690), palette=palette, width="160", height=24)
    assert not re.search(r"\bstyle\b", svg)
    assert svg == bar(D(833), D("612.5"), D(700), D(690), palette=palette, width="160", height=24)
    assert 'width="160" height="24"' in svg
    assert ("var(" in svg) is (palette is WEB)


def test_printed_colours_are_the_light_ones_of_the_pages():
    light = dict(re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}),", TOKENS.read_text(encoding="utf-8")))
    for name, value in asdict(PRINT).items():
        if name != "font":
            token = name.replace("_", "-")
            assert value == light[token]
            assert getattr(WEB, name) == f"var(--{token}, {value})"


HOURS = st.decimals(0, 10**7, places=2)


@given(HOURS, HOURS, HOURS, st.none() | HOURS)
def test_any_bar_stays_within_its_image(due, validated, more, expected):
    _, shape = parts(bar(due, validated, validated + more, expected))
    for node in shape.values():
        if node.tag == f"{SVG}rect":
            assert percent(node.get("x")) >= 0
            assert percent(node.get("x")) + percent(node.get("width")) <= D("100.01")
        else:
            assert 0 < percent(node.get("x1")) < 100
    if due:
        name = parts(bar(due, validated, validated + more, expected))[0].findtext(f"{SVG}title")
        assert name.startswith(f"{percent_fr(Fraction(validated) / Fraction(due))} de")
    if due and validated:
        full = max(due, validated + more)
        drawn = percent(shape["bar-validated"].get("width"))
        assert abs(Fraction(drawn) - Fraction(validated) / Fraction(full) * 100) <= Fraction(1, 200)


def test_pieces():
    assert coordinate(Fraction(1, 3)) == "0.33"
    assert coordinate(D("-0.001")) == "0"
    assert coordinate(100) == "100"
    assert element("g", "<a/>", class_="x", stroke_width=D("2.50")) == '<g class="x" stroke-width="2.5"><a/></g>'
    assert element("path", d='"') == '<path d="&quot;"/>'
    assert text("a < b", x=1) == '<text x="1">a &lt; b</text>'


def test_parts_follow_one_another_in_the_order_given():
    given_parts = [("validated", 1), ("declared", 2), ("missing", 0), ("idle", 5)]
    root, shape = parts(parts_bar(given_parts, uid="month", title="Lots : 1 validé"))
    assert root.find(f"{SVG}title").text == "Lots : 1 validé"
    assert {name: (percent(node.get("x")), percent(node.get("width"))) for name, node in shape.items()} == {
        "part-validated": (0, D("12.5")),
        "part-declared": (D("12.5"), 25),
        "part-idle": (D("37.5"), D("62.5")),
    }


def test_parts_of_nothing_are_an_empty_bar():
    _, shape = parts(parts_bar([("validated", 0)], uid="month", title="Lots : aucun"))
    assert shape == {}
