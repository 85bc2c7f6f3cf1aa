from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.dates import (
    MonthError,
    add_months,
    age_on,
    date_fr,
    iter_months,
    last_day,
    long_date_fr,
    month_fr,
    month_key,
    month_name_fr,
    month_of,
    months_between,
    of_month_fr,
    parse_month,
    today_paris,
)

DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))


def test_parse_month():
    assert parse_month(" 2026-10 ") == date(2026, 10, 1)
    assert month_key(date(2026, 10, 15)) == "2026-10"


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-00", "0000-01", "2026-1", "10-2026", "2026-10-01", "2026/10", "٢٠٢٦-10"]
)
def test_malformed_month(text):
    with pytest.raises(MonthError, match="n'est pas un mois"):
        parse_month(text)


def test_french():
    assert month_name_fr(date(2026, 8, 1)) == "août"
    assert month_fr(date(2026, 2, 1)) == "février 2026"
    assert [of_month_fr(date(2026, month, 1)) for month in (4, 5, 8, 10)] == [
        "d'avril 2026", "de mai 2026", "d'août 2026", "d'octobre 2026",
    ]  # fmt: skip
    assert date_fr(date(2026, 5, 12)) == "12/05/2026"
    assert long_date_fr(date(2027, 5, 1)) == "1er\u00a0mai 2027"
    assert long_date_fr(date(2027, 5, 3)) == "3\u00a0mai 2027"


def test_last_day():
    assert [last_day(date(year, 2, 10)).day for year in (2023, 2024, 2100)] == [28, 29, 28]


@given(DAYS, st.integers(-600, 600))
def test_months_add_and_count(day, count):
    moved = add_months(day, count)
    assert moved.day == 1
    assert months_between(day, moved) == count
    assert month_of(day) == add_months(day, 0)


@given(DAYS, DAYS)
def test_months_in_between(first, last):
    months = list(iter_months(first, last))
    assert len(months) == max(0, months_between(first, last) + 1)
    assert months == sorted(set(months))
    if months:
        assert (months[0], months[-1]) == (month_of(first), month_of(last))


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2000, 5, 12), date(2026, 5, 11), 25),
        (date(2000, 5, 12), date(2026, 5, 12), 26),
        (date(2004, 2, 29), date(2026, 2, 28), 21),
        (date(2004, 2, 29), date(2026, 3, 1), 22),
        (date(2000, 5, 12), date(2000, 5, 12), 0),
    ],
)
def test_age_in_full_years(birth, day, age):
    assert age_on(birth, day) == age


def test_today_is_a_day_near_the_machine_s():
    assert abs((today_paris() - date.today()).days) <= 1
