"""The obligation bar in lists of objects annotated by lot_sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import NullIf

from clauses.selectors.progress import Bar, bar_of_sums
from tenants.listing import Column

# Sorted by rate: validated hours over those due.
BAR_COLUMN = Column("Obligation", "rate", F("validated") / NullIf(F("due"), Value(0)))


@dataclass(frozen=True, slots=True)
class RowWithBar:
    row: Any
    bar: Bar | None


def rows_with_bars(rows: list[Any]) -> Sequence[RowWithBar]:
    return [RowWithBar(row, bar_of_sums(row) if row.lot_count else None) for row in rows]
