"""What a folder may hold and what refuses it: cells, records and files."""

import csv

import pytest

from beneficiaries.portfolio.cells import Absence
from beneficiaries.portfolio.issues import Severity
from beneficiaries.portfolio.reader import read_portfolio
from tests.beneficiaries.folders import employment, hours, sound_rows, write_folder

ERROR, WARNING = Severity.ERROR, Severity.WARNING
NIR = "1 85 05 78 006 084 91"


def found(folder):
    """(file, line, column, severity) of every finding."""
    return {(it.file, it.line, it.column, it.severity) for it in read_portfolio(folder).findings.issues}


def spoil(tmp_path, file, position, **cells):
    rows = sound_rows()
    rows[file][position] |= cells
    return write_folder(tmp_path, rows)


def rewrite(folder, name, change):
    path = folder / f"{name}.csv"
    path.write_bytes(change(path.read_bytes()))
    return folder


@pytest.fixture
def sound(tmp_path):
    return write_folder(tmp_path, sound_rows())


def test_sound_folder_has_no_finding(sound):
    portfolio = read_portfolio(sound)
    assert portfolio.report() == []
    assert {name: len(table) for name, table in portfolio.tables.items()} == {
        "buyers": 1,
        "programmes": 1,
        "companies": 2,
        "operations": 1,
        "contracts": 1,
        "lots": 2,
        "beneficiaries": 2,
        "employment_contracts": 2,
        "hours": 5,
    }


@pytest.mark.parametrize(
    ("file", "column", "cell"),
    [
        ("buyers", "kind", "OPH"),
        ("buyers", "siret", "73282932000075"),
        ("buyers", "siret", "7328293200007"),
        ("buyers", "siret", "732.829.320.00074"),
        ("buyers", "name", ""),
        ("buyers", "name", "x" * 501),
        ("buyers", "name", "nul\0"),
        ("buyers", "buyer_ref", "B" * 201),
        ("programmes", "kind", ""),
        ("programmes", "starts_on", "2024-02-30"),
        ("programmes", "starts_on", "20240201"),
        ("programmes", "starts_on", "2024-W05-1"),
        ("programmes", "starts_on", "01/02/2024"),
        ("companies", "kind", "Ei"),
        ("operations", "kind", "etudes"),
        ("operations", "qpv_code", "non_connu"),
        ("operations", "total_hours_worked", "10.001"),
        ("operations", "total_hours_worked", "-1"),
        ("contracts", "amount_ht", "1e6"),
        ("contracts", "amount_ht", "1 000"),
        ("contracts", "amount_ht", "1000,50"),
        ("contracts", "amount_ht", "+1000"),
        ("contracts", "amount_ht", "1000."),
        ("contracts", "amount_ht", "٣"),
        ("contracts", "amount_ht", "9" * 41),
        ("contracts", "nature", "hors_qpv"),
        ("lots", "labour_share", "1.01"),
        ("lots", "rate", "5"),
        ("lots", "hourly_cost", "0"),
        ("lots", "hourly_cost", "0.00"),
        ("lots", "offered_hours", "1.125"),
        ("beneficiaries", "sex", "f"),
        ("beneficiaries", "education_level", "hors_qpv"),
        ("beneficiaries", "education_level", "2"),
        ("beneficiaries", "criteria", "drsa;hors_qpv"),
        ("beneficiaries", "qpv_code", "non_connu"),
        ("beneficiaries", "qpv_generation", "non_connu"),
        ("beneficiaries", "birth_date", "1990-5-4"),
        ("employment_contracts", "age_at_hire", "33.5"),
        ("employment_contracts", "age_at_hire", "-33"),
        ("employment_contracts", "age_at_hire", "33333"),
        ("employment_contracts", "age_at_hire", "hors_qpv"),
        ("employment_contracts", "type", "CDD"),
        ("employment_contracts", "qpv_code", "non_connu"),
        ("hours", "hours", "7h30"),
        ("hours", "hours", "7.125"),
        ("hours", "hours", ""),
        ("hours", "status", "validée"),
        ("hours", "month", "2024-3"),
        ("hours", "month", "2024-13"),
        ("hours", "month", "2024-03-01"),
    ],
)
def test_cell_that_cannot_be_taken(tmp_path, file, column, cell):
    folder = spoil(tmp_path, file, 0, **{column: cell})
    assert (f"{file}.csv", 2, column, ERROR) in found(folder)
    shown = [it for it in read_portfolio(folder).findings.errors if it.column == column]
    assert shown[0].value == cell


