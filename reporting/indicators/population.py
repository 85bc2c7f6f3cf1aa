"""Who worked: counts and breakdowns, from the hours of each employment contract. Persons are counted once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from beneficiaries.enums import HORS_QPV, NON_CONNU

AGE_BANDS = ("<26", "26-40", "41-50", "51+", NON_CONNU)
AGE_LABELS = {"<26": "moins de 26 ans", "26-40": "26 à 40 ans", "41-50": "41 à 50 ans", "51+": "51 ans et plus"}


class Work(NamedTuple):
    """Hours (above 0) validated in the period under one employment contract, on one lot; the rest as frozen at hire.

    Empty texts and a None age are known to be absent. A tuple: a large structure has a hundred thousand of them.
    """

    lot_id: int
    contract_id: int
    operation_id: int | None
    buyer_id: int
    holder_id: int | None
    employment_id: int
    person: str
    sex: str
    starts_on: date
    age: int | None
    education: str
    criterion: str
    qpv: str
    modality: str
    contract_type: str
    employer_id: int
    employer_is_siae: bool
    buyer_ref: str
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Group:
    beneficiaries: int
    hours: Decimal
    employment_contracts: int


@dataclass(frozen=True, slots=True)
class Breakdowns:
    """Each value that has a line. A person under two values counts in each: these counts are never added up."""

    sex: Mapping[str, Group]
    age: Mapping[str, Group]
    education: Mapping[str, Group]
    criterion: Mapping[str, Group]
    qpv: Mapping[str, Group]
    modality: Mapping[str, Group]
    contract_type: Mapping[str, Group]
    buyer: Mapping[str, Group]
    month: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Counts:
    buyers: int
    operations: int
    contracts: int
    lots: int
    holders: int
    employers: int
    siae: int
    employment_contracts: int
    beneficiaries: int
    new_beneficiaries: int


def counts_of(works: Iterable[Work], known_before: frozenset[str]) -> Counts:
    """`known_before`: persons who had validated hours, anywhere in the structure, before the period."""
    works = list(works)
    persons = {work.person for work in works}
    return Counts(
        buyers=len({work.buyer_id for work in works}),
        operations=len({work.operation_id for work in works} - {None}),
        contracts=len({work.contract_id for work in works}),
        lots=len({work.lot_id for work in works}),
        holders=len({work.holder_id for work in works} - {None}),
        employers=len({work.employer_id for work in works}),
        siae=len({work.employer_id for work in works if work.employer_is_siae}),
        employment_contracts=len({work.employment_id for work in works}),
        beneficiaries=len(persons),
        new_beneficiaries=len(persons - known_before),
    )


def breakdowns_of(works: Iterable[Work], months: Mapping[str, Decimal]) -> Breakdowns:
    works = list(works)
    bands = age_bands(works)
    ages = _grouped(works, lambda work: bands[work.person])
    return Breakdowns(
        sex=_grouped(works, lambda work: work.sex),
        age={band: ages[band] for band in AGE_BANDS if band in ages},
        education=_grouped(works, lambda work: work.education or NON_CONNU),
        criterion=_grouped(works, lambda work: work.criterion or NON_CONNU),
        qpv=_grouped(works, lambda work: work.qpv or HORS_QPV),
        modality=_grouped(works, lambda work: work.modality),
        contract_type=_grouped(works, lambda work: work.contract_type),
        buyer=_grouped(works, lambda work: work.buyer_ref),
        month=dict(sorted(months.items())),
    )


def age_bands(works: Iterable[Work]) -> dict[str, str]:
    """Of each person: the age at the contract that starts earliest; of two that start together, the smallest known."""
    first: dict[str, tuple[date, bool, int]] = {}
    for work in works:
        rank = (work.starts_on, work.age is None, work.age or 0)
        if work.person not in first or rank < first[work.person]:
            first[work.person] = rank
    return {person: NON_CONNU if unknown else band_of(age) for person, (_, unknown, age) in first.items()}


def band_of(age: int) -> str:
    return "<26" if age < 26 else "26-40" if age <= 40 else "41-50" if age <= 50 else "51+"


def _grouped(works: Iterable[Work], value_of: Callable[[Work], str]) -> dict[str, Group]:
    """In the order of the values."""
    groups: dict[str, list[Work]] = defaultdict(list)
    for work in works:
        groups[value_of(work)].append(work)
    return {
        value: Group(
            len({work.person for work in group}),
            sum((work.hours for work in group), Decimal(0)),
            len({work.employment_id for work in group}),
        )
        for value, group in sorted(groups.items())
    }
