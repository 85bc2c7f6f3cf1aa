from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given

from lib.dates import iter_months
from lib.progress_rules import (
    LotFacts,
    LotStatus,
    compute_progress,
    days_left,
    expected_hours,
    last_possible_date,
    recent_pace,
    reference_date,
    remaining_hours,
)
from tests.lib.strategies import DATES, facts

D = Decimal
START, END = date(2026, 1, 1), date(2026, 12, 31)
TODAY = date(2026, 10, 20)  # so that R is 30 September


def months(hours, first=START, last=date(2026, 9, 1)):
    return dict.fromkeys(iter_months(first, last), D(hours))


LOT = LotFacts(START, END, due=D(730), validated=D(500), declared_by_month=months(60))


def status(**changes):
    today = changes.pop("today", TODAY)
    return compute_progress(replace(LOT, **changes), today).status


@pytest.mark.parametrize(
    ("today", "day", "expected"),
    [
        (date(2026, 11, 15), 15, date(2026, 9, 30)),
        (date(2026, 11, 16), 15, date(2026, 10, 31)),
        (date(2027, 1, 10), 15, date(2026, 11, 30)),
        (date(2027, 1, 16), 15, date(2026, 12, 31)),
        (date(2026, 11, 6), 5, date(2026, 10, 31)),
        (date(2026, 11, 30), 31, date(2026, 9, 30)),
        (date(2026, 12, 1), 31, date(2026, 10, 31)),
        (date(2024, 3, 20), 15, date(2024, 2, 29)),
    ],
)
def test_reference_is_the_last_month_whose_deadline_has_passed(today, day, expected):
    assert reference_date(today, day) == expected


def test_deadline_of_the_marche_is_used():
    assert compute_progress(LOT, date(2026, 11, 10)).reference_date == date(2026, 9, 30)
    assert compute_progress(replace(LOT, deadline_day=5), date(2026, 11, 10)).reference_date == date(2026, 10, 31)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        (date(2025, 11, 30), 0),
        (date(2025, 12, 31), 0),
        (date(2026, 1, 31), 62),  # 31 days of 365, at 2 h a day
        (date(2026, 9, 30), 546),
        (date(2026, 12, 31), 730),
        (date(2027, 3, 31), 730),
    ],
)
def test_expected_follows_the_days(reference, expected):
    assert expected_hours(LOT, reference) == expected


def test_expected_follows_the_planning_where_there_is_one():
    planned = replace(LOT, planning={date(2026, 3, 1): D(100), date(2026, 9, 1): D(200), date(2026, 10, 1): D(999)})
    assert expected_hours(planned, date(2026, 2, 28)) == 0
    assert expected_hours(planned, date(2026, 9, 30)) == 300
    assert expected_hours(planned, date(2026, 12, 31)) == 730
    assert compute_progress(planned, TODAY).expected == 300


def test_a_lot_of_one_day():
    lot = replace(LOT, starts_on=END, ends_on=END)
    assert expected_hours(lot, END - timedelta(days=1)) == 0
    assert expected_hours(lot, END) == 730


def test_pace_is_of_the_last_three_months():
    pace = recent_pace(LOT, date(2026, 9, 30))
    assert (pace.hours, pace.days, pace.months, pace.undeclared) == (D(180), 92, 3, ())
    assert compute_progress(LOT, TODAY).pace_per_week == D("13.70")  # 180 × 7 ÷ 92


def test_a_month_not_declared_is_named_not_counted_as_nothing():
    hours = months(60)
    del hours[date(2026, 8, 1)]
    pace = recent_pace(replace(LOT, declared_by_month=hours), date(2026, 9, 30))
    assert (pace.hours, pace.days, pace.months, pace.undeclared) == (D(120), 61, 2, (date(2026, 8, 1),))

    hours[date(2026, 8, 1)] = D(0)
    assert recent_pace(replace(LOT, declared_by_month=hours), date(2026, 9, 30)).days == 92


def test_pace_keeps_to_the_dates_of_the_lot():
    lot = replace(LOT, starts_on=date(2026, 8, 11), ends_on=date(2026, 9, 10), declared_by_month=months(30))
    pace = recent_pace(lot, date(2026, 9, 30))
    assert (pace.hours, pace.days, pace.months) == (D(60), 31, 2)


def test_the_month_before_the_lot_is_not_missing():
    lot = replace(LOT, starts_on=date(2026, 9, 1), declared_by_month={})
    assert recent_pace(lot, date(2026, 9, 30)).undeclared == (date(2026, 9, 1),)


def test_no_pace_without_a_declared_month():
    figures = compute_progress(replace(LOT, declared_by_month={}), TODAY)
    assert figures.pace_per_week is None
    assert figures.forecast is None
    assert figures.undeclared_months == (date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1))


def test_forecast_adds_the_pace_to_what_was_done():
    # 540 h declared up to R, then 92 days at 180 h for 92 days.
    assert compute_progress(LOT, TODAY).forecast == D(720)


