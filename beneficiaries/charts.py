"""Work contracts of a person as bars over the years. The table beside says the same in figures."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from django.utils.safestring import SafeString

from beneficiaries.models import EmploymentContract
from lib.dates import date_fr
from lib.svg import WEB, coordinate, document, element, text

_TOP, _LINE, _BAR = 20, 38, 12
_MOST_YEARS = 12
_MARGIN = timedelta(days=20)


class _Scale:
    """Days as percentages of the width: the drawing stretches, its lines and words keep their size."""

    def __init__(self, contracts: Sequence[EmploymentContract], today: date) -> None:
        days = [today, *(one.starts_on for one in contracts), *(one.ends_on for one in contracts if one.ends_on)]
        self.first, self.last = date(min(days).year, 1, 1), max(days) + _MARGIN

    def at(self, day: date) -> Fraction:
        return Fraction((day - self.first).days * 100, (self.last - self.first).days)

    @property
    def years(self) -> range:
        count = self.last.year - self.first.year + 1
        return range(self.first.year, self.last.year + 1, -(-count // _MOST_YEARS))


def contracts_over_time(contracts: Sequence[EmploymentContract], today: date) -> SafeString:
    """One line per contract, in the order given; an open end runs to the edge, dashed after today."""
    scale = _Scale(contracts, today)
    height = _TOP + _LINE * len(contracts) + 4
    body = [_year(year, scale, height) for year in scale.years]
    body += [_contract(one, _TOP + _LINE * row, scale, today) for row, one in enumerate(contracts)]
    now = _percents(scale.at(today))
    body.append(element("line", x1=now, x2=now, y1=_TOP - 4, y2=height, stroke=WEB.ink, stroke_width=1))
    return document(body, uid="contracts", title=_title(contracts), width="100%", height=height, class_="contract-bars")


def _year(year: int, scale: _Scale, height: int) -> str:
    at = _percents(scale.at(date(year, 1, 1)))
    line = element("line", x1=at, x2=at, y1=_TOP - 4, y2=height, stroke=WEB.line, stroke_width=1)
    return line + text(str(year), x=at, y=12, dx=2, fill=WEB.ink_2, font_size=12)


def _contract(one: EmploymentContract, y: int, scale: _Scale, today: date) -> str:
    start, end = scale.at(one.starts_on), scale.at(one.ends_on) if one.ends_on else Fraction(100)
    known = end if one.ends_on else max(start, scale.at(today))
    runs = one.starts_on <= today and (one.ends_on is None or one.ends_on >= today)
    colour = WEB.action if runs else WEB.line_strong
    place = {"y": y + 18, "height": _BAR, "rx": 2}
    parts = [_label(one, start, y + 13)]
    if known > start:
        parts.append(element("rect", x=_percents(start), width=_percents(known - start), fill=colour, **place))
    if end > known:
        parts.append(
            element(
                "rect", x=_percents(known), width=_percents(end - known), fill="none", stroke=colour,
                stroke_dasharray="4 3", **place,
            )
        )  # fmt: skip
    return "".join(parts)


def _label(one: EmploymentContract, start: Fraction, y: int) -> str:
    """On the side of its bar that has room."""
    words = f"{one.get_type_display()}, {one.employer}"
    if start > 55:
        return text(words, x="100%", y=y, text_anchor="end", fill=WEB.ink, font_size=13)
    return text(words, x=_percents(start), y=y, fill=WEB.ink, font_size=13)


def _title(contracts: Sequence[EmploymentContract]) -> str:
    spans = ", ".join(
        f"{one.get_type_display()} {date_fr(one.starts_on)} – {date_fr(one.ends_on) if one.ends_on else 'sans fin'}"
        for one in contracts
    )
    return f"Contrats de travail dans le temps\u202f: {spans}"


def _percents(share: Fraction) -> str:
    return f"{coordinate(share)}%"
