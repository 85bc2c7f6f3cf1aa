"""SVG without dependency: the obligation bar, and the pieces from which charts are made (lib/svg_charts.py).

Deterministic, named for screen readers, and without style attributes (the pages' policy forbids them): colours are
presentation attributes, variables of tokens.css in pages (WEB), plain colours in PDF and mail (PRINT).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from html import escape

from django.utils.safestring import SafeString, mark_safe

from lib.numbers import Number, percent_fr, round_half_up


@dataclass(frozen=True, slots=True)
class Palette:
    validated: str
    declared: str
    declared_weak: str
    track: str
    line: str
    line_strong: str
    ink: str
    ink_2: str
    action: str
    amber: str
    surface: str
    font: str


PRINT = Palette(
    validated="#1b7a44",
    declared="#8ccba5",
    declared_weak="#eaf6ee",
    track="#e2e6ec",
    line="#d8dde5",
    line_strong="#7f8a9a",
    ink="#1b2430",
    ink_2="#4b5767",
    action="#1b4fa0",
    amber="#8a5200",
    surface="#ffffff",
    font="Inter, sans-serif",
)
WEB = Palette(
    validated=f"var(--validated, {PRINT.validated})",
    declared=f"var(--declared, {PRINT.declared})",
    declared_weak=f"var(--declared-weak, {PRINT.declared_weak})",
    track=f"var(--track, {PRINT.track})",
    line=f"var(--line, {PRINT.line})",
    line_strong=f"var(--line-strong, {PRINT.line_strong})",
    ink=f"var(--ink, {PRINT.ink})",
    ink_2=f"var(--ink-2, {PRINT.ink_2})",
    action=f"var(--action, {PRINT.action})",
    amber=f"var(--amber, {PRINT.amber})",
    surface=f"var(--surface, {PRINT.surface})",
    font="inherit",
)


def obligation_bar(
    due: Number | None,
    validated: Number,
    declared: Number,
    expected: Number | None,
    *,
    uid: str,
    title: str = "",
    width: str = "100%",
    height: int = 16,
    palette: Palette = WEB,
) -> SafeString:
    """The bar of a lot or of a sum of lots; hours everywhere, `declared` includes `validated`.

    The track runs to the hours due, its end marked; validated hours are full, declared ones hatched beyond them, a
    tick stands at the expected ones. Beyond 100 % the scale shrinks and the end of the track moves in. Without hours
    due, an empty dashed track. Stretches to any width and height, lines and hatching keeping their size.
    `uid`: unique in the page, letters, digits, - and _. `title`: its name for screen readers, else the percentages.
    """
    frame = {"class_": "obligation-bar", "width": width, "height": height}
    if not due or due < 0:
        empty = element(
            "rect", x="0.3%", y="25%", width="99.4%", height="50%", rx=2, fill="none", stroke=palette.line_strong,
            stroke_dasharray="4 3", class_="bar-track",
        )  # fmt: skip
        return document([empty], uid=uid, title=title or "Aucune heure due", **frame)
    full = max(due, validated, declared)
    marks = [_mark(due, full, "bar-end", palette.ink_2, palette)]
    if expected:
        marks.append(_mark(expected, full, "bar-expected", palette.ink, palette, tall=True))
    body = [
        hatching(f"{uid}-hatch", palette),
        _run(0, due, full, "bar-track", palette.track),
        _run(validated, declared, full, "bar-declared", f"url(#{uid}-hatch)"),
        _run(0, validated, full, "bar-validated", palette.validated),
        *marks,
    ]
    return document(body, uid=uid, title=title or _bar_title(due, validated, declared, expected), **frame)


def parts_bar(parts: Iterable[tuple[str, Number]], *, uid: str, title: str, palette: Palette = WEB) -> SafeString:
    """One bar shared among (« validated », « declared », « missing » or « idle », amount) in that order."""
    fills = {
        "validated": palette.validated,
        "declared": f"url(#{uid}-hatch)",
        "missing": palette.amber,
        "idle": palette.track,
    }
    shares = [(name, Fraction(amount)) for name, amount in parts if amount]
    full = sum((amount for _, amount in shares), Fraction(0))
    body, start = [hatching(f"{uid}-hatch", palette)], Fraction(0)
    for name, amount in shares:
        body.append(_run(start, start + amount, full, f"part-{name}", fills[name]))
        start += amount
    return document(body, uid=uid, title=title, class_="obligation-bar", width="100%", height=16)


def document(body: Iterable[str], *, uid: str, title: str, **attributes: object) -> SafeString:
    """The svg element, named `title` for screen readers; `body` is markup."""
    name = element("title", escape(title), id=f"{uid}-title")
    svg = element(
        "svg", name + "".join(body), xmlns="http://www.w3.org/2000/svg", role="img",
        aria_labelledby=f"{uid}-title", **attributes,
    )  # fmt: skip
    return mark_safe(svg)  # noqa: S308 -- element and text escape what they are given


def element(name: str, content: str = "", **attributes: object) -> str:
    """One element; `content` is markup. Write `stroke_width` for stroke-width, `class_` for class."""
    shown = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_attribute(value))}"' for key, value in attributes.items()
    )
    return f"<{name}{shown}>{content}</{name}>" if content else f"<{name}{shown}/>"


def text(value: str, **attributes: object) -> str:
    """A text element, escaped."""
    return element("text", escape(value), **attributes)


def coordinate(value: Number) -> str:
    """At most two decimals, no trailing zero: the same text on every machine."""
    rounded = f"{round_half_up(value, 2):f}".rstrip("0").rstrip(".")
    return "0" if rounded == "-0" else rounded


def _bar_title(due: Number, validated: Number, declared: Number, expected: Number | None) -> str:
    parts = [f"{_percent(validated, due)} de l'obligation validés"]
    if declared > validated:
        parts.append(f"{_percent(declared, due)} déclarés")
    if expected:
        parts.append(f"{_percent(expected, due)} attendus")
    return ", ".join(parts)


def _percent(part: Number, due: Number) -> str:
    return percent_fr(Fraction(*_ratio(part, due)))


def _run(start: Number, end: Number, full: Number, name: str, fill: str) -> str:
    """A stretch of the bar; nothing when it has no length. Written out, in integers: lists show hundreds of bars."""
    if end <= start:
        return ""
    left = _percents(_hundredths(start, full))
    width = _percents(_hundredths(Fraction(end) - Fraction(start) if start else end, full))
    return f'<rect x="{left}" y="25%" width="{width}" height="50%" rx="2" fill="{fill}" class="{name}"/>'


def _mark(at: Number, full: Number, name: str, colour: str, palette: Palette, *, tall: bool = False) -> str:
    """A vertical line over a wider one of the background, so that it shows on green too."""
    # Kept inside the image, whose edge would cut half of it.
    place = _percents(min(max(_hundredths(at, full), 30), 9_970))
    top, bottom = ("0%", "100%") if tall else ("12.5%", "87.5%")
    line = f'<line x1="{place}" x2="{place}" y1="{top}" y2="{bottom}"'
    return (
        f'{line} stroke="{palette.surface}" stroke-width="4" class="bar-halo"/>'
        f'{line} stroke="{colour}" stroke-width="2" class="{name}"/>'
    )


def hatching(name: str, palette: Palette) -> str:
    """The pattern of declared hours, to be filled with `url(#name)`."""
    return (
        f'<defs><pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="6" height="6" fill="{palette.declared_weak}"/>'
        f'<rect width="3" height="6" fill="{palette.declared}"/></pattern></defs>'
    )


def _ratio(part: Number, whole: Number) -> tuple[int, int]:
    (over, under), (times, parts) = part.as_integer_ratio(), whole.as_integer_ratio()
    return over * parts, under * times


def _hundredths(part: Number, whole: Number) -> int:
    """Of a percent, half up; both are at least 0."""
    over, under = _ratio(part, whole)
    return (20_000 * over + under) // (2 * under)


def _percents(hundredths: int) -> str:
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".") + "%"


def _attribute(value: object) -> str:
    return coordinate(value) if isinstance(value, Decimal | Fraction) else str(value)
