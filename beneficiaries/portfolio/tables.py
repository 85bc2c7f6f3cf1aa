"""A folder in memory, column by column: a hundred thousand lines in a few tens of megabytes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from beneficiaries.portfolio.columns import FILES, File, is_searched_for_nir
from beneficiaries.portfolio.issues import MASKED, Findings
from lib.nir import contains_nir


@dataclass(slots=True)
class Table:
    """One file. A value is None where the cell is empty or was refused; `raw` tells which."""

    file: File
    findings: Findings
    lines: Sequence[int] = ()
    raw: dict[str, Sequence[str]] = field(default_factory=dict)
    values: dict[str, Sequence[Any]] = field(default_factory=dict)
    refs_known: bool = True
    """False when some keys could not be read: what refers to them is then not judged."""
    keys_of_faulty_records: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.lines)

    def rows(self, *names: str) -> zip:
        """The values of these columns, row by row, each preceded by its position."""
        return zip(range(len(self)), *(self.values[name] for name in names), strict=True)

    def positions(self) -> dict[str, int]:
        """Where each key stands; the first of two equal ones."""
        assert self.file.key is not None
        found: dict[str, int] = {}
        for position, ref in enumerate(self.values[self.file.key.name]):
            if ref is not None:
                found.setdefault(ref, position)
        return found

    def error(self, position: int, column: str, reason: str) -> None:
        self._tell(self.findings.error, position, column, reason)

    def warn(self, position: int, column: str, reason: str) -> None:
        self._tell(self.findings.warn, position, column, reason)

    def _tell(self, tell: Callable[..., None], position: int, column: str, reason: str) -> None:
        cell = self.raw[column][position]
        # A NIR told once as such is not shown by the other faults of its cell.
        shown = MASKED if is_searched_for_nir(column) and contains_nir(cell) else cell
        tell(self.file.filename, self.lines[position], column, shown, reason)


@dataclass(slots=True)
class Portfolio:
    tables: dict[str, Table]
    findings: Findings

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]

    @property
    def is_sound(self) -> bool:
        return not self.findings.errors

    def report(self) -> list[str]:
        return [str(issue) for issue in self.findings.in_order(tuple(file.filename for file in FILES))]
