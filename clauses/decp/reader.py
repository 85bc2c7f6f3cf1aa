"""Read a DECP file of any official format, gzipped or not, within bounded memory."""

import codecs
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

from clauses.decp import json_2019, json_2022, xml
from clauses.decp.notice import DecpFile, DecpFileError, DecpNotice, Refusal
from lib.numbers import number_fr

# Some 16 000 marchés, fifteen times the larger real file. The worst content of this size takes some 450 MB to parse.
MAX_BYTES = 16 * 1024 * 1024
MAX_ROWS = 50_000

GZIP_MAGIC = b"\x1f\x8b"


def read_decp(source: BinaryIO) -> DecpFile:
    """Every row of the file as a notice or a refusal. Raises DecpFileError when the file as a whole can't be read."""
    content = _content(source)
    try:
        if _starts_with(content, "<"):
            return _read_xml(content)
        return _read_json(content)
    except RecursionError:
        raise DecpFileError("Le fichier est trop imbriqué pour être une publication DECP.") from None


def _content(source: BinaryIO) -> bytes:
    content = source.read(MAX_BYTES + 1)
    if content.startswith(GZIP_MAGIC):
        content = _unzipped(content)
    if len(content) > MAX_BYTES:
        raise DecpFileError(
            f"Décompressé, le fichier dépasse {MAX_BYTES // 1024**2} Mo\u202f: découpez-le, par année par exemple."
        )
    if not content.strip():
        raise DecpFileError("Le fichier est vide.")
    return content


def _unzipped(content: bytes) -> bytes:
    try:
        return gzip.GzipFile(fileobj=io.BytesIO(content)).read(MAX_BYTES + 1)
    except (EOFError, OSError, zlib.error):
        raise DecpFileError("Le fichier .gz est incomplet ou abîmé.") from None


def _starts_with(content: bytes, character: str) -> bool:
    head = content[:256]
    for mark in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        head = head.removeprefix(mark)
    return head.replace(b"\x00", b"").lstrip().startswith(character.encode())


def _read_xml(content: bytes) -> DecpFile:
    notes: list[str] = []
    while True:
        try:
            return _collected("XML", xml.read_rows(content), notes)
        except ParseError as error:
            mended = xml.mended(content, error)
            if mended is None or mended[1] in notes:
                line, column = error.position
                raise DecpFileError(
                    f"Le fichier n'est pas un XML bien formé (ligne {line}, colonne {column + 1})."
                ) from None
            content = mended[0]
            notes.append(mended[1])


def _read_json(content: bytes) -> DecpFile:
    text, notes = _decoded(content)
    try:
        document = json.loads(text, parse_int=_number, parse_float=_number)
    except json.JSONDecodeError as error:
        raise DecpFileError(
            f"Le fichier n'est ni un JSON ni un XML bien formé (ligne {error.lineno}, colonne {error.colno})."
        ) from None
    marches = document.get("marches") if isinstance(document, dict) else None
    if isinstance(marches, list):
        return _collected("JSON 2019", json_2019.read_rows(marches), notes)
    if isinstance(marches, dict):
        return _collected("JSON 2022", json_2022.read_rows(marches), notes)
    raise DecpFileError(
        "Le fichier ne contient pas de liste «\u202fmarches\u202f»\u202f: ce n'est pas une publication DECP."
    )


def _decoded(content: bytes) -> tuple[str, list[str]]:
    try:
        return content.decode(json.detect_encoding(content)).removeprefix("\ufeff"), []
    except UnicodeDecodeError:
        note = "Le fichier n'est pas en UTF-8\u202f: il a été lu en Windows-1252."
        return content.decode("cp1252", errors="replace"), [note]


def _number(text: str) -> Decimal | str:
    """Numbers stay exact; one beyond what Decimal holds stays a text, refused with its row."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _collected(format_name: str, rows: Iterator[DecpNotice | Refusal], notes: list[str]) -> DecpFile:
    notices: list[DecpNotice] = []
    refusals: list[Refusal] = []
    for row in rows:
        if isinstance(row, Refusal):
            refusals.append(row)
        else:
            notices.append(row)
        if len(notices) + len(refusals) > MAX_ROWS:
            raise DecpFileError(
                f"Le fichier compte plus de {number_fr(MAX_ROWS)} marchés\u202f: découpez-le, par année par exemple."
            )
    return DecpFile(format_name, tuple(notices), tuple(refusals), tuple(notes))
