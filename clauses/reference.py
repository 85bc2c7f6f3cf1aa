"""Reference lists that ship with the product: priority neighbourhoods (QPV) and communes (clauses/data/SOURCES.md)."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"

QP2015 = "qp2015"
QP2024 = "qp2024"


@dataclass(frozen=True, slots=True)
class Qpv:
    generation: str
    code: str
    name: str
    communes: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"{self.code} {self.name}"


@dataclass(frozen=True, slots=True)
class Commune:
    insee: str
    name: str
    postcodes: tuple[str, ...]
    in_toulouse_metropole: bool


@cache
def all_qpv() -> dict[str, Qpv]:
    """By code: the codes of the two generations never meet. That of 2015 covers Occitanie only."""
    rows = (
        Qpv(row["generation"], row["code"], row["name"], tuple(row["communes"].split(";"))) for row in _rows("qpv.csv")
    )
    return {qpv.code: qpv for qpv in rows}


@cache
def communes() -> tuple[Commune, ...]:
    """Those of Haute-Garonne."""
    return tuple(
        Commune(row["insee"], row["name"], tuple(row["postcodes"].split(";")), row["toulouse_metropole"] == "1")
        for row in _rows("communes_31.csv")
    )


def qpv_choices(generation: str, *, departments: Iterable[str] = ()) -> list[tuple[str, str]]:
    """(code, label) of one generation, by code; of some departments ("31", "2A", "971") when they are given."""
    prefixes = tuple(departments)
    return [
        (qpv.code, qpv.label)
        for qpv in all_qpv().values()
        if qpv.generation == generation and (not prefixes or any(insee.startswith(prefixes) for insee in qpv.communes))
    ]


def qpv_name(code: str) -> str:
    """The neighbourhood's name, or an empty string for a code that is not in the lists."""
    qpv = all_qpv().get(code)
    return qpv.name if qpv else ""


def qpv_generation(code: str) -> str:
    qpv = all_qpv().get(code)
    return qpv.generation if qpv else ""


def is_known_qpv(code: str) -> bool:
    return code in all_qpv()


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
