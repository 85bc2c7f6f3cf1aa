"""Rows written to files, CSV and XLSX, safe for the spreadsheet that opens them. Reading: lib/table_reading.py.

Values are str, int, bool, Decimal, date, datetime or None; a float is refused, amounts and hours being decimals end
to end.
"""

import csv
import datetime as dt
import re
import shutil
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from lib.dates import PARIS

Value = str | int | bool | Decimal | dt.date | dt.datetime | None

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

LONGEST_CELL = 32_767  # Excel's own limits, here and below
_LONGEST_TITLE = 31
_FORBIDDEN_IN_TITLE = re.compile(r"[\[\]:*?/\\]")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_WIDEST, _NARROWEST = 60, 10


@dataclass(frozen=True, slots=True)
class Column:
    """`width`: in characters. `number_format`: an Excel format, else one that suits the type of each value."""

    title: str
    width: int | None = None
    number_format: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows`: read once, one at a time."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]


def write_csv(
    file: IO[str], header: Sequence[str], rows: Iterable[Sequence[Value]], *, for_spreadsheet: bool = False
) -> None:
    """RFC 4180: comma, CRLF, ISO dates, dot decimals. Open `file` in UTF-8 with newline="".

    `for_spreadsheet`: for people who open it in a French Excel: BOM, semicolons, decimal commas, French dates, and an
    apostrophe before any text that a spreadsheet would run as a formula.
    """
    if for_spreadsheet:
        file.write("\ufeff")
    writer = csv.writer(file, delimiter=";" if for_spreadsheet else ",", lineterminator="\r\n")
    text = _spreadsheet_text if for_spreadsheet else _exchange_text
    writer.writerow([text(title) for title in header])
    writer.writerows([text(value) for value in row] for row in rows)


def write_xlsx(file: IO[bytes], sheets: Iterable[Sheet], *, source_date: dt.datetime) -> None:
    """A workbook with frozen bold headers and filters, real dates and numbers, and text that stays text.

    The same `sheets` and `source_date` give the same bytes. About 100 000 rows of 10 cells in 10 s, in constant memory.
    """
    workbook = Workbook(write_only=True)
    try:
        for sheet in sheets:
            _write_sheet(workbook, sheet)
    except BaseException:
        _discard(workbook)
        raise
    moment = _in_paris(source_date).replace(microsecond=0)
    workbook.properties.created = workbook.properties.modified = moment
    workbook.properties.creator = "Clauséo"
    ExcelWriter(workbook, _DatedZip(file, moment)).save()


def _exchange_text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    raise _not_a_value(value)


def _spreadsheet_text(value: Value) -> str:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    if isinstance(value, dt.datetime):
        return f"{_in_paris(value):%d/%m/%Y %H:%M}"
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    return _exchange_text(value)


def _write_sheet(workbook: Workbook, sheet: Sheet) -> None:
    page = workbook.create_sheet(_FORBIDDEN_IN_TITLE.sub(" ", sheet.title)[:_LONGEST_TITLE])
    page.freeze_panes = "A2"
    page.print_title_rows = "1:1"
    for index, column in enumerate(sheet.columns, 1):
        width = column.width or min(max(len(column.title) + 4, _NARROWEST), _WIDEST)
        page.column_dimensions[get_column_letter(index)].width = width
    cells = _Cells(page, sheet.columns)
    page.append([cells.header(column.title) for column in sheet.columns])
    count = 1
    for row in sheet.rows:
        page.append(cells.row(row))
        count += 1
    page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{count}"


def _discard(workbook: Workbook) -> None:
    """Ends what openpyxl was writing and takes its temporary files away."""
    for page in workbook.worksheets:
        page.close()
        page._writer.cleanup()


class _Cells:
    """Cells of one sheet. One styled cell is kept per column and format: openpyxl writes each row out at once."""

    def __init__(self, page: Any, columns: Sequence[Column]) -> None:
        self.page = page
        self.formats = [column.number_format for column in columns]
        self.kept: dict[tuple[int, str], WriteOnlyCell] = {}

    def header(self, title: str) -> WriteOnlyCell:
        cell = WriteOnlyCell(self.page, value=title)
        cell.data_type = "s"
        cell.font = Font(bold=True)
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        return cell

    def row(self, values: Sequence[Value]) -> list[Any]:
        if len(values) != len(self.formats):
            raise ValueError(f"{len(values)} values for {len(self.formats)} columns")
        return [self._cell(index, value) for index, value in enumerate(values)]

    def _cell(self, index: int, value: Value) -> Any:
        if value is None:
            return None
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, bool):
            return "oui" if value else "non"
        if isinstance(value, Decimal):
            return self._styled(index, value, "#,##0.00")
        if isinstance(value, int):
            return self._styled(index, value, "General")
        if isinstance(value, dt.datetime):
            return self._styled(index, _in_paris(value), "dd/mm/yyyy hh:mm")
        if isinstance(value, dt.date):
            return self._styled(index, value, "dd/mm/yyyy")
        raise _not_a_value(value)

    def _text(self, value: str) -> Any:
        text = ILLEGAL_CHARACTERS_RE.sub("", value)
        if len(text) > LONGEST_CELL:
            text = text[: LONGEST_CELL - 1] + "…"
        # « #N/A » and the like would become errors.
        if not text.startswith((*_FORMULA_STARTS, "#")):
            return text
        cell = WriteOnlyCell(self.page, value=text)
        cell.data_type = "s"
        # Or Excel would compute it as soon as somebody edits the cell.
        cell.quotePrefix = True
        return cell

    def _styled(self, index: int, value: int | Decimal | dt.date, default: str) -> WriteOnlyCell:
        number_format = self.formats[index] or default
        cell = self.kept.get((index, number_format))
        if cell is None:
            cell = self.kept[index, number_format] = WriteOnlyCell(self.page)
        cell.value = value
        cell.number_format = number_format
        return cell


class _DatedZip(zipfile.ZipFile):
    """An archive whose entries all bear one date, instead of the clock's."""

    def __init__(self, file: IO[bytes], moment: dt.datetime) -> None:
        super().__init__(file, "w", zipfile.ZIP_DEFLATED)
        self._moment = max(moment.timetuple()[:6], (1980, 1, 1, 0, 0, 0))

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_args: Any, **_kwargs: Any) -> None:
        super().writestr(self._entry(zinfo_or_arcname), data)

    def write(self, filename: Any, arcname: Any = None, *_args: Any, **_kwargs: Any) -> None:
        with Path(filename).open("rb") as source, self.open(self._entry(arcname), "w") as target:
            shutil.copyfileobj(source, target)

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, self._moment)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.create_system = 3  # the same on every system
        return entry


def _in_paris(moment: dt.datetime) -> dt.datetime:
    """The clock of Paris, without zone: neither spreadsheets nor archives know zones."""
    return moment.astimezone(PARIS).replace(tzinfo=None) if moment.tzinfo else moment


def _not_a_value(value: object) -> TypeError:
    return TypeError(f"Not a value of a table: {type(value).__name__}")
