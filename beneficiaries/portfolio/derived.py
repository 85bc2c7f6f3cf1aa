"""What the rows of a folder say once put together: parents, executions, and what is frozen at hire."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from beneficiaries.portfolio.cells import Absence
from beneficiaries.portfolio.tables import Portfolio, Table
from lib.dates import age_on
from lib.identity import anonymous_identity, person_identity


def parents(table: Table, link: str, target: Table) -> list[int | None]:
    """Position in `target` of what each row refers to; None when it refers to nothing that was read."""
    positions = target.positions()
    return [positions.get(ref) for ref in table.values[link]]


def executions(portfolio: Portfolio) -> list[tuple[datetime.date | None, datetime.date | None]]:
    """First and last day of each lot, those of its marché where it has none; None where unknown."""
    lots, contracts = portfolio["lots"], portfolio["contracts"]
    starts, ends = contracts.values["starts_on"], contracts.values["ends_on"]
    found = []
    for parent, starts_on, ends_on in zip(
        parents(lots, "contract_ref", contracts), lots.values["starts_on"], lots.values["ends_on"], strict=True
    ):
        first = starts_on or (starts[parent] if parent is not None else None)
        last = ends_on or (ends[parent] if parent is not None else None)
        found.append((first, last))
    return found


_FROM_THE_PERSON = ("education_level", "criteria", "qpv_code")


@dataclass(frozen=True, slots=True)
class Frozen:
    """What an employment contract keeps of the person for ever; None is known to be absent."""

    age: int | None
    education_level: str | None
    criteria: tuple[str, ...] | None
    qpv_code: str | None
    qpv_generation: str | None


def frozen_at_hire(portfolio: Portfolio) -> Iterator[Frozen]:
    """For each employment contract of a sound folder, its own cells, else those of the person at that date."""
    people, employments = portfolio["beneficiaries"], portfolio["employment_contracts"]
    person = {name: people.values[name] for name in ("birth_date", *_FROM_THE_PERSON, "qpv_generation")}
    own = (employments.values[name] for name in (*_FROM_THE_PERSON, "qpv_generation"))
    for at, starts_on, age, level, criteria, code, generation in zip(
        parents(employments, "beneficiary_ref", people),
        employments.values["starts_on"],
        employments.values["age_at_hire"],
        *own,
        strict=True,
    ):
        assert at is not None
        birth_date = person["birth_date"][at]
        if age is None and birth_date is not None:
            age = age_on(birth_date, starts_on)
        if code is None:
            code, generation = person["qpv_code"][at], person["qpv_generation"][at]
        yield Frozen(
            age=_known(age),
            education_level=_known(level if level is not None else person["education_level"][at]),
            criteria=_known(criteria if criteria is not None else person["criteria"][at]),
            qpv_code=_known(code),
            qpv_generation=generation,
        )


def identities(people: Table) -> list[str]:
    """The key by which each record of a sound folder is one person with others."""
    named_or_not = zip(
        *(people.values[name] for name in ("last_name", "first_name", "birth_date", "person_key")), strict=True
    )
    return [
        anonymous_identity(key) if key is not None else person_identity(last_name, first_name, birth_date)
        for last_name, first_name, birth_date, key in named_or_not
    ]


def _known(value: Any) -> Any:
    return None if value is Absence.KNOWN else value
