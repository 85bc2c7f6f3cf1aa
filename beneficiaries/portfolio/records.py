"""From the bytes of one CSV file to records that know the physical line on which they begin."""

import csv
import io
import re
from dataclasses import dataclass, field

# White space between a quoted cell and its comma: dropped, as around any cell, before the strict reading.
# A field is matched whole from its beginning, so that what looks alike inside a quoted cell is left as it is.
_SPACED_QUOTES = re.compile(r'(?:^|,)[^\S\r\n]+"|"[^\S\r\n]+(?:[,\r\n]|\Z)', re.MULTILINE)
_QUOTED_CELL = re.compile(r'((?:^|,))[^\S\r\n]*("(?:[^"]|"")*")[^\S\r\n]*(?=[,\r\n]|\Z)', re.MULTILINE)
_LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Fault:
    line: int
    reason: str


@dataclass(slots=True)
class Records:
    lines: list[int] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_records(data: bytes) -> Records:
    """Non-blank records in order, the header first; cells are not stripped.

    Records that cannot be cut into cells are faults, and those that follow are read still.
    """
    records = Records()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(_LINE_END.findall(data[: error.start])) + 1
        records.faults.append(
            Fault(
                line, "le fichier n'est pas en UTF-8. Enregistrez-le de nouveau en choisissant «\u202fCSV UTF-8\u202f»."
            )
        )
        return records
    if _SPACED_QUOTES.search(text):
        text = _QUOTED_CELL.sub(r"\1\2", text)
    _cut(text, records)
    return records


def _cut(text: str, records: Records) -> None:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines, cells = records.lines, records.cells
    while True:
        begins = reader.line_num + 1
        try:
            for record in reader:
                if record and not (len(record) == 1 and record[0].isspace()):
                    lines.append(begins)
                    cells.append(record)
                begins = reader.line_num + 1
            return
        except csv.Error as error:
            records.faults.append(Fault(begins, _french(str(error))))


def _french(message: str) -> str:
    if "field larger" in message:
        return (
            f"cellule de plus de {csv.field_size_limit()} caractères. Un guillemet ouvert n'est sans doute pas fermé."
        )
    if "end of data" in message:
        return "un guillemet ouvert n'est jamais fermé. Fermez-le, ou doublez-le s'il fait partie du texte."
    return "guillemet mal placé. Entourez la cellule de guillemets et doublez ceux qui font partie du texte."
