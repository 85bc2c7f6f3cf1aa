from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.numbers import (
    NumberError,
    hours_fr,
    money_fr,
    number_fr,
    parse_decimal,
    percent_fr,
    round_half_up,
)

D = Decimal


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (D("0.125"), 2, "0.13"),
        (D("0.5"), 0, "1"),
        (D("-0.5"), 0, "-1"),
        (D("-0.004"), 2, "0.00"),
        (D("1e3"), 2, "1000.00"),
        (Fraction(1, 3), 6, "0.333333"),
        (Fraction(2, 3), 0, "1"),
        (12, 2, "12.00"),
        (D("12345678901234567890123456789.005"), 2, "12345678901234567890123456789.01"),
        (Fraction(10**40, 3), 1, "3" * 40 + ".3"),
    ],
)
def test_round_half_up(value, places, expected):
    assert str(round_half_up(value, places)) == expected


@given(st.fractions() | st.decimals(allow_nan=False, allow_infinity=False), st.integers(0, 8))
def test_rounding_is_within_half_a_unit_and_ties_go_up(value, places):
    rounded = Fraction(round_half_up(value, places))
    gap = abs(rounded - Fraction(value)) * 10**places
    assert gap <= Fraction(1, 2)
    assert gap < Fraction(1, 2) or abs(rounded) > abs(Fraction(value))


@pytest.mark.parametrize(
    ("value", "kwargs", "expected"),
    [
        (D("1024.5"), {}, "1\u202f024,5"),
        (D("1024.5"), {"strip": False}, "1\u202f024,50"),
        (D("1824868"), {}, "1\u202f824\u202f868"),
        (D("100"), {}, "100"),
        (0, {}, "0"),
        (D("-0.004"), {}, "0"),
        (D("-0.004"), {"strip": False}, "0,00"),
        (D("-1500"), {}, "\u22121\u202f500"),
        (D("612.5"), {"decimals": 0}, "613"),
        (Fraction(1, 3), {"decimals": 1}, "0,3"),
    ],
)
def test_number_fr(value, kwargs, expected):
    assert number_fr(value, **kwargs) == expected


def test_units():
    assert hours_fr(D("1024.50")) == "1\u202f024,5\u202fh"
    assert money_fr(D("1500000")) == "1\u202f500\u202f000\u202f€"
    assert money_fr(D("12.5")) == "12,50\u202f€"


@pytest.mark.parametrize(
    ("rate", "kwargs", "expected"),
    [
        (None, {}, "n. c."),
        (D("0.684"), {}, "68,4\u202f%"),
        (Fraction(1687, 1000), {}, "168,7\u202f%"),
        (Fraction(1, 2000), {}, "0,1\u202f%"),
        (Fraction(49949, 100000), {}, "49,9\u202f%"),
        (0, {}, "0,0\u202f%"),
        (Fraction(741, 833), {"strip": True}, "89\u202f%"),
    ],
)
def test_percent_fr(rate, kwargs, expected):
    assert percent_fr(rate, **kwargs) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1024,5", "1024.5"),
        ("1024.5", "1024.5"),
        (" 1 024,5 ", "1024.5"),
        ("1\u202f024\u00a0000,25", "1024000.25"),
        ("0", "0"),
        ("-12,5", "-12.5"),
        ("\u221212", "-12"),
        ("- 3", "-3"),
        ("5 %", "5"),
    ],
)
def test_parse_decimal(text, expected):
    value = parse_decimal(text, unit="%")
    assert value == D(expected)
    assert isinstance(value, Decimal)


@pytest.mark.parametrize(
    "text", ["", " ", "€", "abc", "1.024,5", "1,024.5", "12 5", "1 0244", "1e5", "+5", "NaN", "١٢", "--1"]
)
def test_not_a_number(text):
    with pytest.raises(NumberError):
        parse_decimal(text, unit="€")


def test_decimals_allowed():
    assert parse_decimal("1,250", places=3) == D("1.25")
    with pytest.raises(NumberError, match="2 décimales au plus"):
        parse_decimal("1,255", places=2)
    with pytest.raises(NumberError, match="1 décimale au plus"):
        parse_decimal("1,25", places=1)
    with pytest.raises(NumberError, match="un nombre entier"):
        parse_decimal("1,2", places=0)


@pytest.mark.parametrize(
    ("text", "bounds", "message"),
    [
        ("-1", {"minimum": D(0)}, "−1 est négatif. Indiquez 0 ou plus."),
        ("0,5", {"minimum": D(1)}, "0,5 est inférieur au minimum, 1."),
        ("101", {"maximum": D(100), "unit": "%"}, "101\u202f% dépasse le maximum, 100\u202f%."),
    ],
)
def test_bounds(text, bounds, message):
    with pytest.raises(NumberError) as error:
        parse_decimal(text, **bounds)
    assert str(error.value) == message


def test_bounds_are_allowed():
    assert parse_decimal("0", minimum=D(0)) == 0
    assert parse_decimal("100", maximum=D(100)) == 100


def test_message_cuts_a_long_text():
    with pytest.raises(NumberError, match=r"«\u202fx{40}…\u202f» n'est pas un nombre"):
        parse_decimal("x" * 500)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_what_is_written_is_read_back(value):
    assert parse_decimal(number_fr(value)) == value
    assert parse_decimal(hours_fr(value), unit="h") == value
    assert parse_decimal(money_fr(value), unit="€") == value
