"""A portfolio folder of the size of the import bound: 100 000 hour lines, 5 000 work contracts, 1 000 lots."""

import csv
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from beneficiaries.portfolio.columns import FILES
from lib.dates import add_months, last_day, month_key, months_between

_START = date(2019, 1, 1)
_LETTERS = "aàbcdeéèfghiïjklmnoôpqrstuûvwxyz"


@dataclass(frozen=True, slots=True)
class Size:
    hours: int = 100_000
    employments: int = 5_000
    lots: int = 1_000


Row = dict[str, object]


def write_portfolio(folder: Path, size: Size = Size(), seed: int = 1) -> Path:
    """Deterministic for a seed. Every line is sound; about one lot in ten has no obligation."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)
    rows = _registers(chance, size)
    rows["hours"] = list(_hours(chance, size, rows["employment_contracts"]))
    for file in FILES:
        with (folder / file.filename).open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, file.column_names, restval="")
            writer.writeheader()
            writer.writerows(rows[file.name])
    return folder


def _registers(chance: random.Random, size: Size) -> dict[str, list[Row]]:
    buyers, companies, contracts = max(size.lots // 25, 1), max(size.lots // 4, 4), max(size.lots // 2, 1)
    operations, people = max(size.lots // 5, 1), max(size.employments * 3 // 4, 1)
    return {
        "buyers": [{"buyer_ref": f"B{n}", "name": f"Donneur d'ordre {n}", "kind": "oph"} for n in range(buyers)],
        "programmes": [
            {"programme_ref": f"P{n}", "name": f"Convention {n}", "kind": ("npnru", "pnru", "hors_anru")[n % 3]}
            for n in range(6)
        ],
        "companies": [
            {"company_ref": f"C{n}", "name": f"Société {n}", "kind": ("entreprise", "etti", "geiq", "aci")[n % 4]}
            for n in range(companies)
        ],
        "operations": [
            {
                "operation_ref": f"O{n}",
                "buyer_ref": f"B{n % buyers}",
                "programme_ref": f"P{n % 6}",
                "name": f"Opération {n}",
                "kind": ("travaux", "gup", "ingenierie", "relogement")[n % 4],
                "total_hours_worked": 40_000 if n % 2 else "",
            }
            for n in range(operations)
        ],
        "contracts": [
            {
                "contract_ref": f"M{n}",
                "buyer_ref": f"B{n % buyers}",
                "operation_ref": f"O{n % operations}",
                "title": f"Travaux de réhabilitation, tranche {n}",
                "nature": "travaux",
                "mechanism": "execution",
                "starts_on": _START,
                "ends_on": date(2026, 12, 31),
                "amount_ht": 1_000_000 + n,
            }
            for n in range(contracts)
        ],
        "lots": [_lot(chance, n, contracts, companies) for n in range(size.lots)],
        "beneficiaries": [_person(chance, n) for n in range(people)],
        "employment_contracts": [_employment(chance, n, people, companies) for n in range(size.employments)],
    }


def _lot(chance: random.Random, number: int, contracts: int, companies: int) -> Row:
    row: Row = {
        "lot_ref": f"L{number}",
        "contract_ref": f"M{number % contracts}",
        "number": 1 + number // contracts,
        "title": f"Lot de gros œuvre, secteur {number}",
        "amount_ht": chance.randrange(50_000, 3_000_000),
        "holder_ref": f"C{number % companies}",
    }
    if number % 10 == 0:
        return row | {"rule": "none", "exempt_reason": "Hors cible"}
    if number % 3 == 0:
        return row | {"rule": "fixed", "fixed_hours": chance.randrange(100, 2_000)}
    return row | {"rule": "share_of_labour", "labour_share": "0.5", "hourly_cost": "30", "rate": "0.05"}


def _person(chance: random.Random, number: int) -> Row:
    name = "".join(chance.choices(_LETTERS, k=8)).capitalize()
    birth = date(1960, 1, 1) + timedelta(days=chance.randrange(15_000))
    row: Row = {"beneficiary_ref": f"D{number}", "sex": chance.choice("FM"), "education_level": chance.choice("345")}
    if number % 20 == 0:
        return row | {"person_key": f"cle-{number}"}
    named: Row = {"last_name": f"{name} {number}", "first_name": name, "birth_date": birth}
    return row | named | {"criteria": "drsa;deld", "qpv_code": chance.choice(("", "QN03101A", "QN03112M"))}


def _employment(chance: random.Random, number: int, people: int, companies: int) -> Row:
    begins = _START + timedelta(days=chance.randrange(1_800))
    return {
        "employment_ref": f"E{number}",
        "beneficiary_ref": f"D{number % people}",
        "employer_ref": f"C{chance.randrange(companies)}",
        "modality": chance.choice(("embauche_directe", "mise_a_disposition", "sous_traitance")),
        "type": chance.choice(("cdi", "cdd", "interim", "cddi")),
        "starts_on": begins,
        "ends_on": begins + timedelta(days=chance.randrange(300, 1_000)),
        "weekly_hours": 35,
    }


def _hours(chance: random.Random, size: Size, employments: Iterable[Row]) -> Iterator[Row]:
    """Each employment's months in turn, on one lot or two, until the lines are as many as asked for."""
    each = -(-size.hours // size.employments)
    written = 0
    for employment in employments:
        first, last = employment["starts_on"], employment["ends_on"]
        assert isinstance(first, date)
        assert isinstance(last, date)
        months = months_between(first, last) + 1
        lot = chance.randrange(size.lots)
        for rank in range(min(each, size.hours - written)):
            month = add_months(first, rank % months)
            assert last_day(month) >= first
            yield {
                "employment_ref": employment["employment_ref"],
                "lot_ref": f"L{(lot + rank // months) % size.lots}",
                "month": month_key(month),
                "kind": "formation" if rank % 15 == 14 else "travail",
                "hours": f"{chance.randrange(100, 10_000) / 100:.2f}",
                "status": chance.choices(("validee", "declaree", "controlee", "refusee"), (80, 10, 5, 5))[0],
            }
            written += 1
