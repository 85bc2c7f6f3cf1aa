"""Reading hours as people type them in France: « 151,67 », « 151.67 », « 151h40 », « 1 024,5 », « 12 h »."""

import re
from decimal import Decimal
from fractions import Fraction

from lib.numbers import NNBSP, NumberError, check_bounds, number_fr, parse_decimal, quote, round_half_up

MONTH_MAXIMUM = Decimal(744)  # 31 days of 24 hours
LONGEST_TEXT = 40

_CLOCK = re.compile(
    r"(?P<whole>[-\u2212]?\s*[0-9][0-9\s]*?)\s*(?:[hH:]|heures?)\s*(?P<minutes>[0-9]{1,2})\s*(?:min|mn|m)?\.?"
)
_UNIT = re.compile(r"\s*(?:h|H|heures?)\.?$")


class HoursError(NumberError):
    """A text that is not a number of hours; the message is a French sentence for the user."""


def parse_hours(text: str, *, minimum: Decimal | None = Decimal(0), maximum: Decimal | None = MONTH_MAXIMUM) -> Decimal:
    """Hours with two decimals; hours and minutes are converted, half up (151h40 → 151.67).

    `minimum`, `maximum`: bounds, None for none. Raises HoursError, for an empty text too.
    """
    if not text.strip():
        raise HoursError("Indiquez un nombre d'heures.")
    try:
        value = _parse(text)
        check_bounds(value, minimum, maximum, "h")
    except HoursError:
        raise
    except NumberError as error:
        raise HoursError(str(error)) from error
    return value


def parse_hours_or_none(
    text: str, *, minimum: Decimal | None = Decimal(0), maximum: Decimal | None = MONTH_MAXIMUM
) -> Decimal | None:
    """The same, None for an empty cell."""
    return parse_hours(text, minimum=minimum, maximum=maximum) if text.strip() else None


def _parse(text: str) -> Decimal:
    stripped = text.strip()
    if len(stripped) > LONGEST_TEXT:
        raise HoursError(_not_hours(text))
    if clock := _CLOCK.fullmatch(stripped):
        return _from_clock(text, clock["whole"], clock["minutes"])
    try:
        value = parse_decimal(_UNIT.sub("", stripped))
    except NumberError:
        raise HoursError(_not_hours(text)) from None
    if round_half_up(value, 2) != value:
        raise HoursError(f"{quote(text)} a trop de décimales{NNBSP}: deux au plus.")
    return round_half_up(value, 2)


def _from_clock(text: str, whole: str, minutes: str) -> Decimal:
    try:
        hours = parse_decimal(whole)
    except NumberError:
        raise HoursError(_not_hours(text)) from None
    if len(minutes) == 1:
        # 12h5 may mean five minutes or half an hour: ask.
        advice = f"{number_fr(hours, 0)}h0{minutes} ou {number_fr(hours, 0)},{minutes}"
        raise HoursError(_not_hours(text, advice))
    if int(minutes) > 59:
        clock = f"{number_fr(hours, 0)}h{round_half_up(Fraction(int(minutes) * 60, 100), 0):02}"
        raise HoursError(_not_hours(text, f"{number_fr(hours, 0)},{minutes} ou {clock}"))
    part = Fraction(int(minutes), 60)
    negative = whole.lstrip().startswith(("-", "\u2212"))
    return round_half_up(Fraction(hours) - part if negative else Fraction(hours) + part, 2)


def _not_hours(text: str, advice: str = "12,75 ou 12h45") -> str:
    return f"{quote(text)} n'est pas une durée. Écrivez {advice}."
