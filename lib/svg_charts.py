"""The months of a lot as an SVG chart, for PDF and for pages without scripts.

Drawn on a grid of 720 units that stretches with the page. A chart never stands alone: a table gives its figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.safestring import SafeString

from lib.dates import SHORT_MONTHS
from lib.numbers import Number, number_fr
from lib.svg import PRINT, Palette, coordinate, document, element, hatching, text

WIDTH = 720
_LEFT, _RIGHT = 72, 12
_TICKS = 4
_LABEL_WIDTH = 44


@dataclass(frozen=True, slots=True)
class MonthPoint:
    """Hours of one month (first day): `declared` includes `validated`; None where the month was not declared.

    `cumulative`: validated from the beginning, None after the reference date. `expected`: what should be done by then.
    """

    month: date
    validated: Number | None
    declared: Number | None
    cumulative: Number | None
    expected: Number | None


@dataclass(frozen=True, slots=True)
class _Panel:
    """A rectangle of the drawing with its vertical scale from 0 to `top`."""

    y: int
    height: int
    top: Fraction

    def at(self, value: Number) -> Fraction:
        return self.y + self.height - Fraction(value) / self.top * self.height


def monthly_chart(
    points: Sequence[MonthPoint], *, uid: str, title: str, due: Number | None = None, palette: Palette = PRINT
) -> SafeString:
    """Two panels over the same months: validated hours summed, against the expected ones, and each month's hours."""
    cumulated = [value for point in points for value in (point.cumulative, point.expected) if value is not None]
    monthly = [value for point in points for value in (point.validated, point.declared) if value is not None]
    upper = _Panel(28, 150, _nice_top([*cumulated, due or 0]))
    lower = _Panel(206, 70, _nice_top(monthly))
    slot = Fraction(WIDTH - _LEFT - _RIGHT, max(len(points), 1))
    middles = [_LEFT + slot * index + slot / 2 for index in range(len(points))]
    along = list(zip(middles, points, strict=True))
    body = [
        hatching(f"{uid}-hatch", palette),
        _legend(uid, due is not None, palette),
        _grid(upper, palette),
        _grid(lower, palette),
        *(_due_line(upper, due, palette) if due else []),
        *(_bars(lower, point, middle, slot, uid, palette) for middle, point in along),
        _line(upper, [(x, point.expected) for x, point in along], palette.ink_2, dashed=True),
        _line(upper, [(x, point.cumulative) for x, point in along], palette.validated),
        *_month_labels(points, middles, slot, palette),
    ]
    return _chart(body, uid, title, 312, palette)


def _chart(body: Sequence[str], uid: str, title: str, height: int, palette: Palette) -> SafeString:
    return document(
        body, uid=uid, title=title, class_="chart-svg", viewBox=f"0 0 {WIDTH} {height}", width="100%",
        font_family=palette.font, font_size=12,
    )  # fmt: skip


def _nice_top(values: Sequence[Number]) -> Fraction:
    """The least 1, 2, 4 or 5 × 10ⁿ that holds every value: its quarters are round numbers."""
    highest = max((Fraction(value) for value in values), default=Fraction(0))
    power = Fraction(1)
    while power * 10 < highest:
        power *= 10
    return next((power * step for step in (1, 2, 4, 6, 8) if power * step >= highest), power * 10)


def _grid(panel: _Panel, palette: Palette) -> str:
    parts = []
    for tick in range(_TICKS + 1):
        value = panel.top * tick / _TICKS
        y = panel.at(value)
        colour = palette.line if tick else palette.line_strong
        parts.append(element("line", x1=_LEFT, x2=WIDTH - _RIGHT, y1=y, y2=y, stroke=colour, stroke_width=1))
        # The low panel has room for its top only.
        if panel.height > 100 or tick in (0, _TICKS):
            parts.append(_label(number_fr(value), _LEFT - 6, y + 4, palette, anchor="end"))
    return "".join(parts)


