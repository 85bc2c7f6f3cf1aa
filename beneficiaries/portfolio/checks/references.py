"""Keys are unique within their file, and every reference exists in the folder."""

from beneficiaries.portfolio.columns import Column, Kind
from beneficiaries.portfolio.tables import Portfolio, Table


def check_references(portfolio: Portfolio) -> None:
    for table in portfolio.tables.values():
        for column in table.file.columns:
            if column.kind is Kind.KEY:
                _check_unique(table, column.name)
            elif column.kind is Kind.LINK:
                _check_link(table, column, portfolio[column.target])


def _check_unique(table: Table, name: str) -> None:
    first: dict[str, int] = {}
    for position, ref in table.rows(name):
        if ref is None:
            continue
        if ref in first:
            table.error(position, name, f"référence déjà employée à la ligne {first[ref]}. Donnez-en une autre.")
        else:
            first[ref] = table.lines[position]


def _check_link(table: Table, column: Column, target: Table) -> None:
    if not target.refs_known:
        return
    assert target.file.key is not None
    key = target.file.key.name
    unknown = set(table.values[column.name]).difference(target.values[key], target.keys_of_faulty_records, (None,))
    if not unknown:
        return
    reason = f"référence absente de {target.file.filename}. Ajoutez-y cette ligne, ou corrigez la référence."
    for position, ref in table.rows(column.name):
        if ref in unknown:
            table.error(position, column.name, reason)
