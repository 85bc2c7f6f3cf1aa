import re
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

from lib.dates import add_months
from lib.svg_charts import MonthPoint, monthly_chart

D = Decimal
SVG = "{http://www.w3.org/2000/svg}"
# The two scales of the monthly chart: y of their zero and height.
UPPER, LOWER = (178, 150), (276, 70)


def months(*rows, first=date(2026, 1, 1)):
    return [MonthPoint(add_months(first, index), *row) for index, row in enumerate(rows)]


LOT = months(
    (D(20), D(30), D(20), D(25)), (None, None, D(20), D(50)), (D(40), D(40), D(60), D(75)), (None,) * 3 + (D(100),)
)


def chart(points=LOT, **options):
    return monthly_chart(points, **{"uid": "c", "title": "Heures du lot", "due": D(100), **options})


def tree(svg):
    return ElementTree.fromstring(svg)


def words(svg):
    return [node.text for node in tree(svg).iter(f"{SVG}text")]


def paths(svg):
    return [re.findall(r"([ML])([\d.]+) ([\d.]+)", node.get("d")) for node in tree(svg).iter(f"{SVG}path")]


def y_of(value, top, scale):
    zero, height = scale
    return D(zero) - D(value) / top * height


def test_cumulative_against_expected():
    expected, cumulative = paths(chart())
    assert [D(y) for _, _, y in expected] == [y_of(value, 100, UPPER) for value in (25, 50, 75, 100)]
    assert [D(y) for _, _, y in cumulative] == [y_of(value, 100, UPPER) for value in (20, 20, 60)]
    assert [pen for pen, _, _ in cumulative] == ["M", "L", "L"]


def test_bars_of_the_months():
    points = LOT + months((D(0), D(0), None, None), first=date(2026, 5, 1))
    bars = list(tree(chart(points)).findall(f"{SVG}rect"))
    heights = [D(node.get("height")) for node in bars]
    # Declared then validated of January and March; nothing for the month not declared and the one to come.
    assert heights == [D(30) / 40 * 70, D(20) / 40 * 70, D(70), D(70)]
    assert [node.get("fill") == "url(#c-hatch)" for node in bars] == [True, False, True, False]


def test_a_month_not_declared_is_a_dash_not_a_zero():
    assert words(chart()).count("–") == 1


def test_words():
    shown = words(chart())
    assert {"validées", "déclarées", "cumul validé", "attendu", "dû", "dû 100"} <= set(shown)
    assert [word for word in shown if word in ("janv.", "févr.", "mars", "avr.")] == ["janv.", "févr.", "mars", "avr."]
    assert shown.count("2026") == 1
    assert not any(word.startswith("dû") for word in words(chart(due=None)))


def test_labels_are_thinned_out():
    shown = words(chart(months(*[(D(1), D(1), D(1), D(1))] * 60)))
    assert {"2026", "2030"} <= set(shown)
    assert sum(word in ("janv.", "juil.") for word in shown) == 10


def test_empty_chart_is_still_a_chart():
    root = tree(chart([], due=None))
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "Heures du lot"