def test_forecast_does_not_count_october_twice():
    early = {**months(60), date(2026, 10, 1): D(50)}
    figures = compute_progress(replace(LOT, declared_by_month=early), TODAY)
    assert figures.declared == 590
    assert figures.forecast == D(720)


def test_forecast_is_never_under_what_is_there():
    big = {**months(0), date(2026, 10, 1): D(400)}
    assert compute_progress(replace(LOT, declared_by_month=big, validated=D(1)), TODAY).forecast == D(400)
    assert compute_progress(replace(LOT, declared_by_month=big), TODAY).forecast == D(500)


def test_needed_counts_from_the_reference_date():
    # 230 h in the 92 days of October, November and December.
    assert compute_progress(LOT, TODAY).weekly_needed == D("17.50")


def test_needed_counts_from_the_start_of_a_lot_to_come():
    lot = replace(LOT, starts_on=date(2026, 12, 1), validated=D(0), declared_by_month={})
    assert days_left(lot, date(2026, 9, 30)) == 31
    assert compute_progress(lot, TODAY).weekly_needed == D("164.84")


def test_nothing_needed_once_reached_or_ended():
    assert compute_progress(replace(LOT, validated=D(730)), TODAY).weekly_needed is None
    assert compute_progress(replace(LOT, validated=D(730)), TODAY).last_possible is None
    assert compute_progress(LOT, date(2027, 1, 16)).weekly_needed is None


@pytest.mark.parametrize(
    ("remaining", "capacity", "expected"),
    [
        ("220.5", "70", date(2026, 12, 8)),  # 22.05 days, rounded up
        ("220", "70", date(2026, 12, 9)),
        ("0.01", "70", date(2026, 12, 30)),
        ("10000000000", "70", date.min),
        (END.toordinal(), "7", date.min),
        (END.toordinal() - 2, "7", date.min + timedelta(days=1)),
    ],
)
def test_last_possible_date(remaining, capacity, expected):
    assert last_possible_date(END, D(remaining), D(capacity)) == expected


def test_remaining_is_never_negative():
    assert remaining_hours(D(10), D(12)) == 0
    assert remaining_hours(D(12), D(10)) == 2
    assert remaining_hours(None, D(10)) == 0


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"due": None}, LotStatus.A_CALIBRER),
        ({"due": None, "today": date(2025, 1, 1)}, LotStatus.A_CALIBRER),
        ({"due": D(0)}, LotStatus.SANS_OBLIGATION),
        ({"due": D(0), "today": date(2027, 6, 1)}, LotStatus.SANS_OBLIGATION),
        ({"validated": D(730)}, LotStatus.ATTEINT),
        ({"validated": D(731), "today": date(2025, 12, 1)}, LotStatus.ATTEINT),
        ({"validated": D(0), "today": date(2025, 12, 31)}, LotStatus.A_VENIR),
        ({"validated": D(0), "today": START}, LotStatus.EN_AVANCE),
        ({"today": date(2027, 1, 16)}, LotStatus.NON_ATTEINT),
        ({"today": date(2027, 1, 15), "validated": D(720)}, LotStatus.EN_AVANCE),
        ({"capacity": D("17.5")}, LotStatus.A_SURVEILLER),
        ({"capacity": D("17.49")}, LotStatus.COMPROMIS),
        ({"validated": D(546)}, LotStatus.EN_AVANCE),
        ({"validated": D("545.99")}, LotStatus.A_SURVEILLER),
        ({"validated": D("436.80")}, LotStatus.A_SURVEILLER),
        ({"validated": D("436.79")}, LotStatus.EN_RETARD),
    ],
)
def test_first_status_that_fits(changes, expected):
    assert status(**changes) is expected


def test_no_expected_hours_without_an_obligation():
    figures = compute_progress(replace(LOT, due=None), TODAY)
    assert (figures.expected, figures.remaining, figures.weekly_needed) == (None, 0, None)


@given(facts(), DATES)
def test_any_lot_has_figures_that_agree(lot, today):
    figures = compute_progress(lot, today)

    assert figures.reference_date < today.replace(day=1)
    assert figures.expected is None or 0 <= figures.expected <= figures.due
    assert figures.forecast is None or figures.forecast >= max(figures.declared, lot.validated)
    if figures.due:
        begun_from = max(figures.reference_date, lot.starts_on - timedelta(days=1))
        too_late = bool(figures.remaining) and figures.last_possible < begun_from
        if figures.status is LotStatus.COMPROMIS:
            assert too_late
        if figures.status in (LotStatus.EN_AVANCE, LotStatus.A_SURVEILLER, LotStatus.EN_RETARD):
            assert not too_late
            assert figures.weekly_needed <= lot.capacity
    if figures.weekly_needed is not None:
        exact = Fraction(figures.remaining) * 7 / days_left(lot, figures.reference_date)
        assert abs(Fraction(figures.weekly_needed) - exact) <= Fraction(1, 200)
