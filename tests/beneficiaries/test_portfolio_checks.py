"""The rules that bear on the whole folder."""

import pytest

from beneficiaries.portfolio.derived import Frozen, frozen_at_hire
from beneficiaries.portfolio.issues import Severity
from beneficiaries.portfolio.reader import read_portfolio
from tests.beneficiaries.folders import employment, hours, lot, sound_rows, write_folder

ERROR, WARNING = Severity.ERROR, Severity.WARNING


@pytest.fixture
def rows():
    return sound_rows()


@pytest.fixture
def found(tmp_path):
    def read(rows):
        portfolio = read_portfolio(write_folder(tmp_path, rows))
        return {(it.file.removesuffix(".csv"), it.line, it.column, it.severity) for it in portfolio.findings.issues}

    return read


@pytest.mark.parametrize(
    ("file", "column"),
    [
        ("operations", "buyer_ref"),
        ("operations", "programme_ref"),
        ("contracts", "buyer_ref"),
        ("contracts", "operation_ref"),
        ("lots", "contract_ref"),
        ("lots", "holder_ref"),
        ("employment_contracts", "beneficiary_ref"),
        ("employment_contracts", "employer_ref"),
        ("employment_contracts", "user_company_ref"),
        ("hours", "employment_ref"),
        ("hours", "lot_ref"),
    ],
)
def test_reference_that_does_not_exist(rows, found, file, column):
    rows[file][-1][column] = rows[file][-1][column].lower() + "x"
    assert found(rows) == {(file, len(rows[file]) + 1, column, ERROR)}


@pytest.mark.parametrize(
    ("file", "column"), [("operations", "programme_ref"), ("contracts", "operation_ref"), ("lots", "holder_ref")]
)
def test_optional_reference(rows, found, file, column):
    rows[file][-1][column] = ""
    assert found(rows) == set()


@pytest.mark.parametrize("file", ["buyers", "companies", "lots", "beneficiaries", "employment_contracts"])
def test_reference_used_twice(rows, found, file):
    rows[file].append(rows[file][0] | {})
    key = next(iter(rows[file][0]))
    assert found(rows) == {(file, len(rows[file]) + 1, key, ERROR)}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"rule": "fixed", "fixed_hours": ""}, {("fixed_hours", ERROR)}),
        ({"rule": "fixed", "fixed_hours": "0"}, set()),
        ({"rule": "fixed", "fixed_hours": "10", "labour_share": "", "hourly_cost": ""}, set()),
        ({"rule": "fixed", "fixed_hours": "10", "hourly_cost": "", "offered_hours": "12"}, set()),
        ({"rule": "fixed", "fixed_hours": "10", "rate": "0.05"}, {("rate", WARNING)}),
        ({"rule": "fixed", "fixed_hours": "10", "rate": "1.05"}, {("rate", ERROR), ("rate", WARNING)}),
        ({"rule": "fixed", "fixed_hours": "10", "exempt_reason": "?"}, {("exempt_reason", WARNING)}),
        ({"amount_ht": ""}, {("amount_ht", ERROR)}),
        ({"labour_share": "", "hourly_cost": "", "rate": ""},
         {("labour_share", ERROR), ("hourly_cost", ERROR), ("rate", ERROR)}),
        ({"labour_share": "0", "rate": "1", "amount_ht": "0"}, set()),
        ({"fixed_hours": "12", "exempt_reason": "?"}, {("fixed_hours", WARNING), ("exempt_reason", WARNING)}),
        ({"rule": "none"}, set()),
        ({"rule": "none", "amount_ht": ""}, set()),
        ({"rule": "none", "exempt_reason": ""}, {("exempt_reason", ERROR)}),
        ({"rule": "none", "fixed_hours": "1", "labour_share": "0",
          "hourly_cost": "1", "rate": "0", "offered_hours": "0"},
         {(name, ERROR) for name in ("fixed_hours", "labour_share", "hourly_cost", "rate", "offered_hours")}),
        ({"rule": "Fixed", "fixed_hours": ""}, {("rule", ERROR)}),
    ],
)  # fmt: skip
def test_parameters_of_the_rule(rows, found, cells, expected):
    rows["lots"].append(lot("L3", **cells))
    assert found(rows) == {("lots", 4, *it) for it in expected}


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "columns"),
    [
        ("2024-01-15", "2024-12-20", set()),
        ("2024-01-14", "", {"starts_on"}),
        ("", "2024-12-21", {"ends_on"}),
        ("2024-12-21", "", {"starts_on"}),
        ("", "2024-01-14", {"ends_on"}),
        ("2024-06-01", "2024-06-01", set()),
        ("2024-06-02", "2024-06-01", {"ends_on"}),
    ],
)
def test_lot_within_its_contract(rows, found, starts_on, ends_on, columns):
    rows["lots"].append(lot("L3", starts_on=starts_on, ends_on=ends_on))
    assert found(rows) == {("lots", 4, column, ERROR) for column in columns}


