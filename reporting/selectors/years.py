"""The yearly curve of a structure."""

from dataclasses import dataclass
from decimal import Decimal

from reporting.selectors.rows import read_sql


@dataclass(frozen=True, slots=True)
class Year:
    """`beneficiaries`: distinct people of that year; they do not add up over years."""

    year: int
    hours: Decimal
    contracts: int
    beneficiaries: int


def years_of_structure() -> list[Year]:
    """Every year from the first with validated hours to the last, those without any too."""
    known = {row["year"]: Year(**row) for row in read_sql("years")}
    if not known:
        return []
    return [known.get(year, Year(year, Decimal(0), 0, 0)) for year in range(min(known), max(known) + 1)]
