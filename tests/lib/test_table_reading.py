import datetime as dt
import io
import resource
import struct
import sys
import time
import zipfile
import zlib
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from lib.table_reading import cell_text, read_csv, read_xlsx
from lib.tables import Column, Sheet, write_xlsx
from lib.xlsx_guard import DEFAULT_LIMITS, Limits, TableError, check_workbook

D = Decimal
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
HEAD = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = "</sheetData></worksheet>"


def workbook(fill=None):
    book = Workbook()
    (fill or (lambda page: page.append(["Nom", "Heures"])))(book.active)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_parts(parts, data=None, **options):
    """A sound workbook with some parts replaced or added."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data or workbook())) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as to,
    ):
        for name in source.namelist():
            if name not in parts:
                to.writestr(name, source.read(name))
        for name, content in parts.items():
            to.writestr(name, content, **options)
    return buffer.getvalue()


def with_sheet(body):
    return with_parts({SHEET: HEAD + body + TAIL})


def refusal(data, limits=DEFAULT_LIMITS):
    with pytest.raises(TableError) as error:
        read_xlsx(data, limits=limits)
    return str(error.value)


def test_types_lines_and_blank_rows():
    def fill(page):
        page["A2"], page["B2"] = "Nom", "Heures"
        page["A4"], page["B4"], page["C4"] = "Zoé", 151.67, dt.date(2026, 5, 12)
        page["A5"], page["B5"], page["C5"] = True, 35600000012305, dt.time(12, 30)
        page["A6"], page["B6"] = 1024, dt.timedelta(hours=151, minutes=40)
        page["B6"].number_format = "[h]:mm"

    rows = read_xlsx(workbook(fill))

    assert [row.line for row in rows] == [2, 4, 5, 6]
    assert rows[1].cells == ["Zoé", D("151.67"), dt.date(2026, 5, 12)]
    assert rows[2].cells == [True, D("35600000012305"), dt.time(12, 30)]
    assert [cell_text(value) for value in rows[3].cells] == ["1024", "151h40", ""]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" Zoé ", "Zoé"),
        (D("151.67"), "151.67"),
        (D("1E+3"), "1000"),
        (True, "oui"),
        (False, "non"),
        (dt.date(2026, 5, 12), "2026-05-12"),
        (dt.datetime(2026, 5, 12), "2026-05-12"),
        (dt.datetime(2026, 5, 12, 8, 30), "2026-05-12 08:30:00"),
        (dt.time(8, 5), "8h05"),
        (dt.timedelta(hours=151, minutes=40), "151h40"),
    ],
)
def test_cell_text(value, text):
    assert cell_text(value) == text


def test_control_characters_are_left_out():
    assert read_xlsx(workbook(lambda page: page.append(["a_x0000_b_x000B_"])))[0].cells == ["ab"]


def test_sheet_by_name_and_first_visible():
    book = Workbook()
    book.active.title = "Cachée"
    book.active.append(["secret"])
    book.active.sheet_state = "hidden"
    book.create_sheet("Heures").append(["x"])
    buffer = io.BytesIO()
    book.save(buffer)
    data = buffer.getvalue()

    assert read_xlsx(data)[0].cells == ["x"]
    assert read_xlsx(data, sheet="Cachée")[0].cells == ["secret"]
    with pytest.raises(TableError, match="pas de feuille «\u202fAbsente\u202f»"):
        read_xlsx(data, sheet="Absente")


def test_no_visible_sheet():
    parts = {
        "xl/workbook.xml": zipfile.ZipFile(io.BytesIO(workbook()))
        .read("xl/workbook.xml")
        .replace(b"visible", b"hidden")
    }
    assert "aucune feuille visible" in refusal(with_parts(parts))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        b"nom;heures\n",
        workbook()[:-30],
        workbook()[:100] + b"\x00" * 200 + workbook()[300:],
        with_sheet("<row><c r='1A'/></row>"),
        with_sheet("<row><c r='AAAA1'/></row>"),
        with_sheet("<row><c r='A1'>"),
        with_parts({"[Content_Types].xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"}),
        with_parts({"xl/workbook.xml": "<workbook/>"}),
        with_parts({SHEET: b"\x00\x01"}),
        with_parts({SHEET: HEAD + TAIL}, compress_type=zipfile.ZIP_LZMA),
    ],
    ids=range(12),
)
def test_unsound_workbooks_are_refused(data):
    assert refusal(data).endswith(".")


def test_password():
    data = bytearray(workbook())
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    assert "mot de passe" in refusal(bytes(data))
    assert "mot de passe" in refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500)


def test_entry_said_to_begin_after_the_file():
    data = bytearray(workbook())
    struct.pack_into("<I", data, data.rindex(b"PK\x01\x02") + 42, len(data) - 10)
    assert "lisible" in refusal(bytes(data))


def test_unknown_version_of_the_archive():
    data = bytearray(workbook())
    data[data.rindex(b"PK\x01\x02") + 6] = 214
    assert "lisible" in refusal(bytes(data))


def test_size_of_the_file():
    assert "trop lourd\u202f: 1\u202fMo au plus" in refusal(b"x" * (2**20 + 1), Limits(max_bytes=2**20))


def test_too_many_parts():
    assert "lisible" in refusal(with_parts({f"a{index}": "" for index in range(2001)}))


def test_million_empty_styled_rows_are_refused_at_once():
    body = "".join(f'<row r="{row}" s="1" customFormat="1"/>' for row in range(1, 1_048_577))
    data = with_sheet(body)
    start, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "Supprimez les lignes vides" in refusal(data)
    assert time.process_time() - start < 5
    unit = 1 if sys.platform == "darwin" else 1024
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit < 60 * 2**20


@pytest.mark.parametrize(
    "body",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="200000"><c r="XFD200000"><v>1</v></c></row>',
        '<row r="1"><c r="A1"/><c r="XFD199999"><v>1</v></c></row>',
        "<row/>" * 1000 + "<row>" + "<c/>" * 4000 + "</row>",
        '<x:row xmlns:x="y" r="150000"><x:c r="ZZ150000"/></x:row>',
    ],
    ids=["far corner", "row told by the cell", "without references", "prefixed"],
)
def test_rectangle_that_would_fill_the_memory(body):
    assert "colonnes vides" in refusal(with_sheet(body))


def test_entries_that_unfold_too_much():
    assert "beaucoup plus qu'il ne pèse" in refusal(with_parts({"xl/media/a.png": b"\x00" * 30 * 2**20}))
    data = with_parts({"xl/media/a.png": b"\x00" * 9 * 2**20})
    assert read_xlsx(data)[0].cells == ["Nom", "Heures"]


def test_declared_size_is_not_believed():
    """The entry says 100 bytes, with their own checksum, and unfolds into 60 MB."""
    data = with_parts({"xl/media/a.png": b"\x00" * 60 * 2**20})
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/media/a.png"))
    forged = bytearray(data)
    struct.pack_into("<I", forged, at + 16, zlib.crc32(b"\x00" * 100))
    struct.pack_into("<I", forged, at + 24, 100)
    assert zipfile.ZipFile(io.BytesIO(forged)).read("xl/media/a.png") == b"\x00" * 100
    assert "beaucoup plus qu'il ne pèse" in refusal(bytes(forged))

    struct.pack_into("<I", forged, at + 24, 10 * 2**30 % 2**32)
    assert refusal(bytes(forged))


def test_one_long_string_used_everywhere():
    strings = "<sst><si><t>x</t></si><si><t>" + "y" * 30_000 + "</t></si></sst>"
    body = '<row><c t="s"><v>1</v></c></row>' * 40_000
    data = with_parts({STRINGS: strings, SHEET: HEAD + body + TAIL})
    assert "textes trop longs" in refusal(data)
    check_workbook(data, Limits(max_text=40_001 * 30_000))


def test_drawings_that_are_not_quite_xml_do_not_matter():
    data = with_parts({"xl/drawings/vmlDrawing1.vml": "<xml><br></xml>", "xl/printer.bin": b"<\x00\x01"})
    assert read_xlsx(data)[0].cells == ["Nom", "Heures"]


def test_stored_entries_are_read():
    data = workbook()
    sheet = zipfile.ZipFile(io.BytesIO(data)).read(SHEET)
    assert read_xlsx(with_parts({SHEET: sheet}, data, compress_type=zipfile.ZIP_STORED))[0].cells == ["Nom", "Heures"]


def dated_workbook():
    """The same bytes each time, which openpyxl's own are not."""
    buffer = io.BytesIO()
    write_xlsx(buffer, [Sheet("a", [Column("Nom")], [["Zoé"]])], source_date=dt.datetime(2026, 1, 1))
    return buffer.getvalue()