def _due_line(panel: _Panel, due: Number, palette: Palette) -> list[str]:
    y = panel.at(due)
    line = element("line", x1=_LEFT, x2=WIDTH - _RIGHT, y1=y, y2=y, stroke=palette.ink, stroke_width=1)
    return [line, _label(f"dû {number_fr(due)}", _LEFT + 4, y - 4, palette, anchor="start")]


def _bars(panel: _Panel, point: MonthPoint, middle: Fraction, slot: Fraction, uid: str, palette: Palette) -> str:
    if point.declared is None:
        # Not declared is not zero: a dash stands in its place, up to the reference date.
        return _label("–", middle, panel.y + panel.height - 4, palette) if point.cumulative is not None else ""
    width = min(slot * Fraction(6, 10), Fraction(28))
    shapes = []
    for value, fill in ((point.declared, f"url(#{uid}-hatch)"), (point.validated, palette.validated)):
        if value:
            y = panel.at(value)
            height = panel.y + panel.height - y
            shapes.append(element("rect", x=middle - width / 2, y=y, width=width, height=height, fill=fill))
    return "".join(shapes)


def _line(panel: _Panel, places: Sequence[tuple[Fraction, Number | None]], colour: str, *, dashed: bool = False) -> str:
    """A line through the known values, broken where one is missing."""
    path, pen_down = [], False
    for x, value in places:
        if value is None:
            pen_down = False
            continue
        path.append(f"{'L' if pen_down else 'M'}{coordinate(x)} {coordinate(panel.at(value))}")
        pen_down = True
    if not path:
        return ""
    dashes = {"stroke_dasharray": "5 4"} if dashed else {}
    return element(
        "path", d=" ".join(path), fill="none", stroke=colour, stroke_width=2, stroke_linejoin="round",
        stroke_linecap="round", **dashes,
    )  # fmt: skip


def _month_labels(
    points: Sequence[MonthPoint], middles: Sequence[Fraction], slot: Fraction, palette: Palette
) -> list[str]:
    every = _step(len(points), slot)
    labels = []
    year = None
    for index, (point, x) in enumerate(zip(points, middles, strict=True)):
        if index % every:
            continue
        labels.append(_label(SHORT_MONTHS[point.month.month - 1], x, 292, palette))
        if point.month.year != year:
            year = point.month.year
            labels.append(_label(str(year), x, 307, palette))
    return labels


def _step(count: int, slot: Fraction) -> int:
    """One label out of how many, so that they do not touch."""
    return next((step for step in (1, 2, 3, 6, 12, 24) if slot * step >= _LABEL_WIDTH), max(count, 1))


def _legend(uid: str, with_due: bool, palette: Palette) -> str:
    marks: list[tuple[str, str]] = [
        (_sample(palette.validated), "validées"),
        (_sample(f"url(#{uid}-hatch)"), "déclarées"),
        (_stroke(palette.validated, ""), "cumul validé"),
        (_stroke(palette.ink_2, "5 4"), "attendu"),
    ]
    if with_due:
        marks.append((_stroke(palette.ink, ""), "dû"))
    parts, x = [], _LEFT
    for mark, words in marks:
        label = text(words, x=22, y=12, fill=palette.ink_2)
        parts.append(element("g", mark + label, transform=f"translate({x} 0)"))
        x += 40 + 7 * len(words)
    return "".join(parts)


def _sample(fill: str) -> str:
    return element("rect", x=0, y=3, width=16, height=10, fill=fill)


def _stroke(colour: str, dashes: str) -> str:
    extra = {"stroke_dasharray": dashes} if dashes else {}
    return element("line", x1=0, x2=16, y1=8, y2=8, stroke=colour, stroke_width=2, **extra)


def _label(words: str, x: Number, y: Number, palette: Palette, anchor: str = "middle") -> str:
    return text(words, x=x, y=y, text_anchor=anchor, fill=palette.ink_2)