@pytest.mark.parametrize("file", ["programmes", "employment_contracts"])
def test_end_before_the_start(rows, found, file):
    rows[file][0] |= {"starts_on": "2024-03-02", "ends_on": "2024-03-01"}
    assert (file, 2, "ends_on", ERROR) in found(rows)


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"person_key": "k"}, "person_key"),
        ({"last_name": "", "person_key": "k"}, "person_key"),
        ({"last_name": "", "first_name": "", "birth_date": ""}, "last_name"),
        ({"birth_date": ""}, "birth_date"),
        ({"first_name": " "}, "first_name"),
    ],
)
def test_person_neither_named_nor_anonymised(rows, found, cells, column):
    rows["beneficiaries"][0] |= cells
    assert found(rows) == {("beneficiaries", 2, column, ERROR)}


@pytest.mark.parametrize(
    ("birth_date", "age", "expected"),
    [
        ("2008-02-01", "", set()),
        ("2008-02-02", "", {("starts_on", WARNING)}),
        ("1948-02-02", "", set()),
        ("1948-02-01", "", {("starts_on", WARNING)}),
        ("1990-02-02", "33", set()),
        ("1990-02-02", "34", {("age_at_hire", WARNING)}),
        ("1990-02-02", "non_connu", set()),
        ("2024-02-01", "", {("starts_on", ERROR)}),
        ("2024-01-31", "", {("starts_on", WARNING)}),
    ],
)
def test_age_of_a_named_person(rows, found, birth_date, age, expected):
    rows["beneficiaries"][0]["birth_date"] = birth_date
    rows["employment_contracts"][0]["age_at_hire"] = age
    assert found(rows) == {("employment_contracts", 2, *it) for it in expected}


@pytest.mark.parametrize(
    ("age", "expected"), [("15", WARNING), ("16", None), ("75", None), ("76", WARNING), ("", None)]
)
def test_age_of_an_anonymised_person(rows, found, age, expected):
    rows["employment_contracts"][1]["age_at_hire"] = age
    assert found(rows) == ({("employment_contracts", 3, "age_at_hire", expected)} if expected else set())


