"""Rules of hours and hires, without a database."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beneficiaries.rules import (
    FrozenAtHire,
    age_warning,
    eligibility_warning,
    freeze_at_hire,
    month_outside,
    month_sum_problem,
    proof_end,
    span_fr,
    touches,
)
from lib.dates import iter_months, last_day

DAYS = st.dates(date(2020, 1, 1), date(2026, 12, 31))
APRIL = date(2026, 4, 1)


@given(month=DAYS.map(lambda day: day.replace(day=1)), first=st.none() | DAYS, last=st.none() | DAYS)
def test_month_touches_a_span_when_one_day_is_in_both(month, first, last):
    days = (date.fromordinal(n) for n in range(month.toordinal(), last_day(month).toordinal() + 1))
    if first and last and last < first:
        return
    common = any((first is None or first <= day) and (last is None or day <= last) for day in days)
    assert touches(month, (first, last)) is common


def test_month_outside_names_the_first_span_that_it_misses():
    spans = [("du contrat", (date(2026, 1, 1), None)), ("du lot", (date(2026, 1, 1), date(2026, 3, 31)))]
    assert month_outside(APRIL, spans) == (
        "Ce mois est hors du lot (du 01/01/2026 au 31/03/2026). Corrigez le mois ou les dates."
    )
    assert month_outside(date(2026, 3, 1), spans) == ""


@pytest.mark.parametrize(
    ("span", "words"),
    [
        ((date(2026, 1, 2), date(2026, 3, 4)), "du 02/01/2026 au 04/03/2026"),
        ((date(2026, 1, 2), None), "depuis le 02/01/2026"),
        ((None, date(2026, 3, 4)), "jusqu'au 04/03/2026"),
        ((None, None), "sans dates"),
    ],
)
def test_span_in_words(span, words):
    assert span_fr(span) == words


@pytest.mark.parametrize(
    ("total", "is_error", "is_warning"),
    [
        ("220", False, False),
        ("220.01", False, True),
        ("744", False, True),
        ("744.01", True, False),
        ("0", False, False),
    ],
)
def test_sum_of_a_month(total, is_error, is_warning):
    error, warning = month_sum_problem(Decimal(total))
    assert (bool(error), bool(warning)) == (is_error, is_warning)
    assert not total.endswith("1") or total.replace(".", ",") in error + warning


def frozen(**changes) -> FrozenAtHire:
    person = {
        "starts_on": date(2026, 5, 16),
        "birth_date": date(1990, 5, 17),
        "education_level": "3",
        "criteria": ["rqth", "qpv"],
        "qpv_code": "QN03101M",
        "qpv_generation": "qp2024",
    }
    return freeze_at_hire(**(person | changes))


def test_hire_freezes_age_in_full_years_level_criteria_and_quarter():
    assert frozen() == FrozenAtHire(35, "3", ("rqth", "qpv"), "QN03101M", "qp2024")
    assert frozen(starts_on=date(2026, 5, 17)).age_at_hire == 36


def test_what_is_known_to_be_absent_is_frozen_empty():
    absent = {"education_level": "non_connu", "criteria": ["non_connu"], "qpv_code": "hors_qpv", "qpv_generation": ""}
    assert frozen(birth_date=None, **absent) == FrozenAtHire(None, "", (), "", "")
    assert frozen(qpv_code="", qpv_generation="qp2024").qpv_generation == ""


@pytest.mark.parametrize(("age", "warns"), [(15, True), (16, False), (75, False), (76, True), (None, False)])
def test_age_warning(age, warns):
    assert bool(age_warning(age)) is warns


@pytest.mark.parametrize(
    ("verified", "until", "words"),
    [
        (None, None, "n'est pas vérifiée"),
        (date(2026, 4, 2), None, "après l'embauche"),
        (APRIL, None, ""),
        (date(2026, 1, 1), date(2026, 3, 31), "n'était valable que"),
        (date(2026, 1, 1), APRIL, ""),
    ],
)
def test_eligibility_is_verified_before_the_job(verified, until, words):
    warning = eligibility_warning(APRIL, verified, until)
    assert words in warning
    assert bool(warning) is bool(words)


@pytest.mark.parametrize(
    ("proof", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 3, date(2026, 4, 15)),
        (date(2026, 12, 31), 6, date(2027, 6, 30)),
    ],
)
def test_proof_ends_the_same_day_some_months_later(proof, months, end):
    assert proof_end(proof, months) == end


@given(DAYS, st.integers(1, 24))
def test_proof_end_is_in_the_right_month(proof, months):
    end = proof_end(proof, months)
    assert len(list(iter_months(proof, end))) == months + 1
    assert end.day <= proof.day
