"""No social security number enters, not even through a column that is ignored."""

from collections.abc import Mapping, Sequence

from beneficiaries.portfolio.columns import is_searched_for_nir
from beneficiaries.portfolio.issues import MASKED
from beneficiaries.portfolio.tables import Table
from lib.nir import contains_nir

REASON = "numéro de sécurité sociale (NIR). Supprimez-le\u202f: il ne doit jamais être transmis."
# Neither a digit nor a separator that a NIR may hold: two cells put side by side never make a number.
_APART = "\0|\0"


def check_nir(table: Table, columns: Mapping[str, Sequence[str]]) -> None:
    """One search over a column's distinct cells; cell by cell only where it finds something."""
    for name, cells in columns.items():
        if not is_searched_for_nir(name):
            continue
        distinct = set(cells)
        if not contains_nir(_APART.join(distinct)):
            continue
        found = set(filter(contains_nir, distinct))
        for line, cell in zip(table.lines, cells, strict=True):
            if cell in found:
                table.findings.error(table.file.filename, line, name, MASKED, REASON)


def check_faulty_record(table: Table, line: int, header: Sequence[str], cells: Sequence[str]) -> None:
    """A record with too many cells may hide one under no header at all."""
    names = [*header, *[""] * len(cells)]
    for name, cell in zip(names, cells, strict=False):
        if is_searched_for_nir(name) and contains_nir(cell):
            table.findings.error(table.file.filename, line, name, MASKED, REASON)
