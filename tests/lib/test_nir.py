import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.nir import contains_nir

# Made up: no such person. Key computed by the rule 97 − (n mod 97).
BODY = "1850578006084"
KEY = f"{97 - int(BODY) % 97:02}"


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        BODY + KEY,
        "1 85 05 78 006 084",
        f"1 85 05 78 006 084 {KEY}",
        "1.85.05.78.006.084",
        "1-85-05-78-006-084",
        "1\u00a085\u202f05\u00a078\u00a0006\u00a0084",
        f"NIR : {BODY}, née à Toulouse",
        "née le" + BODY,
        "1 85 05 2A 006 084",
        "1 85 05 2b 006 084",
        "2992099006084",
        "7850578006084",
        "8854278006084",
        "1856378006084",
    ],
)
def test_nir_is_found(text):
    assert contains_nir(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Dupont",
        BODY[:12],
        BODY + "0",
        "9" + BODY,
        BODY + f"{(int(KEY) + 1) % 97:02}",
        "5850578006084",
        "6850578006084",
        "0850578006084",
        "1851378006084",
        "1851978006084",
        "1854378006084",
        "1850078006084",
        "1 85 05 2C 006 084",
        "1 85 05 A2 006 084",
        "1/85/05/78/006/084",
        "21640102600440",
        "06 12 34 56 78",
        "2024-01-15 09:30",
    ],
)
def test_other_texts_are_not(text):
    assert not contains_nir(text)


@pytest.mark.parametrize(("department", "value"), [("2A", "19"), ("2B", "18"), ("2a", "19")])
def test_key_of_corsica(department, value):
    key = 97 - int(f"18505{value}006084") % 97
    assert contains_nir(f"18505{department}006084{key:02}")
    assert not contains_nir(f"18505{department}006084{key % 97 + 1:02}")


def test_a_wrong_key_does_not_hide_a_nir_further_on():
    assert contains_nir(f"{BODY}00 et puis {BODY}{KEY}")


@given(
    st.from_regex(
        r"[123478][0-9]{2}(0[1-9]|1[0-2]|[23][0-9]|4[0-2]|[5-9][0-9])([0-9]{2}|2[AB])[0-9]{6}", fullmatch=True
    ),
    st.lists(st.sampled_from(["", " ", ".", "-", "\u202f"]), min_size=13, max_size=13),
)
def test_every_nir_is_found_whatever_its_separators(body, gaps):
    assert contains_nir("x" + "".join(map("".join, zip(body, gaps, strict=True))) + "y")
    assert not contains_nir("1" + body)


def test_a_file_without_candidates_is_read_fast():
    cells = ["EMP-2024-000123", "LOT-31-2023-0457", "2024-03", "travail", "151.67", "validee",
             "Réhabilitation de 48 logements rue des Lilas, Toulouse", "12 500.00", "QN03101A"] * 100_000  # fmt: skip
    start = time.process_time()
    found = sum(map(contains_nir, cells))
    assert found == 0
    assert time.process_time() - start < 3, "prefilter lost: 0.3 s on an idle core"
