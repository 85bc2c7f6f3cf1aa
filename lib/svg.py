"""SVG without dependency: the obligation bar, and the pieces from which charts are made (lib/svg_charts.py).

Deterministic, named for screen readers, and without style attributes (the pages' policy forbids them): colours are
presentation attributes, variables of tokens.css in pages (WEB), plain colours in PDF and mail (PRINT).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from html import escape
from math import lcm

from django.utils.safestring import SafeString, mark_safe

from lib.numbers import NNBSP, Number, round_half_up


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
    if not due or due < 0:
        empty = (
            '<rect x="0.3%" y="25%" width="99.4%" height="50%" rx="2" fill="none"'
            f' stroke="{palette.line_strong}" stroke-dasharray="4 3" class="bar-track"/>'
        )
        return _bar(empty, uid, title or "Aucune heure due", width, height)
    asked, done, told, awaited = _whole(due, validated, declared, expected or 0)
    full = max(asked, done, told)
    tick = _mark(awaited, full, "bar-expected", palette.ink, palette, tall=True) if awaited else ""
    body = (
        f"{hatching(f'{uid}-hatch', palette)}{_run(0, asked, full, 'bar-track', palette.track)}"
        f"{_run(done, told, full, 'bar-declared', f'url(#{uid}-hatch)')}"
        f"{_run(0, done, full, 'bar-validated', palette.validated)}"
        f"{_mark(asked, full, 'bar-end', palette.ink_2, palette)}{tick}"
    )
    return _bar(body, uid, title or _bar_title(asked, done, told, awaited), width, height)


def parts_bar(parts: Iterable[tuple[str, Number]], *, uid: str, title: str, palette: Palette = WEB) -> SafeString:
    """One bar shared among (« validated », « declared », « missing » or « idle », amount) in that order."""
    fills = {
        "validated": palette.validated,
        "declared": f"url(#{uid}-hatch)",
        "missing": palette.amber,
        "idle": palette.track,
    }
    named = list(parts)
    shares = _whole(*(amount for _, amount in named))
    full, body, start = sum(shares), hatching(f"{uid}-hatch", palette), 0
    for (name, _), amount in zip(named, shares, strict=True):
        body += _run(start, start + amount, full, f"part-{name}", fills[name])
        start += amount
    return _bar(body, uid, title, "100%", 16)


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


def _bar(body: str, uid: str, title: str, width: str, height: int) -> SafeString:
    """As document() writes it, in a tenth of the time: lists show hundreds of bars. All that follows is in integers."""
    return mark_safe(  # noqa: S308 -- escaped, or ours
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{uid}-title" class="obligation-bar"'
        f' width="{width}" height="{height}"><title id="{uid}-title">{escape(title)}</title>{body}</svg>'
    )


def _whole(*amounts: Number) -> list[int]:
    """The same amounts, counted in the largest unit that makes them all whole."""
    ratios = [amount.as_integer_ratio() for amount in amounts]
    unit = lcm(*(under for _, under in ratios))
    return [over * (unit // under) for over, under in ratios]


def _bar_title(due: int, validated: int, declared: int, expected: int) -> str:
    parts = [f"{_percent(validated, due)} de l'obligation validés"]
    if declared > validated:
        parts.append(f"{_percent(declared, due)} déclarés")
    if expected:
        parts.append(f"{_percent(expected, due)} attendus")
    return ", ".join(parts)


def _percent(part: int, due: int) -> str:
    """As percent_fr writes it."""
    whole, tenth = divmod((2_000 * part + due) // (2 * due), 10)
    thousands = f"{whole:,}".replace(",", NNBSP)
    return f"{thousands},{tenth}{NNBSP}%"


def _run(start: int, end: int, full: int, name: str, fill: str) -> str:
    """A stretch of the bar; nothing when it has no length."""
    if end <= start:
        return ""
    left, width = _place(start, full), _place(end - start, full)
    return f'<rect x="{left}" y="25%" width="{width}" height="50%" rx="2" fill="{fill}" class="{name}"/>'


def _mark(at: int, full: int, name: str, colour: str, palette: Palette, *, tall: bool = False) -> str:
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


def _hundredths(part: int, whole: int) -> int:
    """Of a percent, half up; both are at least 0."""
    return (20_000 * part + whole) // (2 * whole)


def _place(part: int, whole: int) -> str:
    return _percents(_hundredths(part, whole))


def _percents(hundredths: int) -> str:
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".") + "%" if rest else f"{whole}%"


def _attribute(value: object) -> str:
    return coordinate(value) if isinstance(value, Decimal | Fraction) else str(value)
