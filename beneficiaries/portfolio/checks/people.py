"""A person is either named or anonymised, and of an age to be hired."""

from datetime import date

from beneficiaries.portfolio.derived import parents
from beneficiaries.portfolio.tables import Portfolio, Table
from beneficiaries.rules import age_warning
from lib.dates import age_on, date_fr

_IDENTITY = ("last_name", "first_name", "birth_date")


def check_people(portfolio: Portfolio) -> None:
    _check_named_or_anonymised(portfolio["beneficiaries"])
    _check_ages(portfolio["beneficiaries"], portfolio["employment_contracts"])


def _check_named_or_anonymised(people: Table) -> None:
    names = (*_IDENTITY, "person_key")
    for position, (*identity, person_key) in enumerate(zip(*(people.raw[name] for name in names), strict=True)):
        present = sum(map(bool, identity))
        if present == len(_IDENTITY) and not person_key:
            continue
        if present == 0 and person_key:
            continue
        if person_key:
            people.error(position, "person_key", _NAMED_AND_ANONYMISED)
        else:
            missing = next(name for name, cell in zip(_IDENTITY, identity, strict=True) if not cell)
            people.error(position, missing, _NEITHER if not present else _HALF_NAMED)


_NAMED_AND_ANONYMISED = (
    "personne à la fois nommée et anonymisée. Videz person_key, ou les trois cellules de son identité."
)
_HALF_NAMED = "identité incomplète. Remplissez last_name, first_name et birth_date, ou anonymisez la personne."
_NEITHER = "personne ni nommée ni anonymisée. Remplissez last_name, first_name et birth_date, ou bien person_key."


def _check_ages(people: Table, employments: Table) -> None:
    births = people.values["birth_date"]
    hired = parents(employments, "beneficiary_ref", people)
    for position, starts_on, age in employments.rows("starts_on", "age_at_hire"):
        at = hired[position]
        birth_date = births[at] if at is not None else None
        if birth_date is None:
            # A birth date that was refused says nothing of the age; an anonymised person has no other.
            if isinstance(age, int) and at is not None and not people.raw["birth_date"][at]:
                _warn_unusual(employments, position, "age_at_hire", age)
        elif starts_on is not None:
            _check_age(employments, position, age, birth_date, starts_on)


def _check_age(employments: Table, position: int, age: object, birth_date: date, starts_on: date) -> None:
    if starts_on <= birth_date:
        employments.error(
            position,
            "starts_on",
            f"embauche antérieure à la naissance ({date_fr(birth_date)}). Corrigez l'une des deux.",
        )
        return
    computed = age_on(birth_date, starts_on)
    _warn_unusual(employments, position, "starts_on", computed)
    if isinstance(age, int) and age != computed:
        employments.warn(
            position,
            "age_at_hire",
            f"la date de naissance donne {computed} ans à l'embauche\u202f; {age} ans est gardé.",
        )


def _warn_unusual(employments: Table, position: int, column: str, age: int) -> None:
    if warning := age_warning(age):
        employments.warn(position, column, warning)