DATED = dated_workbook()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_never_crashes(data):
    damaged = bytearray(DATED)
    for position in data.draw(st.lists(st.integers(0, len(damaged) - 1), min_size=1, max_size=6)):
        damaged[position] = data.draw(st.integers(0, 255))
    try:
        read_xlsx(bytes(damaged))
    except TableError as error:
        message = str(error)
    else:
        message = ""
    assert message == "" or message.endswith(".")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_of_any_spreadsheet(encoding, delimiter):
    text = delimiter.join(["Prénom", '"Nom; d\'usage, ou\tautre"']) + "\r\n" + delimiter.join(["Zoé", "12"]) + "\r\n"
    assert [row.cells for row in read_csv(text.encode(encoding))] == [
        ["Prénom", "Nom; d'usage, ou\tautre"],
        ["Zoé", "12"],
    ]


def test_csv_lines_are_physical_and_blank_ones_left_out():
    rows = read_csv(b'a;b\r\n\r\n"x\r\ny";2\r\n;\r\nz;3')
    assert rows == [(1, ["a", "b"]), (3, ["x\r\ny", "2"]), (6, ["z", "3"])]


def test_csv_of_one_column():
    assert [row.cells for row in read_csv(b"siret\n123\n")] == [["siret"], ["123"]]
    assert read_csv(b"") == []


@pytest.mark.parametrize(
    ("data", "limits", "message"),
    [
        (b"a;b\x00", DEFAULT_LIMITS, "n'est pas un texte CSV"),
        (b"a\x81\x8d\xff", DEFAULT_LIMITS, "n'est pas un texte CSV"),
        (b"\xff\xfea", DEFAULT_LIMITS, "n'est pas un texte CSV"),
        (b'a;b\nc;"d', DEFAULT_LIMITS, "Ligne 2\u202f: un guillemet"),
        (b"a\n" * 6, Limits(max_rows=5), "plus de 5 lignes"),
        (b"x" * 2_000_000, Limits(max_bytes=2**20), "trop lourd\u202f: 1\u202fMo"),
        (b"x" * 200_000, DEFAULT_LIMITS, "démesurée"),
    ],
)
def test_csv_refusals(data, limits, message):
    with pytest.raises(TableError) as error:
        read_csv(data, limits=limits)
    assert message in str(error.value)
