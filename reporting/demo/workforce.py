"""Work contracts, their persons and their hours, lot by lot, up to the structure's exact numbers."""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from math import ceil
from random import Random

from lib.dates import add_months, last_day
from reporting.demo import names
from reporting.demo.portfolio import Calendar, DemoContract, DemoLot
from reporting.demo.structures import Structure

_MONTH_HOURS = 135
_MOST_HOURS = 185
# Of running lots with one person so far, the share where that person is at work today.
_STILL_THERE = 0.35
_QUARTERS = 4
# Kinds of employer that each modality has, and the contracts that they sign.
_KINDS_BY_MODALITY = {
    "mise_a_disposition": {
        "etti": ("interim",),
        "ett": ("interim",),
        "ai": ("cdd",),
        "geiq": ("contrat_pro", "cdd"),
    },
    "sous_traitance": {"ei": ("cddi",), "aci": ("cddi",), "regie_quartier": ("cddi", "cdd"), "ea": ("cdd",)},
}


@dataclass(slots=True)
class DemoPart:
    """An assignment: quarters of an hour by month, on one lot. `goes_on`: still there today, declared or not."""

    contract: DemoContract
    lot: DemoLot
    quarters: dict[date, int]
    goes_on: bool

    @property
    def first(self) -> date:
        return min(self.quarters)

    @property
    def last(self) -> date:
        return max(self.quarters)


@dataclass(slots=True)
class DemoEmployment:
    """A work contract with its parts. `employer` is a rank in names.EMPLOYERS, None for the lot's own holder."""

    parts: list[DemoPart]
    starts_on: date
    ends_on: date | None
    modality: str
    type: str
    employer: int | None
    weekly_hours: int
    person: int = -1

    @property
    def first(self) -> date:
        return min(part.first for part in self.parts)

    @property
    def last(self) -> date:
        return max(part.last for part in self.parts)


@dataclass(slots=True)
class DemoPerson:
    identity: names.Identity
    education: str
    neighbourhood: int | None
    city: int
    situation: str
    employments: list[DemoEmployment] = field(default_factory=list)


def plan_workforce(
    structure: Structure, contracts: list[DemoContract], calendar: Calendar, random: Random
) -> tuple[list[DemoEmployment], list[DemoPerson]]:
    worked = [(contract, lot) for contract in contracts for lot in contract.lots if lot.target]
    counts = _counts([lot for _contract, lot in worked], structure.employments + structure.shared_parts)
    parts = [
        part
        for (contract, lot), count in zip(worked, counts, strict=True)
        for part in _parts(contract, lot, count, random)
    ]
    employments = _employments(parts, structure.shared_parts, calendar, random)
    return employments, _persons(employments, structure.persons, random)


def _counts(lots: list[DemoLot], total: int) -> list[int]:
    """Contracts by lot, in proportion to its hours, enough for the months that it has; `total` of them in all."""
    least = [ceil(lot.target / (_MONTH_HOURS * len(lot.months))) for lot in lots]
    low, high = 50.0, 20_000.0
    while high - low > 0.01:
        middle = (low + high) / 2
        counts = [max(count, round(lot.target / middle)) for lot, count in zip(lots, least, strict=True)]
        low, high = (middle, high) if sum(counts) > total else (low, middle)
    counts = [max(count, round(lot.target / high)) for lot, count in zip(lots, least, strict=True)]
    by_size = sorted(range(len(lots)), key=lambda rank: -lots[rank].target / counts[rank])
    for rank in by_size[: total - sum(counts)]:
        counts[rank] += 1
    return counts


def _parts(contract: DemoContract, lot: DemoLot, count: int, random: Random) -> Iterator[DemoPart]:
    weights = [random.uniform(0.6, 1.4) for _ in range(count)]
    left = lot.target * _QUARTERS
    most = _MONTH_HOURS * _QUARTERS * len(lot.months)
    for rank, weight in enumerate(weights):
        wanted = round(left * weight / sum(weights[rank:]))
        amount = min(most, max(wanted, left - most * (count - rank - 1), 1))
        left -= amount
        is_last = rank == count - 1 and lot.is_running
        goes_on = is_last and (count > 1 or random.random() < _STILL_THERE)
        place = 1.0 if goes_on else (rank + random.random()) / count
        yield DemoPart(contract, lot, _spread(amount, lot.months, place, random), goes_on)


def _spread(amount: int, months: list[date], place: float, random: Random) -> dict[date, int]:
    """Over consecutive months, unevenly. `place`: from 0, the first months, to 1, up to the last validated one."""
    rate = random.uniform(60, _MONTH_HOURS) * _QUARTERS
    count = min(len(months), max(1, ceil(amount / rate)))
    first = round(place * (len(months) - count))
    weights = [random.uniform(0.85, 1.15) for _ in range(count)]
    quarters = {}
    for rank, weight in enumerate(weights):
        quarters[months[first + rank]] = part = round(amount * weight / sum(weights[rank:]))
        amount -= part
    return {month: part for month, part in quarters.items() if part}


def _employments(parts: list[DemoPart], shared: int, calendar: Calendar, random: Random) -> list[DemoEmployment]:
    """One for each part, but for `shared` parts that join the employment of another lot of the same company."""
    alone, pairs = _paired(parts, shared)
    return [_employment(group, calendar, random) for group in [[part] for part in alone] + pairs]


