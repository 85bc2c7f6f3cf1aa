import io
import zipfile
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.filetype import EXTENSIONS, MEDIA_TYPES, FileKind, FileRefusedError, sniff
from lib.tables import Column, Sheet, write_xlsx


def archive(**entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, content in entries.items():
            target.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def workbook():
    buffer = io.BytesIO()
    write_xlsx(buffer, [Sheet("a", [Column("A")], [["x"]])], source_date=datetime(2026, 1, 1))
    return buffer.getvalue()


DOCX = archive(**{"[Content_Types].xml": f'<x ContentType="{MEDIA_TYPES[FileKind.DOCX]}.main+xml"/>'})
ODS = archive(mimetype=MEDIA_TYPES[FileKind.ODS])
XLSX = workbook()
MACROS = archive(**{"[Content_Types].xml": f"{MEDIA_TYPES[FileKind.XLSX]}.main+xml", "xl__vbaProject.bin": "x"})
PDF = b"%PDF-1.7\n..."


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (PDF, "contrat.pdf", FileKind.PDF),
        (PDF, "CONTRAT.PDF", FileKind.PDF),
        (b"\x89PNG\r\n\x1a\n0000", "logo.png", FileKind.PNG),
        (b"\xff\xd8\xff\xe0....", "photo.jpeg", FileKind.JPEG),
        (b"\xff\xd8\xff\xe0....", "photo.jpg", FileKind.JPEG),
        (b"RIFF1234WEBPVP8 ", "photo.webp", FileKind.WEBP),
        (XLSX, "heures.xlsx", FileKind.XLSX),
        (DOCX, "lettre.docx", FileKind.DOCX),
        (ODS, "heures.ods", FileKind.ODS),
        ("Prénom;Nom\r\n".encode(), "gens.csv", FileKind.TEXT),
        ("Prénom;Nom\r\n".encode("cp1252"), "gens.csv", FileKind.TEXT),
        (b"\xef\xbb\xbfa,b\n", "a.txt", FileKind.TEXT),
    ],
)
def test_kind_by_content(data, name, kind):
    assert sniff(data, name) is kind


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"", "a.pdf", "«\u202fa.pdf\u202f» est vide"),
        (PDF, "contrat.png", "celui d'un fichier .pdf"),
        (PDF, "contrat", "celui d'un fichier .pdf"),
        (b"\x89PNG\r\n\x1a\n0000", "photo.pdf", "celui d'un fichier .png"),
        (b"du texte", "contrat.pdf", "celui d'un fichier .csv"),
        (b"MZ\x90\x00\x03", "facture.pdf", "n'est pas accepté. Formats acceptés\u202f: .pdf"),
        (b"<html><script>", "a.txt", "n'est pas accepté"),
        (b"\xef\xbb\xbf <SVG onload=x>", "a.csv", "n'est pas accepté"),
        (b"\xff\xfea\x00", "a.csv", "n'est pas accepté"),
        (b"a\x81b", "a.csv", "n'est pas accepté"),
        (b"RIFF\x00\x00\x00\x04WAVE", "a.webp", "n'est pas accepté"),
        (b"PK\x03\x04broken", "a.xlsx", "n'est pas accepté"),
        (archive(**{"a.txt": "x"}), "a.xlsx", "n'est pas accepté"),
        (archive(mimetype="application/epub+zip"), "a.ods", "n'est pas accepté"),
        (archive(**{"[Content_Types].xml": "<x/>"}), "a.xlsx", "n'est pas accepté"),
        (MACROS, "a.xlsx", "Il contient des macros. Enregistrez-le sans macros."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "a.xls", "Enregistrez-le sans mot de passe en .xlsx ou .docx."),
        (b"\x00\x00\x00\x18ftypheic....", "IMG_1.HEIC", "Exportez-la en JPEG."),
    ],
)
def test_refusals(data, name, message):
    with pytest.raises(FileRefusedError) as error:
        sniff(data, name)
    assert message in str(error.value)


def test_plain_archive_only_where_it_is_asked_for():
    data = archive(**{"a.txt": "x"})
    assert sniff(data, "a.zip", allowed=[FileKind.ZIP]) is FileKind.ZIP
    with pytest.raises(FileRefusedError, match="n'est pas accepté"):
        sniff(data, "a.zip")


def test_only_what_the_page_takes():
    with pytest.raises(FileRefusedError, match=r"acceptés\s: \.csv, \.txt\."):
        sniff(PDF, "a.pdf", allowed=[FileKind.TEXT])


def test_size():
    assert sniff(PDF, "a.pdf", max_bytes=len(PDF)) is FileKind.PDF
    with pytest.raises(FileRefusedError, match="trop lourd \\(2\u202fMo\\)\u202f: 1\u202fMo au plus"):
        sniff(PDF + b" " * 2**20, "a.pdf", max_bytes=2**20)


def test_a_path_in_the_name_is_not_shown():
    with pytest.raises(FileRefusedError, match=r"«\u202fa\.pdf\u202f»"):
        sniff(b"", "/etc/secret/a.pdf")


def test_every_kind_has_its_extensions_and_type():
    assert set(EXTENSIONS) == set(MEDIA_TYPES) == set(FileKind)


@given(st.binary(max_size=200), st.text(max_size=10))
def test_any_file_is_known_or_refused(data, name):
    try:
        kind = sniff(data, name)
    except FileRefusedError as error:
        refusal = str(error)
    else:
        refusal = ""
        assert name.lower().endswith(EXTENSIONS[kind])
    assert refusal == "" or refusal.endswith(".")
