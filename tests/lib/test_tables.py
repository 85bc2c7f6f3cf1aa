import csv
import datetime as dt
import io
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from lib.table_reading import read_csv, read_xlsx
from lib.tables import LONGEST_CELL, Column, Sheet, write_csv, write_xlsx

D = Decimal
SOURCE_DATE = dt.datetime(2026, 10, 31, 23, 30, tzinfo=dt.UTC)
DANGEROUS = ["=1+1", "+33 6 00", "-2", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"]


def csv_of(header, rows, **options):
    buffer = io.StringIO(newline="")
    write_csv(buffer, header, rows, **options)
    return buffer.getvalue()


def xlsx_of(*sheets, source_date=SOURCE_DATE):
    buffer = io.BytesIO()
    write_xlsx(buffer, sheets, source_date=source_date)
    return buffer.getvalue()


def opened(*sheets):
    return load_workbook(io.BytesIO(xlsx_of(*sheets)))


def test_exchange_csv_is_left_as_it_is():
    rows = [["a,b", 'dit "non"', None, D("1024.50"), 3, True, dt.date(2026, 5, 12), "=1+1"]]
    assert csv_of(["x"] * 8, rows) == ("x,x,x,x,x,x,x,x\r\n" + '"a,b","dit ""non""",,1024.50,3,oui,2026-05-12,=1+1\r\n')


def test_csv_for_people():
    rows = [["é;è", D("-1024.50"), dt.date(2026, 5, 12), SOURCE_DATE, False, None]]
    assert csv_of(["a", "b", "c", "d", "e", "f"], rows, for_spreadsheet=True) == (
        "\ufeffa;b;c;d;e;f\r\n" + '"é;è";-1024,50;12/05/2026;01/11/2026 00:30;non;\r\n'
    )


@pytest.mark.parametrize("text", DANGEROUS)
def test_csv_for_people_runs_no_formula(text):
    written = csv_of([text], [[text]], for_spreadsheet=True)
    cells = [row[0] for row in csv.reader(io.StringIO(written.lstrip("\ufeff"), newline=""), delimiter=";")]
    assert cells == ["'" + text] * 2


@pytest.mark.parametrize("value", [1.5, b"x", object()])
def test_floats_and_strangers_are_refused(value):
    for options in ({}, {"for_spreadsheet": True}):
        with pytest.raises(TypeError, match="Not a value of a table"):
            csv_of(["a"], [[value]], **options)
    with pytest.raises(TypeError, match="Not a value of a table"):
        xlsx_of(Sheet("a", [Column("a")], [[value]]))


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1)
                         .filter(str.strip), min_size=2, max_size=2), max_size=5))  # fmt: skip
def test_csv_is_read_back(rows):
    read = read_csv(csv_of(["nom", "lot"], rows).encode())
    assert [row.cells for row in read] == [["nom", "lot"], *rows]


def test_xlsx_keeps_real_types_and_formats():
    columns = [
        Column("Nom"),
        Column("Heures"),
        Column("Taux", number_format="0.0%"),
        Column("Début"),
        Column("Le"),
        Column("N"),
    ]
    rows = [
        ["Zoé", D("1024.50"), D("0.684"), dt.date(2026, 5, 12), SOURCE_DATE, 3],
        [None, D("0.10"), None, dt.date(2026, 6, 1), None, 4],
        ["x", "non déclaré", D("1"), None, None, True],
    ]
    page = opened(Sheet("Heures", columns, rows))["Heures"]

    assert [[cell.value for cell in row] for row in page.iter_rows(min_row=2)] == [
        ["Zoé", 1024.5, 0.684, dt.datetime(2026, 5, 12), dt.datetime(2026, 11, 1, 0, 30), 3],
        [None, 0.1, None, dt.datetime(2026, 6, 1), None, 4],
        ["x", "non déclaré", 1, None, None, "oui"],
    ]
    assert [cell.number_format for cell in page[2]] == [
        "General", "#,##0.00", "0.0%", "dd/mm/yyyy", "dd/mm/yyyy hh:mm", "General",
    ]  # fmt: skip
    assert page["B3"].number_format == "#,##0.00"


def test_xlsx_writes_decimals_without_a_float():
    data = xlsx_of(Sheet("a", [Column("a")], [[D("0.1")], [D("12345678901234.05")]]))
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert b"<v>0.1</v>" in sheet
    assert b"<v>12345678901234.05</v>" in sheet


@pytest.mark.parametrize(
    "text", [text for text in DANGEROUS if text.isprintable()] + ["#REF!", "#N/A", "=HYPERLINK(0)"]
)
def test_xlsx_text_stays_text(text):
    page = opened(Sheet("a", [Column(text)], [[text], ["sain"]]))["a"]
    for cell in (page["A1"], page["A2"]):
        assert (cell.value, cell.data_type) == (text, "s")
    assert page["A2"].quotePrefix
    assert not page["A3"].quotePrefix


def test_xlsx_frame():
    page = opened(Sheet("Lots [2026]: a/b?", [Column("Nom du lot", 32), Column("H")], [["x", 1], ["y", 2]])).worksheets[
        0
    ]
    assert page.title == "Lots  2026   a b "
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:B3"
    assert page.print_title_rows == "$1:$1"
    assert page["A1"].font.bold
    assert page.column_dimensions["A"].width == 32
    assert page.column_dimensions["B"].width == 10


def test_xlsx_text_too_long_or_with_control_characters():
    page = opened(Sheet("a", [Column("a")], [["x" * 40_000], ["a\x00\x0bb"]]))["a"]
    assert len(page["A2"].value) == LONGEST_CELL
    assert page["A2"].value.endswith("x…")
    assert page["A3"].value == "ab"


def test_xlsx_rows_fit_their_columns():
    with pytest.raises(ValueError, match="2 values for 1 columns"):
        xlsx_of(Sheet("a", [Column("a")], [["x", "y"]]))


def test_same_rows_and_date_give_the_same_bytes():
    def make(source_date=SOURCE_DATE):
        return xlsx_of(
            Sheet("a", [Column("Nom"), Column("Le")], [["=x", dt.date(2026, 1, 1)]]),
            Sheet("b", [Column("H")], [[D("1.5")]]),
            source_date=source_date,
        )

    assert make() == make()
    assert make() != make(SOURCE_DATE + dt.timedelta(days=1))
    with zipfile.ZipFile(io.BytesIO(make())) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 11, 1, 0, 30, 0)}
        assert archive.read("docProps/core.xml").count(b"2026-11-01T00:30:00Z") == 2


def test_date_before_what_an_archive_can_bear():
    data = xlsx_of(Sheet("a", [Column("a")], []), source_date=dt.datetime(1970, 1, 1))
    assert zipfile.ZipFile(io.BytesIO(data)).infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)


def test_xlsx_is_read_back_by_our_own_reader():
    rows = [["Zoé", D("151.67"), dt.date(2026, 5, 12)], ["=1+1", D("1024"), None]]
    read = read_xlsx(xlsx_of(Sheet("a", [Column("n"), Column("h"), Column("d")], rows)))
    assert [row.cells for row in read] == [
        ["n", "h", "d"],
        ["Zoé", D("151.67"), dt.date(2026, 5, 12)],
        ["=1+1", D("1024"), ""],
    ]
