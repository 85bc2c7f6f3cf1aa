"""Reference lists that ship with the product: ROME codes and eligibility criteria (beneficiaries/data/SOURCES.md)."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"

# Kept with each eligibility: a buyer's own list, or a later edition of this one, reads otherwise.
CRITERIA_LIST = "CCAG 2021, art. 16.1.1"


@dataclass(frozen=True, slots=True)
class CriterionReference:
    """`proof_validity_months`: how old the proof may be at hire; None where the document carries its own end."""

    code: str
    label: str
    proof: str
    proof_validity_months: int | None
    sensitive: bool


@cache
def criteria() -> dict[str, CriterionReference]:
    """By code, in the order of the list."""
    return {
        row["code"]: CriterionReference(
            code=row["code"],
            label=row["label"],
            proof=row["proof"],
            proof_validity_months=int(row["proof_validity_months"]) if row["proof_validity_months"] else None,
            sensitive=row["sensitive"] == "1",
        )
        for row in _rows("criteria.csv")
    }


def criterion_choices() -> list[tuple[str, str]]:
    return [(criterion.code, criterion.label) for criterion in criteria().values()]


def criterion_label(code: str) -> str:
    """The label, or the code itself when it belongs to a list of the structure's or the buyer's own."""
    criterion = criteria().get(code)
    return criterion.label if criterion else code


@cache
def rome_codes() -> dict[str, str]:
    return {row["code"]: row["name"] for row in _rows("rome.csv")}


def rome_choices() -> list[tuple[str, str]]:
    return [(code, f"{code} {name}") for code, name in rome_codes().items()]


def rome_label(code: str) -> str:
    name = rome_codes().get(code)
    return f"{code} {name}" if name else code


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