@pytest.mark.parametrize(
    ("month", "employed", "executed", "told"),
    [
        ("2024-03", ("2024-03-31", ""), ("", ""), set()),
        ("2024-03", ("2024-04-01", ""), ("", ""), {"contrat de travail"}),
        ("2024-03", ("2024-02-01", "2024-03-01"), ("", ""), set()),
        ("2024-03", ("2024-02-01", "2024-02-29"), ("", ""), {"contrat de travail"}),
        ("2024-01", ("2024-01-01", ""), ("", ""), set()),
        ("2023-12", ("2023-01-01", ""), ("", ""), {"exécution du lot"}),
        ("2025-01", ("2023-01-01", ""), ("", ""), {"exécution du lot"}),
        ("2024-05", ("2023-01-01", ""), ("2024-05-31", "2024-05-31"), set()),
        ("2024-06", ("2023-01-01", ""), ("2024-05-31", "2024-05-31"), {"exécution du lot"}),
        ("2024-06", ("2023-01-01", "2023-02-01"), ("", "2024-05-31"), {"contrat de travail", "exécution du lot"}),
    ],
)
def test_month_touches_employment_and_lot(rows, tmp_path, month, employed, executed, told):
    rows["employment_contracts"].append(employment("E3", starts_on=employed[0], ends_on=employed[1]))
    rows["lots"].append(lot("L3", starts_on=executed[0], ends_on=executed[1]))
    rows["hours"].append(hours("E3", "L3", month, "0", status="refusee"))
    issues = read_portfolio(write_folder(tmp_path, rows)).findings.issues
    assert {(it.line, it.column, it.severity) for it in issues} <= {(7, "month", ERROR)}
    assert {what for what in ("contrat de travail", "exécution du lot") for it in issues if what in it.reason} == told
    assert len(issues) == len(told)


def test_one_line_for_each_employment_lot_month_and_kind(rows, found):
    rows["hours"].append(hours("E1", "L1", "2024-03", "0.00", status="refusee"))
    rows["hours"].append(hours("E1", "L2", "2024-03", "1"))
    assert found(rows) == {("hours", 7, "month", ERROR)}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["220"], None),
        (["220.01"], (7, WARNING)),
        (["110", "110.01"], (8, WARNING)),
        (["500", "244", "refusee 900"], (8, WARNING)),
        (["500", "refusee 900", "244.01"], (9, ERROR)),
        (["refusee 745"], None),
    ],
)
def test_sum_of_a_month(rows, found, lines, expected):
    rows["lots"] += [lot("L3"), lot("L4")]
    places = [("L1", "travail"), ("L3", "formation"), ("L4", "travail")]
    for text, (ref, kind) in zip(lines, places, strict=False):
        *status, worked = text.split()
        rows["hours"].append(hours("E2", ref, "2024-06", worked, kind=kind, status=status[0] if status else "declaree"))
    assert found(rows) == ({("hours", expected[0], "hours", expected[1])} if expected else set())


def test_fault_is_not_told_twice_by_what_depends_on_it(rows, found):
    rows["contracts"][0]["starts_on"] = "2024"
    rows["employment_contracts"][0]["starts_on"] = ""
    rows["lots"][0]["rule"] = ""
    assert found(rows) == {
        ("contracts", 2, "starts_on", ERROR),
        ("employment_contracts", 2, "starts_on", ERROR),
        ("lots", 2, "rule", ERROR),
    }


def test_frozen_at_hire(rows, tmp_path):
    rows["beneficiaries"][0] |= {"birth_date": "1984-02-29", "education_level": "non_connu"}
    rows["employment_contracts"] = [
        employment("E1", starts_on="2023-02-28"),
        employment("E2", starts_on="2023-03-01", age_at_hire="non_connu", education_level="5", criteria="non_connu"),
        employment("E3", starts_on="2023-03-01", age_at_hire="40", qpv_code="hors_qpv", criteria=" b ;a"),
        employment("E4", starts_on="2023-03-01", qpv_code="QP031001", qpv_generation=""),
        employment("E5", beneficiary_ref="D2"),
    ]
    rows["hours"] = [hours("E1", "L1", "2024-03", "1")]
    assert list(frozen_at_hire(read_portfolio(write_folder(tmp_path, rows)))) == [
        Frozen(38, None, ("drsa", "qpv"), "QN03101A", "qp2024"),
        Frozen(None, "5", None, "QN03101A", "qp2024"),
        Frozen(40, None, ("b", "a"), None, None),
        Frozen(39, None, ("drsa", "qpv"), "QP031001", None),
        Frozen(None, None, None, None, None),
    ]