@pytest.mark.parametrize(
    ("file", "column", "cell", "value"),
    [
        ("buyers", "siret", " 732 829\u00a0320\u202f00074 ", "73282932000074"),
        ("buyers", "siret", "35600000012305", "35600000012305"),
        ("buyers", "siret", "00083418700999", "00083418700999"),
        ("contracts", "amount_ht", "007.123456789", None),
        ("lots", "labour_share", "1.000", None),
        ("beneficiaries", "criteria", " drsa ; ;qpv; ", ("drsa", "qpv")),
        ("beneficiaries", "criteria", " ; ", None),
        ("beneficiaries", "criteria", "non_connu;", Absence.KNOWN),
        ("beneficiaries", "education_level", " infra3\t", "infra3"),
        ("beneficiaries", "qpv_code", "hors_qpv", None),
        ("beneficiaries", "education_level", "non_connu", None),
        ("beneficiaries", "criteria", "non_connu", None),
        ("operations", "qpv_code", "hors_qpv", None),
        ("beneficiaries", "last_name", "\u00a0Éxemple  Double ", "Éxemple  Double"),
        ("employment_contracts", "rome_code", "non_connu", "non_connu"),
        ("lots", "title", 'Dit « "le gros" »,\r\nphase 2', 'Dit « "le gros" »,\r\nphase 2'),
    ],
)
def test_cell_that_is_taken(tmp_path, file, column, cell, value):
    portfolio = read_portfolio(spoil(tmp_path, file, 0, **{column: cell}))
    assert portfolio.report() == []
    if value is not None:
        assert portfolio[file].values[column][0] == value


def test_byte_order_mark_and_blank_lines(sound):
    folder = rewrite(sound, "hours", lambda data: b"\xef\xbb\xbf\r\n" + data.replace(b"\r\n", b"\r\n   \r\n\r\n"))
    assert found(folder) == set()


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_line_is_that_on_which_the_record_begins(tmp_path, end):
    rows = sound_rows()
    rows["lots"][0]["title"] = "deux\nlignes\n"
    rows["lots"][1]["rule"] = "Fixed"
    folder = rewrite(write_folder(tmp_path, rows), "lots", lambda data: data.replace(b"\r\n", end))
    # The first lot takes lines 2 to 4.
    assert found(folder) == {("lots.csv", 5, "rule", ERROR)}


def test_white_space_around_quoted_cells(sound):
    text = 'buyer_ref , "name", kind\n "B1" , "Office, public"\t,"oph" \n'
    (sound / "buyers.csv").write_text(text)
    portfolio = read_portfolio(sound)
    assert portfolio.report() == []
    assert portfolio["buyers"].values["name"] == ["Office, public"]


def test_white_space_inside_quotes_that_looks_like_white_space_around(sound):
    (sound / "buyers.csv").write_text('buyer_ref,name,kind\nB1,"a "" , ""b",oph\n')
    assert read_portfolio(sound)["buyers"].values["name"] == ['a " , "b']


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('buyer_ref,name\nB0,x\nB1,"jamais fermé\nB2,y\n', 3),
        ('buyer_ref,name\nB1,"mal"placé\nB2,y\n', 2),
        ('buyer_ref,name\nB1,"' + "x" * 140_000 + '"\n', 2),
    ],
)
def test_record_that_cannot_be_cut(sound, text, line):
    (sound / "buyers.csv").write_text(text)
    # Keys may be missing: what refers to buyers is not judged.
    assert found(sound) == {("buyers.csv", line, "", ERROR)}


def test_file_that_is_not_utf8(sound):
    (sound / "buyers.csv").write_bytes("buyer_ref,name\nB1,x\nB2,Société\n".encode("latin-1"))
    assert found(sound) == {("buyers.csv", 3, "", ERROR)}


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n  \n"])
def test_file_without_header(sound, content):
    (sound / "programmes.csv").write_bytes(content)
    assert found(sound) == {("programmes.csv", 1, "", ERROR)}


def test_header_alone_is_an_empty_file(tmp_path):
    folder = write_folder(tmp_path, sound_rows())
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    portfolio = read_portfolio(folder)
    assert portfolio.report() == []
    assert {len(table) for table in portfolio.tables.values()} == {0}


def test_missing_file_and_folder_in_its_place(sound):
    (sound / "programmes.csv").unlink()
    (sound / "lots.csv").unlink()
    (sound / "lots.csv").mkdir()
    assert found(sound) == {("programmes.csv", None, "", ERROR), ("lots.csv", None, "", ERROR)}


def test_empty_folder(tmp_path):
    assert len(read_portfolio(tmp_path).findings.errors) == 9


def test_missing_required_column_is_told_once(sound):
    folder = rewrite(sound, "hours", lambda data: data.replace(b"hours,status", b"heures,status"))
    assert found(folder) == {("hours.csv", 1, "hours", ERROR), ("hours.csv", 1, "heures", WARNING)}


def test_missing_optional_column(sound):
    (sound / "buyers.csv").write_text("buyer_ref,name\nB1,Office\n")
    assert found(sound) == set()


