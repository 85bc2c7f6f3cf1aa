"""What a folder's reading finds: errors refuse the whole folder, warnings are told and kept."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from lib.numbers import NNBSP

MASKED = "(masqué)"
_LONGEST_VALUE = 80
_BEFORE_A_SIGN = re.compile(r" (?=[;:!?%»])|(?<=«) ")


class Severity(StrEnum):
    ERROR = "erreur"
    WARNING = "avertissement"


@dataclass(frozen=True, slots=True)
class Issue:
    file: str
    line: int | None
    """Physical line on which the record begins, 1 being the header; None for the file as a whole."""
    column: str
    value: str
    reason: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        parts = [str(self.severity), self.file]
        if self.line is not None:
            parts.append(f"ligne {self.line}")
        if self.column:
            parts.append(f"colonne {self.column}")
        if self.value:
            parts.append(f"«{NNBSP}{self.shown}{NNBSP}»")
        return f"{', '.join(parts)}{NNBSP}: {self.reason}"

    @property
    def shown(self) -> str:
        """The value on one line, of a length that a terminal and a page can show."""
        line = " ".join(self.value.replace("\0", "\\0").split())
        return line if len(line) <= _LONGEST_VALUE else f"{line[:_LONGEST_VALUE]}…"


@dataclass(slots=True)
class Findings:
    issues: list[Issue] = field(default_factory=list)

    def error(self, file: str, line: int | None, column: str, value: str, reason: str) -> None:
        self._add(Issue(file, line, column, value, reason))

    def warn(self, file: str, line: int | None, column: str, value: str, reason: str) -> None:
        self._add(Issue(file, line, column, value, reason, Severity.WARNING))

    def _add(self, issue: Issue) -> None:
        reason = _BEFORE_A_SIGN.sub(NNBSP, issue.reason)
        self.issues.append(replace(issue, reason=reason[:1].upper() + reason[1:]))

    @property
    def errors(self) -> list[Issue]:
        return [issue for issue in self.issues if issue.severity is Severity.ERROR]

    @property
    def warnings(self) -> list[Issue]:
        return [issue for issue in self.issues if issue.severity is Severity.WARNING]

    def in_order(self, filenames: tuple[str, ...]) -> Iterator[Issue]:
        """By file, then line, then column: the order in which a person mends them."""
        rank = {name: position for position, name in enumerate(filenames)}
        last = len(rank)
        yield from sorted(self.issues, key=lambda it: (rank.get(it.file, last), it.file, it.line or 0, it.column))
