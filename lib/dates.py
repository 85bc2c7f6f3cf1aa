"""Dates and months in French. A month is the date of its first day; « today » is the day in Paris."""

import calendar
import re
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lib.numbers import quote

PARIS = ZoneInfo("Europe/Paris")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
SHORT_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")

_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


class MonthError(ValueError):
    """A text that is not a month; the message is a French sentence for the user."""


def today_paris() -> date:
    return datetime.now(PARIS).date()


def month_of(day: date) -> date:
    """First day of the month of `day`."""
    return date(day.year, day.month, 1)


def last_day(month: date) -> date:
    """Last day of the month of `month`."""
    return date(month.year, month.month, calendar.monthrange(month.year, month.month)[1])


def parse_month(text: str) -> date:
    """« 2026-10 » → 1 October 2026. Raises MonthError."""
    match = _MONTH.fullmatch(text.strip())
    try:
        if match:
            return date(int(match[1]), int(match[2]), 1)
    except ValueError:
        pass
    raise MonthError(f"{quote(text)} n'est pas un mois. Écrivez l'année et le mois, par exemple 2026-10.")


def month_key(month: date) -> str:
    """1 October 2026 → « 2026-10 »."""
    return f"{month.year:04}-{month.month:02}"


def add_months(month: date, count: int) -> date:
    """First day of the month `count` months after that of `month` (before, when negative)."""
    years, index = divmod(month.month - 1 + count, 12)
    return date(month.year + years, index + 1, 1)


def months_between(first: date, last: date) -> int:
    """How many months `last` is after `first`; 0 within one month, negative when before."""
    return (last.year - first.year) * 12 + last.month - first.month


def iter_months(first: date, last: date) -> Iterator[date]:
    """Every month from that of `first` to that of `last`, both included; nothing when `last` is before."""
    for count in range(months_between(first, last) + 1):
        yield add_months(first, count)


def month_name_fr(month: date) -> str:
    """« octobre »."""
    return MONTHS[month.month - 1]


def month_fr(month: date) -> str:
    """« octobre 2026 »."""
    return f"{month_name_fr(month)} {month.year}"


def period_fr(first: date, last: date) -> str:
    """Of whole months: « janvier à octobre 2026 », « octobre 2025 à mars 2026 », « mars 2026 »."""
    if month_of(first) == month_of(last):
        return month_fr(first)
    return f"{month_name_fr(first) if first.year == last.year else month_fr(first)} à {month_fr(last)}"


def of_month_fr(month: date) -> str:
    """« d'octobre 2026 », « de mai 2026 »."""
    name = month_fr(month)
    return f"d'{name}" if name[0] in "ao" else f"de {name}"


def date_fr(day: date) -> str:
    """« 12/05/2026 »."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def long_date_fr(day: date) -> str:
    """« 3 mai 2027 », « 1er mai 2027 »."""
    # The day stays with its month at the end of a line.
    return f"{'1er' if day.day == 1 else day.day}\u00a0{month_fr(day)}"


def age_on(birth: date, day: date) -> int:
    """Full years on `day`; who was born on 29 February grows older on 1 March of common years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
