"""Single values of a DECP file: text, dates, amounts, durations. Nothing is guessed: the rest raises ValueError."""

import html
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

MAX_AMOUNT = Decimal("999999999999.99")
MAX_DURATION_MONTHS = 600
YEARS = range(1990, 2101)

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*|Z|[+-]\d{2}:?\d{2})?", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,30}(?:\.\d{1,30})?", re.ASCII)
_CPV = re.compile(r"(\d{8})(?:-\d)?", re.ASCII)


def clean_text(value: object) -> str:
    """One line of text that PostgreSQL accepts, entities decoded twice: some platforms escape what was escaped."""
    if value is None or isinstance(value, (bool, dict, list)):
        return ""
    text = html.unescape(html.unescape(str(value)))
    if not text.isprintable():
        text = "".join(map(_storable, text))
    return " ".join(text.split())


def _storable(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":
        return "\ufffd"
    return " " if category == "Cc" else character


def parse_date(value: object) -> date | None:
    """The day of an ISO date, with or without a time zone (`2018-12-17+01:00`). Absent gives None."""
    text = clean_text(value)
    if not text:
        return None
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    if int(match[1]) not in YEARS:
        raise ValueError(text)
    return date(int(match[1]), int(match[2]), int(match[3]))


def parse_amount(value: object) -> Decimal | None:
    """An amount in euros, rounded to the cent. Absent gives None."""
    number = _parse_number(value)
    if number is None:
        return None
    if number < 0 or number > MAX_AMOUNT:
        raise ValueError(str(value))
    return number.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def parse_duration(value: object) -> int | None:
    """A whole number of months from 1 to MAX_DURATION_MONTHS. Absent gives None."""
    number = _parse_number(value)
    if number is None:
        return None
    if number != number.to_integral_value() or not 1 <= number <= MAX_DURATION_MONTHS:
        raise ValueError(str(value))
    return int(number)


def _parse_number(value: object) -> Decimal | None:
    if isinstance(value, (bool, dict, list)):
        raise ValueError(str(value)[:40])
    if isinstance(value, Decimal):
        # Past this, an exponent of a few characters would be a number of millions of digits.
        if not value.is_finite() or abs(value.adjusted()) > 30:
            raise ValueError(str(value)[:40])
        return value
    text = clean_text(value)
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)


def parse_cpv(value: object) -> str:
    """The eight digits of a CPV code, without its check digit. Absent gives an empty string."""
    text = clean_text(value)
    if not text:
        return ""
    match = _CPV.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return match[1]


def as_mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def items(value: object, name: str) -> Iterator[object]:
    """The entries of a list, as 2019 (`[{…}]`), 2022 (`[{"titulaire": {…}}]`, `{"technique": […]}`) or XML write it."""
    entries = value if isinstance(value, list) else [value]
    for entry in entries:
        if isinstance(entry, dict) and name in entry and len(entry) == 1:
            yield from items(entry[name], name)
        elif entry not in (None, "", {}, []):
            yield entry
