import csv
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.obligation_rules import ObligationError, Rule, Terms, due_hours, estimated_hours, term_faults

# Published and derived examples, the source of each in its last column.
EXAMPLES = Path(__file__).parents[1] / "data" / "calcul_heures_examples.csv"
with EXAMPLES.open(encoding="utf-8", newline="") as file:
    ROWS = [row for row in csv.DictReader(line for line in file if line[0] != "#") if row["rule"] == "pct_hours"]

D = Decimal
MILLION = {"amount_ht": D(1_000_000), "labour_share": D("0.5"), "hourly_cost": D(30), "rate": D("0.05")}


def test_examples_are_whole():
    assert len(ROWS) == 7


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['part_main_oeuvre']}x{row['cout_horaire_eur']}")
def test_examples(row):
    terms = Terms(
        Rule.SHARE_OF_LABOUR,
        amount_ht=D(row["amount_ht_eur"]),
        labour_share=D(row["part_main_oeuvre"]),
        hourly_cost=D(row["cout_horaire_eur"]),
        rate=D(row["taux_insertion"]),
    )
    due = due_hours(terms)

    assert abs(due - D(row["hours_unrounded"])) <= D("0.5")
    assert due == D(row["expected_published"] or due)
    assert due == due.to_integral_value()


def test_half_an_hour_goes_up():
    assert due_hours(Terms(Rule.SHARE_OF_LABOUR, **{**MILLION, "amount_ht": D(999_000)})) == D("833")  # 832.5
    assert due_hours(Terms(Rule.SHARE_OF_LABOUR, **{**MILLION, "amount_ht": D("998999.99")})) == D("832")


def test_fixed_hours_are_not_rounded():
    assert due_hours(Terms(Rule.FIXED, fixed_hours=D("350.25"))) == D("350.25")


def test_offer_above_the_minimum_wins():
    assert due_hours(Terms(Rule.FIXED, fixed_hours=D(300), offered_hours=D("400.5"))) == D("400.5")
    assert due_hours(Terms(Rule.FIXED, fixed_hours=D(300), offered_hours=D(100))) == D(300)
    assert due_hours(Terms(Rule.SHARE_OF_LABOUR, offered_hours=D(900), **MILLION)) == D(900)


def test_no_obligation():
    assert due_hours(Terms(Rule.NONE, exempt_reason="Fourniture sans main-d'œuvre")) == 0


def test_estimate():
    assert estimated_hours(Terms(Rule.SHARE_OF_LABOUR, **MILLION)) == Fraction(500_000, 30)
    fixed = Terms(Rule.FIXED, fixed_hours=D(10), amount_ht=D(3000), labour_share=D("0.5"), hourly_cost=D(30))
    assert estimated_hours(fixed) == 50
    for name in ("amount_ht", "labour_share", "hourly_cost"):
        assert estimated_hours(Terms(Rule.SHARE_OF_LABOUR, **{**MILLION, name: None})) is None


@pytest.mark.parametrize(
    ("terms", "errors", "warnings"),
    [
        (Terms(Rule.FIXED), {"fixed_hours"}, set()),
        (Terms(Rule.FIXED, fixed_hours=D(0)), set(), set()),
        (Terms(Rule.FIXED, fixed_hours=D(1), rate=D("0.05"), exempt_reason="x"), set(), {"rate", "exempt_reason"}),
        (Terms(Rule.FIXED, fixed_hours=D(1), labour_share=D("0.5"), hourly_cost=D(30)), set(), set()),
        (Terms(Rule.FIXED, fixed_hours=D(-1), hourly_cost=D(0)), {"fixed_hours", "hourly_cost"}, set()),
        (Terms(Rule.SHARE_OF_LABOUR), {"amount_ht", "labour_share", "hourly_cost", "rate"}, set()),
        (Terms(Rule.SHARE_OF_LABOUR, fixed_hours=D(3), **MILLION), set(), {"fixed_hours"}),
        (Terms(Rule.SHARE_OF_LABOUR, **{**MILLION, "rate": D(5)}), {"rate"}, set()),
        (Terms(Rule.SHARE_OF_LABOUR, **{**MILLION, "labour_share": D("1.01")}), {"labour_share"}, set()),
        (Terms(Rule.SHARE_OF_LABOUR, **{**MILLION, "amount_ht": D(-1)}), {"amount_ht"}, set()),
        (Terms(Rule.NONE), {"exempt_reason"}, set()),
        (Terms(Rule.NONE, exempt_reason=" "), {"exempt_reason"}, set()),
        (Terms(Rule.NONE, exempt_reason="x", amount_ht=D(1)), set(), set()),
        (
            Terms(Rule.NONE, exempt_reason="x", fixed_hours=D(0), offered_hours=D(1), **{**MILLION, "amount_ht": None}),
            {"fixed_hours", "labour_share", "hourly_cost", "rate", "offered_hours"},
            set(),
        ),
    ],
)
def test_faults(terms, errors, warnings):
    faults = term_faults(terms)

    assert {fault.field for fault in faults if not fault.is_warning} == errors
    assert {fault.field for fault in faults if fault.is_warning} == warnings
    if errors:
        with pytest.raises(ObligationError) as error:
            due_hours(terms)
        assert all(fault.message in str(error.value) for fault in faults if not fault.is_warning)


MONEY = st.decimals(0, 10**9, places=2)
SHARE = st.decimals(0, 1, places=4)


@given(MONEY, SHARE, SHARE, st.decimals("0.01", 100, places=2), st.none() | st.decimals(0, 10**5, places=2))
def test_share_of_labour_against_whole_numbers(amount, share, rate, cost, offered):
    due = due_hours(
        Terms(
            Rule.SHARE_OF_LABOUR,
            amount_ht=amount,
            labour_share=share,
            hourly_cost=cost,
            rate=rate,
            offered_hours=offered,
        )
    )
    # In cents and ten-thousandths the division is between whole numbers: 10^8 stands for the two shares.
    numerator = int(amount * 100) * int(share * 10_000) * int(rate * 10_000)
    denominator = int(cost * 100) * 10**8
    assert due == max((2 * numerator + denominator) // (2 * denominator), offered or 0)
