"""Numbers in French, read and written, and exact rounding. Decimals and fractions end to end, never a float."""

import re
from decimal import MAX_PREC, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import lru_cache

Number = int | Decimal | Fraction

NNBSP = "\u202f"
MINUS = "\u2212"
NOT_COMPUTABLE = "n. c."

_EXACT = Context(prec=MAX_PREC, rounding=ROUND_HALF_UP)
_QUOTED_LENGTH = 40
_NUMBER = re.compile(
    rf"(?P<sign>[-{MINUS}]?)\s*(?P<whole>[0-9]{{1,3}}(?:\s[0-9]{{3}})+|[0-9]+)(?:[.,](?P<decimals>[0-9]+))?"
)


class NumberError(ValueError):
    """A text that is not the number asked for; the message is a French sentence for the user."""


def round_half_up(value: Number, places: int) -> Decimal:
    """`value` rounded to `places` decimals (≥ 0), ties away from zero, exactly whatever its size."""
    if isinstance(value, Decimal):
        # A page rounds hundreds of them; never « -0 ».
        rounded = value.quantize(Decimal(1).scaleb(-places), context=_EXACT)
        return rounded or rounded.copy_abs()
    numerator, denominator = value.as_integer_ratio()
    scaled = (2 * abs(numerator) * 10**places + denominator) // (2 * denominator)
    return Decimal(f"{-scaled if numerator < 0 else scaled}e-{places}")


@lru_cache(4096)
def number_fr(value: Number, decimals: int = 2, *, strip: bool = True) -> str:
    """1024.5 → « 1 024,5 »; with strip=False « 1 024,50 ». Half up from the value as given."""
    text = f"{round_half_up(value, decimals):,f}"
    if strip and decimals:
        text = text.rstrip("0").rstrip(".")
    if not text.strip("-0.,"):
        text = text.removeprefix("-")
    return text.replace(",", NNBSP).replace(".", ",").replace("-", MINUS)


def hours_fr(value: Number, decimals: int = 2, *, strip: bool = True) -> str:
    """« 1 024,5 h »."""
    return f"{number_fr(value, decimals, strip=strip)}{NNBSP}h"


def money_fr(value: Number) -> str:
    """« 1 500 000 € », « 12,50 € »: both cents or none."""
    whole = round_half_up(value, 2) == round_half_up(value, 0)
    return f"{number_fr(value, 0 if whole else 2, strip=False)}{NNBSP}€"


def percent_fr(rate: Number | None, decimals: int = 1, *, strip: bool = False) -> str:
    """Rate 0.684 → « 68,4 % », half up from the unrounded rate; None → « n. c. »."""
    if rate is None:
        return NOT_COMPUTABLE
    return f"{number_fr(Fraction(rate) * 100, decimals, strip=strip)}{NNBSP}%"


def parse_decimal(
    text: str,
    *,
    places: int | None = None,
    minimum: Decimal | None = None,
    maximum: Decimal | None = None,
    unit: str = "",
) -> Decimal:
    """Reads « 1 024,5 », « 1024.5 », any no-break space between thousands, `unit` allowed after it.

    Raises NumberError: empty, not a number, more than `places` decimals, out of bounds. A dot and a comma together,
    or thousands marked by dots, are refused rather than guessed.
    """
    shown = quote(text)
    stripped = text.strip()
    if unit and stripped.endswith(unit):
        stripped = stripped[: -len(unit)].rstrip()
    if not stripped:
        raise NumberError("Indiquez un nombre.")
    match = _NUMBER.fullmatch(stripped)
    if match is None:
        raise NumberError(f"{shown} n'est pas un nombre. Écrivez par exemple 1{NNBSP}024,50.")
    if places is not None and len(match["decimals"] or "") > places:
        plural = "s" if places > 1 else ""
        allowed = f"{places} décimale{plural} au plus" if places else "un nombre entier"
        raise NumberError(f"{shown} a trop de décimales{NNBSP}: {allowed}.")
    value = Decimal(re.sub(r"\s", "", match["whole"]) + "." + (match["decimals"] or "0"))
    value = -value if match["sign"] and value else value
    check_bounds(value, minimum, maximum, unit)
    return value


def check_bounds(value: Decimal, minimum: Decimal | None, maximum: Decimal | None, unit: str = "") -> None:
    """Raises NumberError in French when `value` is outside; None means no bound."""
    suffix = f"{NNBSP}{unit}" if unit else ""
    if minimum is not None and value < minimum:
        if minimum == 0:
            raise NumberError(f"{number_fr(value, 6)}{suffix} est négatif. Indiquez 0 ou plus.")
        raise NumberError(f"{number_fr(value, 6)}{suffix} est inférieur au minimum, {number_fr(minimum, 6)}{suffix}.")
    if maximum is not None and value > maximum:
        raise NumberError(f"{number_fr(value, 6)}{suffix} dépasse le maximum, {number_fr(maximum, 6)}{suffix}.")


def quote(text: str) -> str:
    """What the user typed, between quotation marks, cut when long."""
    clean = " ".join(text.split())
    return f"«\u202f{clean[:_QUOTED_LENGTH]}…\u202f»" if len(clean) > _QUOTED_LENGTH else f"«\u202f{clean}\u202f»"