def test_unknown_columns_and_files_are_told_and_ignored(sound):
    (sound / "buyers.csv").write_text("buyer_ref,name,note,Kind\nB1,Office,hors_qpv,?\n")
    (sound / "exits.csv").write_text("whatever")
    assert found(sound) == {
        ("buyers.csv", 1, "note", WARNING),
        ("buyers.csv", 1, "Kind", WARNING),
        ("exits.csv", None, "", WARNING),
    }


def test_repeated_header(sound):
    (sound / "buyers.csv").write_text("buyer_ref,name, name \nB1,Office,Office\n")
    assert found(sound) == {("buyers.csv", 1, "name", ERROR)}


def test_header_row_sent_again(sound):
    (sound / "buyers.csv").write_text("buyer_ref,name\nB1,Office\nbuyer_ref,name\n")
    assert found(sound) == {("buyers.csv", 3, "", ERROR)}


def test_records_with_more_or_fewer_cells(sound):
    (sound / "buyers.csv").write_text("buyer_ref,name\nB1,Office,\nB2\nB3,Ville\n")
    # B1 is known to stand there, so that what refers to it is not told wrong too.
    assert found(sound) == {("buyers.csv", 2, "", ERROR), ("buyers.csv", 3, "", ERROR)}


def test_record_of_empty_cells_is_not_a_blank_line(sound):
    rewrite(sound, "buyers", lambda data: data + b",,,\r\n")
    assert found(sound) == {("buyers.csv", 3, "buyer_ref", ERROR), ("buyers.csv", 3, "name", ERROR)}


@pytest.mark.parametrize(
    ("file", "column"), [("buyers", "name"), ("beneficiaries", "city"), ("hours", "note"), ("contracts", "title")]
)
def test_nir_is_refused_and_not_repeated(tmp_path, file, column):
    rows = sound_rows()
    for row in rows[file]:
        row.setdefault(column, "")
    rows[file][-1][column] = f"dossier {NIR}"
    folder = write_folder(tmp_path, rows)
    portfolio = read_portfolio(folder)
    line = len(rows[file]) + 1
    assert (f"{file}.csv", line, column, ERROR) in found(folder)
    assert "006" not in "\n".join(portfolio.report())


def test_nir_in_a_cell_of_no_column_and_in_a_refused_cell(tmp_path):
    folder = spoil(tmp_path, "beneficiaries", 0, sex=NIR)
    (folder / "buyers.csv").write_text(f"buyer_ref,name\nB1,Office,{NIR}\n")
    assert found(folder) == {
        ("buyers.csv", 2, "", ERROR),
        ("beneficiaries.csv", 2, "sex", ERROR),
    }
    assert len(read_portfolio(folder).findings.errors) == 4
    assert "006" not in "\n".join(read_portfolio(folder).report())


def test_long_numbers_of_keys_and_sirets_are_no_nir(tmp_path):
    rows = sound_rows()
    rows["beneficiaries"][1]["person_key"] = "1850578006084"
    rows["buyers"][0]["buyer_ref"] = rows["operations"][0]["buyer_ref"] = rows["contracts"][0]["buyer_ref"] = (
        "185057800608491"
    )
    assert found(write_folder(tmp_path, rows)) == set()


def test_report_is_one_line_a_finding_in_the_order_of_the_files(tmp_path):
    rows = sound_rows()
    rows["hours"][3]["hours"] = "12h\n75"
    rows["hours"][0]["status"] = ""
    rows["buyers"][0]["kind"] = "x" * 200
    report = read_portfolio(write_folder(tmp_path, rows)).report()
    assert [line.split("\u202f:")[0] for line in report] == [
        f"erreur, buyers.csv, ligne 2, colonne kind, «\u202f{'x' * 80}…\u202f»",
        "erreur, hours.csv, ligne 2, colonne status",
        "erreur, hours.csv, ligne 5, colonne hours, «\u202f12h 75\u202f»",
    ]


def test_a_hundred_errors_are_all_told(tmp_path):
    rows = sound_rows()
    rows["hours"] = [hours("E1", "L1", "2024-03", "x") for _ in range(100)]
    assert (
        len([it for it in read_portfolio(write_folder(tmp_path, rows)).findings.errors if it.column == "hours"]) == 100
    )


def test_cells_as_a_spreadsheet_quotes_them_all(tmp_path):
    folder = write_folder(tmp_path, sound_rows())
    for path in folder.iterdir():
        with path.open(newline="") as file:
            records = list(csv.reader(file))
        with path.open("w", newline="") as file:
            csv.writer(file, quoting=csv.QUOTE_ALL).writerows(records)
    assert found(folder) == set()


def test_employment_needs_no_frozen_column(tmp_path):
    rows = sound_rows()
    frozen = ("age_at_hire", "education_level", "criteria", "qpv_code", "qpv_generation")
    rows["employment_contracts"] = [
        {name: cell for name, cell in employment(ref).items() if name not in frozen} for ref in ("E1", "E2")
    ]
    assert found(write_folder(tmp_path, rows)) == set()
