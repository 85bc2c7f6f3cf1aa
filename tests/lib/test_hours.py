from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.hours import HoursError, parse_hours, parse_hours_or_none

D = Decimal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("151,67", "151.67"),
        ("151.67", "151.67"),
        ("151,6", "151.60"),
        ("151h40", "151.67"),
        ("151H40", "151.67"),
        ("151 h 40", "151.67"),
        ("151\u00a0h\u202f40 min", "151.67"),
        ("151:40", "151.67"),
        ("12h", "12.00"),
        ("12 h", "12.00"),
        ("12,5 h", "12.50"),
        ("12 heures", "12.00"),
        ("12 heures 30", "12.50"),
        ("0", "0.00"),
        ("0h05", "0.08"),
        ("12h00", "12.00"),
        (" 7 ", "7.00"),
        ("151,670", "151.67"),
    ],
)
def test_forms(text, expected):
    assert str(parse_hours(text)) == expected


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f", "\u2009"])
def test_thousands(space):
    assert parse_hours(f"1{space}024,5", maximum=None) == D("1024.5")
    assert parse_hours(f"1{space}024{space}h{space}30", maximum=None) == D("1024.5")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("12h75", "«\u202f12h75\u202f» n'est pas une durée. Écrivez 12,75 ou 12h45."),
        ("8h60", "«\u202f8h60\u202f» n'est pas une durée. Écrivez 8,60 ou 8h36."),
        ("12h5", "«\u202f12h5\u202f» n'est pas une durée. Écrivez 12h05 ou 12,5."),
        ("abc", "«\u202fabc\u202f» n'est pas une durée. Écrivez 12,75 ou 12h45."),
        ("12 5", "«\u202f12 5\u202f» n'est pas une durée. Écrivez 12,75 ou 12h45."),
        ("12 5h30", "«\u202f12 5h30\u202f» n'est pas une durée. Écrivez 12,75 ou 12h45."),
        ("12,5h30", "«\u202f12,5h30\u202f» n'est pas une durée. Écrivez 12,75 ou 12h45."),
        ("1,024.5", "«\u202f1,024.5\u202f» n'est pas une durée. Écrivez 12,75 ou 12h45."),
        ("h30", "«\u202fh30\u202f» n'est pas une durée. Écrivez 12,75 ou 12h45."),
        ("1e2", "«\u202f1e2\u202f» n'est pas une durée. Écrivez 12,75 ou 12h45."),
        ("12,345", "«\u202f12,345\u202f» a trop de décimales\u202f: deux au plus."),
        ("1.024", "«\u202f1.024\u202f» a trop de décimales\u202f: deux au plus."),
        ("-2", "−2\u202fh est négatif. Indiquez 0 ou plus."),
        ("-0h30", "−0,5\u202fh est négatif. Indiquez 0 ou plus."),
        ("744,01", "744,01\u202fh dépasse le maximum, 744\u202fh."),
        ("", "Indiquez un nombre d'heures."),
        ("\u202f", "Indiquez un nombre d'heures."),
    ],
)
def test_refusals(text, message):
    with pytest.raises(HoursError) as error:
        parse_hours(text)
    assert str(error.value) == message


def test_a_long_text_is_refused_at_once():
    with pytest.raises(HoursError, match="n'est pas une durée"):
        parse_hours("1" + " " * 100_000 + "x")


def test_bounds_are_parameters():
    assert parse_hours("744") == 744
    assert parse_hours("-2,5", minimum=None) == D("-2.5")
    assert parse_hours("-2h30", minimum=None) == D("-2.5")
    assert parse_hours("900", maximum=None) == 900
    with pytest.raises(HoursError, match="220"):
        parse_hours("221", maximum=D(220))


def test_empty_cell():
    assert parse_hours_or_none(" ") is None
    assert parse_hours_or_none("3") == 3


@given(st.integers(0, 743), st.integers(0, 59))
def test_hours_and_minutes_are_exact_to_the_hundredth(hours, minutes):
    value = parse_hours(f"{hours}h{minutes:02}")
    assert abs(value * 60 - (hours * 60 + minutes)) <= D("0.3")
    assert value.as_tuple().exponent == -2


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused_in_french(text):
    try:
        value = parse_hours(text)
    except HoursError as error:
        message = str(error)
    else:
        message = ""
        assert 0 <= value <= 744
    assert message == "" or message.endswith(".")
