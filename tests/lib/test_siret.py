import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from lib.siret import check_siret, normalise_siret

# Real identifiers of the DECP files (data.gouv.fr, e-marchespublics), with the verdict of python-stdnum.
SAMPLE = Path(__file__).parents[1] / "data" / "siret_dev_sample.csv"
with SAMPLE.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))

LA_POSTE = "35600000012305"
BAYONNE = "21640102600440"


def test_sample_is_whole():
    assert len(ROWS) == 210
    assert {row["strict_14digits"] for row in ROWS} == {"valid", "invalid"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["raw"])
def test_sample_verdicts(row):
    verdict = check_siret(row["raw"])

    assert ("valid" if verdict.strict else "invalid") == row["strict_14digits"]
    assert ("valid" if verdict.valid else "invalid") == row["tolerant_trim_despace"]
    assert bool(verdict.reason) is not verdict.valid
    expected = {
        "luhn_fails": "clé de contrôle",
        "non_digit": "étranger" if row["declared_type"] == "TVA" else "ne contient que",
        "luhn_ok": "",
        "laposte_sum5": "",
    }
    assert expected[row["reason"]] in verdict.reason


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f", "\u2009", "\t", "\n"])
def test_spaces_of_any_kind_are_dropped_but_not_strict(space):
    verdict = check_siret(f"{space}216{space}401 026 00440{space}")

    assert verdict.siret == BAYONNE
    assert verdict.valid
    assert not verdict.strict


@pytest.mark.parametrize("raw", [BAYONNE, LA_POSTE, "35600000000048"])
def test_valid_as_received(raw):
    verdict = check_siret(raw)

    assert verdict.strict
    assert verdict.siret == raw


@pytest.mark.parametrize(
    ("raw", "part"),
    [
        (None, "vide"),
        ("", "vide"),
        (" \u00a0", "vide"),
        ("216401026", "SIREN (9 chiffres)"),
        ("216401027", "9 chiffres au lieu de 14"),
        ("3,2304E+13", "tableur a changé ce numéro en «\u202f3,2304E+13\u202f»"),
        ("3.2304e13", "tableur"),
        ("21640102600440.0", "décimale"),
        ("2164010260044", "13 chiffres au lieu de 14"),
        ("216401026004400000", "les 4 derniers sont de trop"),
        ("216401026004410000", "18 chiffres au lieu de 14"),
        ("1", "1 chiffre au lieu de 14"),
        ("21640102600441", "clé de contrôle"),
        ("35600000012306", "multiple de 5"),
        ("FR40303265045", "numéro de TVA"),
        ("ES B66484189", "étranger (ES)"),
        ("21640102600O40", "«\u202fO\u202f» n'en est pas un"),
        ("216.401.026-00440", "retirez points"),
        ("٢1640102600440", "«\u202f٢\u202f» n'en est pas un"),
    ],
)
def test_reason_names_the_fault(raw, part):
    verdict = check_siret(raw)

    assert not verdict.valid
    assert not verdict.strict
    assert verdict.siret is None
    assert part in verdict.reason
    assert verdict.reason.endswith(".")


def test_thirteen_digits_that_lost_their_zero_are_shown_not_repaired():
    verdict = check_siret("0572078400015")

    assert not verdict.valid
    assert "«\u202f00572078400015\u202f» serait valide" in verdict.reason
    assert "serait valide" not in check_siret("0572078400016").reason


@given(st.text(max_size=30))
def test_any_text_gets_a_verdict(raw):
    verdict = check_siret(raw)

    assert verdict.valid is (verdict.reason == "")
    assert not verdict.strict or verdict.valid


@given(st.from_regex(r"[0-9]{14}", fullmatch=True))
def test_agrees_with_the_rule_written_out(digits):
    if digits.startswith("356000000") and digits != "35600000000048":
        expected = sum(map(int, digits)) % 5 == 0
    else:
        expected = luhn.is_valid(digits) and luhn.is_valid(digits[:9])

    assert check_siret(digits).valid is expected


@given(st.integers(0, 99999))
def test_la_poste_by_its_digit_sum(nic):
    digits = f"356000000{nic:05}"
    head_office = digits == "35600000000048"
    assert check_siret(digits).valid is (head_office or sum(map(int, digits)) % 5 == 0)


def test_normalise_keeps_everything_but_spaces():
    assert normalise_siret(" 216-401\u202f026.") == "216-401026."