def _paired(parts: list[DemoPart], wanted: int) -> tuple[list[DemoPart], list[list[DemoPart]]]:
    by_company: defaultdict[tuple[str, int], list[DemoPart]] = defaultdict(list)
    for part in parts:
        by_company[part.lot.company].append(part)
    pairs: list[list[DemoPart]] = []
    taken: set[int] = set()
    for group in by_company.values():
        group.sort(key=lambda part: part.first)
        for one, other in pairwise(group):
            if len(pairs) < wanted and not {id(one), id(other)} & taken and _fit(one, other):
                pairs.append([one, other])
                taken |= {id(one), id(other)}
    return [part for part in parts if id(part) not in taken], pairs


def _fit(one: DemoPart, other: DemoPart) -> bool:
    """Whether one person may do both: two lots, months that touch, never more than a month holds."""
    if one.lot is other.lot or other.first > add_months(one.last, 1):
        return False
    common = one.quarters.keys() & other.quarters.keys()
    return all(one.quarters[month] + other.quarters[month] <= _MOST_HOURS * _QUARTERS for month in common)


def _employment(parts: list[DemoPart], calendar: Calendar, random: Random) -> DemoEmployment:
    first, last = min(part.first for part in parts), max(part.last for part in parts)
    starts_on = max(min(part.lot.starts_on for part in parts), first + timedelta(days=random.randrange(10)))
    modality = random.choices(("embauche_directe", "mise_a_disposition", "sous_traitance"), (38, 46, 16))[0]
    employer, kind = _employer(modality, random)
    ends_on: date | None = max(starts_on, last_day(last) - timedelta(days=random.randrange(12)))
    if kind == "cdi":
        ends_on = None
    elif any(part.goes_on for part in parts):
        ends_on = last_day(add_months(calendar.today, random.randint(0, 6)))
    heaviest = max(sum(part.quarters.get(month, 0) for part in parts) for month in parts[0].quarters) / _QUARTERS
    return DemoEmployment(
        parts=parts,
        starts_on=starts_on,
        ends_on=ends_on,
        modality=modality,
        type=kind,
        employer=employer,
        weekly_hours=35 if heaviest > 105 else 30 if heaviest > 80 else 24,
    )


def _employer(modality: str, random: Random) -> tuple[int | None, str]:
    if modality == "embauche_directe":
        return None, random.choices(("cdd", "cdi", "contrat_pro", "apprentissage", "autre"), (46, 20, 19, 13, 2))[0]
    kinds = _KINDS_BY_MODALITY[modality]
    rank = random.choice([rank for rank, (_name, kind) in enumerate(names.EMPLOYERS) if kind in kinds])
    return rank, random.choice(kinds[names.EMPLOYERS[rank][1]])


def _persons(employments: list[DemoEmployment], count: int, random: Random) -> list[DemoPerson]:
    """Who works under each contract: `count` persons in all, the others come back after an earlier contract."""
    employments.sort(key=lambda employment: employment.starts_on)
    again = len(employments) - count
    persons: list[list[DemoEmployment]] = []
    free: list[tuple[date, int]] = []
    for rank, employment in enumerate(employments):
        candidates = [entry for entry in free if entry[0] < employment.starts_on]
        if candidates and random.random() < again / (len(employments) - rank):
            # Those who left lately come back most.
            entry = random.choice(candidates[-40:])
            free.remove(entry)
            again -= 1
            employment.person = entry[1]
        else:
            employment.person = len(persons)
            persons.append([])
        persons[employment.person].append(employment)
        if employment.ends_on is not None:
            insort(free, (employment.ends_on, employment.person))
    return _described(persons, random)


def _described(careers: list[list[DemoEmployment]], random: Random) -> list[DemoPerson]:
    birth_dates = [_birth_date(career, random) for career in careers]
    return [
        DemoPerson(
            identity=identity,
            education=random.choices(("infra3", "3", "4", "5", "6", ""), (37, 33, 17, 6, 4, 3))[0],
            neighbourhood=_neighbourhood(career, random),
            city=random.randrange(len(names.CITIES)),
            situation=random.choices(("deld", "brsa", "avis_motive", "rqth", "refugie", "ass"), (40, 34, 9, 7, 6, 4))[
                0
            ],
            employments=career,
        )
        for identity, career in zip(names.identities(random, birth_dates), careers, strict=True)
    ]


def _birth_date(career: list[DemoEmployment], random: Random) -> date:
    """18 to 58 at the first hire, 64 at most at the last."""
    first, last = career[0].starts_on, career[-1].starts_on
    oldest = min(58, 64 - (last.year - first.year))
    low, high = random.choices(((18, 25), (26, 40), (41, 50), (51, 58)), (31, 36, 19, 14))[0]
    age = min(random.randint(low, high), oldest)
    return first - timedelta(days=age * 365 + age // 4 + random.randrange(1, 360))


def _neighbourhood(career: list[DemoEmployment], random: Random) -> int | None:
    """Of two residents of priority neighbourhoods, one lives in that of the marché."""
    draw = random.random()
    if draw < 0.28:
        return career[0].parts[0].contract.neighbourhood
    return random.randrange(len(names.NEIGHBOURHOODS)) if draw < 0.56 else None
