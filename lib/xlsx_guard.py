"""Looking into a workbook before parsing it: a few megabytes can unfold into gigabytes or a million empty rows.

Everything is measured on what the archive really contains, never on what it declares: entries are inflated by pieces
under a budget, and each XML part is read by expat for its rows, columns and longest shared string.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from xml.parsers import expat

from lib.numbers import NNBSP, number_fr

MEGABYTE = 1024 * 1024
_CHUNK = 256 * 1024
_LOCAL_HEADER = 30
_MOST_ENTRIES = 2000
_RATIO_FREE_BYTES = 10 * MEGABYTE
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and .xlsx with a password
_PROTECTED = (
    "Le fichier est protégé par un mot de passe ou d'un ancien format Excel. Enregistrez-le en .xlsx sans mot de passe."
)


class TableError(ValueError):
    """A file of rows that cannot be read; the message is a French sentence for the user."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of the file, bytes once inflated, inflated ÷ file (over 10 MB), rows, cells of the rectangle in use."""

    max_bytes: int = 20 * MEGABYTE
    max_inflated: int = 250 * MEGABYTE
    max_ratio: int = 150
    max_rows: int = 200_000
    max_cells: int = 3_000_000
    max_text: int = 1024 * MEGABYTE


DEFAULT_LIMITS = Limits()


@dataclass(slots=True)
class Extent:
    """What one XML part holds."""

    rows: int = 0
    columns: int = 0
    text_cells: int = 0
    longest_text: int = 0
    column_numbers: dict[str, int] = field(default_factory=dict)


def check_workbook(data: bytes, limits: Limits) -> None:
    """Raises TableError when `data` is not a sound workbook within `limits`."""
    if len(data) > limits.max_bytes:
        raise TableError(f"Le fichier est trop lourd{NNBSP}: {_megabytes(limits.max_bytes)} au plus.")
    entries = _entries(data)
    budget = min(limits.max_inflated, max(_RATIO_FREE_BYTES, limits.max_ratio * len(data)))
    text_cells, longest_text = 0, 0
    for entry in entries:
        extent = Extent()
        scan = _Scan(extent, limits)
        for piece in _inflate(data, entry):
            budget -= len(piece)
            if budget < 0:
                raise TableError(
                    f"Le fichier contient beaucoup plus qu'il ne pèse{NNBSP}: "
                    "il est abîmé ou fait pour bloquer le service."
                )
            scan.feed(piece)
        scan.close(strict=entry.filename.endswith(".xml"))
        text_cells += extent.text_cells
        longest_text = max(longest_text, extent.longest_text)
    if text_cells * longest_text > limits.max_text:
        raise TableError(f"Le fichier contient des textes trop longs{NNBSP}: partagez-le en plusieurs fichiers.")


def _entries(data: bytes) -> list[zipfile.ZipInfo]:
    if data.startswith(_OLD_OFFICE):
        raise TableError(_PROTECTED)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise _broken() from error
    if len(entries) > _MOST_ENTRIES:
        raise _broken()
    if any(entry.flag_bits & 1 for entry in entries):
        raise TableError(_PROTECTED)
    return entries


