"""Rows read from files that people send: XLSX by python-calamine once the workbook is known to be sound, and CSV."""

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from typing import Any, NamedTuple

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from lib.numbers import NNBSP, number_fr, quote
from lib.xlsx_guard import DEFAULT_LIMITS, MEGABYTE, Limits, TableError, check_workbook

ReadValue = str | bool | Decimal | dt.date | dt.datetime | dt.time | dt.timedelta

_DELIMITERS = (";", ",", "\t")
_DAMAGED = "Ce classeur est abîmé. Ouvrez-le, enregistrez-le de nouveau en .xlsx et réessayez."


class SourceRow(NamedTuple):
    """`line`: 1 for the first line of the sheet; in a CSV file, the physical line on which the record begins."""

    line: int
    cells: list[ReadValue]


def read_xlsx(data: bytes, *, sheet: str | None = None, limits: Limits = DEFAULT_LIMITS) -> list[SourceRow]:
    """Rows of one sheet, the first visible one by default, without those that are empty.

    Numbers are Decimals as the spreadsheet wrote them, an empty cell is "", control characters are left out. Raises
    TableError: too big, unsound, protected by a password, no such sheet.
    """
    check_workbook(data, limits)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            page = workbook.get_sheet_by_name(_sheet_name(workbook, sheet))
            return [
                SourceRow(line, [_read_value(value) for value in row])
                for line, row in enumerate(page.to_python(skip_empty_area=False), 1)
                if any(value != "" for value in row)
            ]
    except (CalamineError, OSError, ValueError) as error:
        raise error if isinstance(error, TableError) else TableError(_DAMAGED) from error


def read_csv(data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> list[SourceRow]:
    """Rows of a CSV file as spreadsheets write them: UTF-8 with or without BOM, UTF-16 or cp1252; `;`, `,` or tab.

    Blank lines are left out. Raises TableError: too big, not text, a quote left open.
    """
    if len(data) > limits.max_bytes:
        raise TableError(f"Le fichier est trop lourd{NNBSP}: {limits.max_bytes // MEGABYTE}{NNBSP}Mo au plus.")
    text = _decode(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[SourceRow] = []
    line = 1
    try:
        for cells in reader:
            if any(cells):
                rows.append(SourceRow(line, list(cells)))
            if len(rows) > limits.max_rows:
                raise TableError(f"Le fichier compte plus de {number_fr(limits.max_rows)} lignes{NNBSP}: partagez-le.")
            line = reader.line_num + 1
    except csv.Error as error:
        raise TableError(f"Ligne {line}{NNBSP}: un guillemet n'est pas fermé ou une case est démesurée.") from error
    return rows


def cell_text(value: ReadValue) -> str:
    """What was read, as a person would type it: « 151.67 », « 2026-10-01 », « 151h40 » for a duration."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return f"{value.hour}h{value.minute:02}"
    if isinstance(value, dt.timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}h{minutes % 60:02}"
    return value.strip()


def _sheet_name(workbook: CalamineWorkbook, wanted: str | None) -> str:
    names = [
        page.name
        for page in workbook.sheets_metadata
        if page.typ == SheetTypeEnum.WorkSheet and (wanted is not None or page.visible == SheetVisibleEnum.Visible)
    ]
    if wanted is not None and wanted not in names:
        raise TableError(f"Le classeur n'a pas de feuille {quote(wanted)}.")
    if not names:
        raise TableError("Le classeur n'a aucune feuille visible.")
    return names[0] if wanted is None else wanted


def _read_value(value: Any) -> ReadValue:
    if isinstance(value, float):
        # repr is the shortest text that reads back the same: 151.67, never 151.669999…
        number = Decimal(repr(value))
        whole = number.to_integral_value()
        return whole if number == whole else number
    read: ReadValue = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
    return read


def _decode(data: bytes) -> str:
    utf_16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if utf_16 else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise TableError("Ce fichier n'est pas un texte CSV. Enregistrez-le en CSV UTF-8.")


def _delimiter(text: str) -> str:
    """The one that parts the header most; a semicolon when none does."""
    header = next((line for line in io.StringIO(text) if line.strip()), "")
    outside_quotes = re.sub(r'"[^"]*"', "", header)
    return max(_DELIMITERS, key=outside_quotes.count)
