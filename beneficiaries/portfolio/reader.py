"""A folder of CSV files to a Portfolio, with everything that is wrong in it."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from beneficiaries.portfolio.cells import CellError, convert
from beneficiaries.portfolio.checks import check
from beneficiaries.portfolio.checks.nir import check_faulty_record, check_nir
from beneficiaries.portfolio.columns import FILES, Column, File
from beneficiaries.portfolio.issues import Findings
from beneficiaries.portfolio.records import Records, read_records
from beneficiaries.portfolio.tables import Portfolio, Table


def read_portfolio(folder: Path) -> Portfolio:
    """Read and check the whole folder; nothing is raised for what the sender can mend."""
    return read_files(lambda filename: (folder / filename).read_bytes(), (path.name for path in folder.glob("*.csv")))


def read_files(load: Callable[[str], bytes], filenames: Iterable[str]) -> Portfolio:
    """The same from wherever `load` finds a file by its name (FileNotFoundError where there is none)."""
    findings = Findings()
    tables = {file.name: _read_file(load, file, findings) for file in FILES}
    for filename in sorted(set(filenames) - {file.filename for file in FILES}):
        findings.warn(filename, None, "", "", "fichier inconnu, ignoré.")
    portfolio = Portfolio(tables, findings)
    check(portfolio)
    return portfolio


def _read_file(load: Callable[[str], bytes], file: File, findings: Findings) -> Table:
    table = Table(file, findings)
    try:
        data = load(file.filename)
    except FileNotFoundError:
        findings.error(file.filename, None, "", "", "fichier absent. Ajoutez-le, réduit à son en-tête s'il est vide.")
        return _unread(table)
    except OSError as error:
        findings.error(file.filename, None, "", "", f"fichier illisible ({error.strerror}).")
        return _unread(table)
    records = read_records(data)
    for fault in records.faults:
        findings.error(file.filename, fault.line, "", "", fault.reason)
        table.refs_known = False
    if not records.cells:
        if not records.faults:
            findings.error(file.filename, 1, "", "", "en-tête absent. La première ligne nomme les colonnes.")
        return _unread(table)
    return _fill(table, records)


def _unread(table: Table) -> Table:
    table.refs_known = False
    for column in table.file.columns:
        table.raw[column.name] = table.values[column.name] = ()
    return table


def _fill(table: Table, records: Records) -> Table:
    header = list(map(str.strip, records.cells[0]))
    header_line = records.lines[0]
    missing = _check_header(table, header, header_line)
    _keep_whole_records(table, records, header)
    cut = list(zip(*records.cells[1:], strict=True)) if table.lines else [()] * len(header)
    stripped = {name: list(map(str.strip, cells)) for name, cells in zip(header, cut, strict=True)}
    check_nir(table, stripped)
    for column in table.file.columns:
        table.raw[column.name] = stripped.get(column.name) or [""] * len(table)
        table.values[column.name] = _convert_column(table, column, told=column.name in missing)
    return table


def _check_header(table: Table, header: list[str], line: int) -> set[str]:
    """Tell repeated, unknown and missing headers; return the required columns that are missing."""
    filename = table.file.filename
    for name, times in Counter(header).items():
        if times > 1:
            table.findings.error(filename, line, name, "", f"en-tête répété {times} fois. Gardez une seule colonne.")
        if name not in table.file.column_names:
            table.findings.warn(filename, line, name, "", "colonne inconnue, ignorée.")
    missing = {column.name for column in table.file.columns if column.required} - set(header)
    for name in sorted(missing):
        table.findings.error(filename, line, name, "", "colonne obligatoire absente. Ajoutez-la à l'en-tête.")
    if table.file.key is not None and table.file.key.name in missing:
        table.refs_known = False
    return missing


def _keep_whole_records(table: Table, records: Records, header: list[str]) -> None:
    """Set aside records that have not one cell under each header: they cannot be told what they say."""
    width = len(header)
    repeated = [cells for cells in records.cells[1:] if cells[0].strip() == header[0]]
    if all(len(cells) == width for cells in records.cells) and not repeated:
        table.lines = records.lines[1:]
        return
    key = header.index(table.file.key.name) if table.file.key and table.file.key.name in header else None
    kept, lines, keys = records.cells[:1], [], set()
    for line, cells in zip(records.lines[1:], records.cells[1:], strict=True):
        if len(cells) == width and list(map(str.strip, cells)) != header:
            kept.append(cells)
            lines.append(line)
            continue
        if len(cells) == width:
            reason = "l'en-tête est répété. Supprimez cette ligne."
        else:
            reason = f"{len(cells)} cellules au lieu de {width}. Vérifiez les virgules et les guillemets de la ligne."
        table.findings.error(table.file.filename, line, "", "", reason)
        check_faulty_record(table, line, header, cells)
        if key is not None and key < len(cells):
            keys.add(cells[key].strip())
    table.keys_of_faulty_records = frozenset(keys)
    table.lines, records.cells = lines, kept


def _convert_column(table: Table, column: Column, *, told: bool) -> Sequence[Any]:
    """Convert each distinct cell once: a column of hours has a hundred thousand cells and a few hundred values."""
    cells = table.raw[column.name]
    values: dict[str, object] = {}
    refused: dict[str, str] = {}
    for cell in set(cells):
        try:
            values[cell] = convert(column, cell) if cell else None
        except CellError as refusal:
            values[cell] = None
            refused[cell] = str(refusal)
    if column.required and "" in values and not told:
        refused[""] = "valeur obligatoire absente. Remplissez la cellule."
    if refused:
        for position, cell in enumerate(cells):
            if cell in refused:
                table.error(position, column.name, refused[cell])
    return list(map(values.__getitem__, cells))