def _inflate(data: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of one entry by pieces; zipfile would stop at the declared size, the parser behind would not."""
    header = data[entry.header_offset : entry.header_offset + _LOCAL_HEADER]
    if len(header) < _LOCAL_HEADER:
        raise _broken()
    start = entry.header_offset + _LOCAL_HEADER + sum(struct.unpack("<HH", header[26:30]))
    raw = memoryview(data)[start : start + entry.compress_size]
    size = 0
    if entry.compress_type == zipfile.ZIP_STORED:
        size = len(raw)
        yield bytes(raw)
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        rest: bytes | memoryview = raw
        while not inflater.eof:
            try:
                piece = inflater.decompress(rest, _CHUNK)
            except zlib.error as error:
                raise _broken() from error
            rest = inflater.unconsumed_tail
            if not piece and not rest and not inflater.eof:
                raise _broken()
            size += len(piece)
            yield piece
    if size != entry.file_size:
        raise _broken()


class _Scan:
    """Reads one part with expat as it inflates; parts that are not XML are let through."""

    def __init__(self, extent: Extent, limits: Limits) -> None:
        self.extent = extent
        self.limits = limits
        self.row = 0
        self.row_text = ""
        self.column = 0
        self.text = -1
        self.parser: expat.XMLParserType | None = None
        self.begun = False
        self.fault = False

    def feed(self, piece: bytes) -> None:
        if not self.begun and piece:
            self.begun = True
            if piece.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1] == b"<":
                self.parser = expat.ParserCreate()
                self.parser.buffer_text = True
                self.parser.StartElementHandler = self._start
                self.parser.EndElementHandler = self._end
                self.parser.StartDoctypeDeclHandler = self._doctype
        if self.parser and not self.fault:
            self._parse(self.parser, piece, final=False)

    def close(self, *, strict: bool) -> None:
        """`strict`: a part that is not well-formed refuses the file (Excel's own drawings in VML sometimes are not)."""
        if self.parser and not self.fault:
            self._parse(self.parser, b"", final=True)
        if self.fault and strict:
            raise _broken()

    def _parse(self, parser: expat.XMLParserType, piece: bytes, *, final: bool) -> None:
        try:
            parser.Parse(piece, final)
        except expat.ExpatError:
            self.fault = True

    def _doctype(self, *_args: object) -> None:
        raise _broken()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name if ":" not in name else name.rpartition(":")[2]
        if tag == "c":
            self._cell(attributes)
        elif tag == "row":
            self.row_text = attributes.get("r", "")
            self.row = int(self.row_text) if self.row_text.isdecimal() else self.row + 1
            self.column = 0
            self._grow(self.row, 0)
        elif tag == "si" and self.parser:
            self.text = 0
            self.parser.CharacterDataHandler = self._characters

    def _end(self, name: str) -> None:
        if self.text >= 0 and self.parser and name.rpartition(":")[2] == "si":
            self.extent.longest_text = max(self.extent.longest_text, self.text)
            self.text = -1
            self.parser.CharacterDataHandler = None

    def _characters(self, text: str) -> None:
        self.text += len(text)

    def _cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if attributes.get("t") == "s":
            self.extent.text_cells += 1
        if reference is None:
            self.column += 1
            self._grow(self.row, self.column)
            return
        letters = reference.rstrip("0123456789")
        numbers = self.extent.column_numbers
        column = numbers.get(letters) or numbers.setdefault(letters, _column_number(letters))
        digits = reference[len(letters) :]
        row = self.row if digits == self.row_text else int(digits or 0)
        self.column = column
        if row > self.extent.rows or column > self.extent.columns:
            self._grow(row, column)

    def _grow(self, row: int, column: int) -> None:
        extent = self.extent
        extent.rows = max(extent.rows, row)
        extent.columns = max(extent.columns, column)
        if extent.rows > self.limits.max_rows:
            raise TableError(
                f"Une feuille compte plus de {number_fr(self.limits.max_rows)} lignes, vides comprises. "
                "Supprimez les lignes vides sous le tableau, enregistrez et réessayez."
            )
        if extent.rows * extent.columns > self.limits.max_cells:
            raise TableError(
                f"Une feuille compte plus de {number_fr(self.limits.max_cells)} cases, vides comprises. "
                "Supprimez les lignes et colonnes vides autour du tableau, enregistrez et réessayez."
            )


def _column_number(letters: str) -> int:
    """A → 1, XFD → 16384. Raises TableError for what is no column."""
    number = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            raise _broken()
        number = number * 26 + ord(letter) - 64
    if not 1 <= number <= 16_384:
        raise _broken()
    return number


def _broken() -> TableError:
    return TableError("Ce fichier n'est pas un classeur Excel (.xlsx) lisible. Enregistrez-le de nouveau en .xlsx.")


def _megabytes(size: int) -> str:
    return f"{number_fr(size // MEGABYTE)}{NNBSP}Mo"
