"""Suggested rates, steps of a result, parts of holders."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clauses.rules import due_steps, equal_shares, exact_shares, split_hours, suggested_rate
from lib.obligation_rules import Rule, Terms, due_hours

N = "\u202f"


@pytest.mark.parametrize(
    ("programme", "operation", "rate"),
    [
        ("npnru", "travaux", "0.05"),
        ("npnru", "ingenierie", "0.05"),
        ("npnru", "gup", "0.10"),
        ("pnru", "travaux", "0.05"),
        ("pnru", "gup", None),
        ("npnru", "relogement", None),
        ("hors_anru", "travaux", None),
        ("", "travaux", None),
    ],
)
def test_rate_is_suggested_with_its_source(programme, operation, rate):
    suggestion = suggested_rate(programme, operation)
    if rate is None:
        assert suggestion is None
    else:
        assert suggestion is not None
        assert suggestion.rate == Decimal(rate)
        assert "charte" in suggestion.source


def test_steps_of_a_share_of_labour():
    terms = Terms(Rule.SHARE_OF_LABOUR, Decimal(1_000_000), None, Decimal("0.5"), Decimal(30), Decimal("0.05"))
    assert due_steps(terms, due_hours(terms)) == [
        f"Main-d'œuvre{N}: 1{N}000{N}000{N}€ × 50{N}% = 500{N}000{N}€.",
        f"Heures travaillées{N}: 500{N}000{N}€ ÷ 30{N}€ de l'heure = 16{N}666,67{N}h.",
        f"Heures d'insertion{N}: 16{N}666,67{N}h × 5{N}% = 833,33{N}h, arrondies à 833{N}h.",
        f"Heures dues{N}: 833{N}h.",
    ]


def test_steps_of_fixed_hours_and_of_an_offer():
    terms = Terms(Rule.FIXED, fixed_hours=Decimal("120.5"), offered_hours=Decimal(150))
    assert due_steps(terms, due_hours(terms)) == [
        f"Heures fixées au marché{N}: 120,5{N}h.",
        f"L'offre de l'entreprise propose 150{N}h, plus que le minimum.",
        f"Heures dues{N}: 150{N}h.",
    ]
    terms = Terms(Rule.FIXED, fixed_hours=Decimal(200), offered_hours=Decimal(150))
    assert "pas plus que le minimum" in due_steps(terms, due_hours(terms))[1]


def test_steps_without_obligation():
    assert due_steps(Terms(Rule.NONE, exempt_reason="moins de 500 h"), Decimal(0)) == [
        f"Sans obligation{N}: moins de 500 h."
    ]


def test_thirds_give_the_odd_hour_to_the_first():
    assert split_hours(Decimal(100), equal_shares(3)) == [Decimal(34), Decimal(33), Decimal(33)]
    assert split_hours(Decimal("100.5"), equal_shares(2)) == [Decimal("50.25"), Decimal("50.25")]
    assert equal_shares(0) == []


PARTS = st.lists(st.fractions(min_value=0, max_value=10), min_size=1, max_size=8).filter(any)


@given(PARTS)
def test_shares_add_up_to_one(parts):
    shares = exact_shares(parts)
    assert sum(shares) == 1
    whole = sum(parts)
    for share, part in zip(shares, parts, strict=True):
        assert abs(Fraction(share) - Fraction(part) / whole) < Fraction(1, 10**6)


@given(st.decimals(min_value=0, max_value=10**7, places=2), PARTS)
def test_hours_add_up_to_what_is_due_and_none_strays(due, parts):
    shares = exact_shares(parts)
    hours = split_hours(due, shares)
    assert sum(hours) == due
    for part, share in zip(hours, shares, strict=True):
        assert part >= 0
        assert abs(Fraction(part) - Fraction(due) * Fraction(share)) < 1
