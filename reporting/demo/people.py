"""Writes a structure's persons, eligibilities, work contracts, assignments and hours."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from beneficiaries.enums import HourKind, HourStatus, QpvGeneration
from beneficiaries.models import Assignment, Beneficiary, Eligibility, EmploymentContract, HourEntry
from beneficiaries.reference import CRITERIA_LIST, criteria
from clauses.models import Operation
from contractors.models import Company
from lib.dates import PARIS, age_on, last_day
from lib.identity import person_identity, sort_key
from reporting.demo import names
from reporting.demo.portfolio import Calendar
from reporting.demo.registers import Registers
from reporting.demo.workforce import DemoEmployment, DemoPart, DemoPerson
from tenants.models import Member

_QUARTER = Decimal("0.25")
_TRAINING = 56
_REFUSAL = "Contrat de travail absent de la déclaration."


def write_people(
    registers: Registers,
    employments: list[DemoEmployment],
    persons: list[DemoPerson],
    calendar: Calendar,
    random: Random,
) -> None:
    agents = list(Member.objects.filter(role="facilitator").order_by("pk"))
    beneficiaries = Beneficiary.objects.bulk_create(
        _beneficiary(rank, person, calendar) for rank, person in enumerate(persons, start=1)
    )
    contracts = EmploymentContract.objects.bulk_create(
        _contract(rank, employment, persons[employment.person], beneficiaries[employment.person], registers)
        for rank, employment in enumerate(employments, start=1)
    )
    Eligibility.objects.bulk_create(_eligibility(contract, agents, random) for contract in contracts)
    parts = [
        (part, employment, contract)
        for employment, contract in zip(employments, contracts, strict=True)
        for part in employment.parts
    ]
    assignments = Assignment.objects.bulk_create(
        Assignment(
            employment=contract,
            lot=registers.lots[id(part.lot)],
            holder=registers.holders[part.lot.company],
            ends_on=_left_on(part, employment),
            accepted_by=random.choice(agents),
            accepted_on=employment.starts_on,
        )
        for part, employment, contract in parts
    )
    statuses = {id(part.lot): _recent_status(random) for part, _employment, _contract in parts}
    entries = [
        entry
        for (part, _employment, _contract), assignment in zip(parts, assignments, strict=True)
        for entry in _entries(part, assignment, statuses[id(part.lot)], calendar, random)
    ]
    HourEntry.objects.bulk_create(entries, batch_size=2000)
    _write_hours_worked(entries, random)


def _left_on(part: DemoPart, employment: DemoEmployment) -> date | None:
    """When a work contract outlives what it did on the lot."""
    if part.goes_on or (employment.ends_on and employment.ends_on <= last_day(part.last)):
        return None
    return last_day(part.last)


def _beneficiary(rank: int, person: DemoPerson, calendar: Calendar) -> Beneficiary:
    identity = person.identity
    postcode, city = names.CITIES[person.city]
    resident = person.neighbourhood is not None
    return Beneficiary(
        external_ref=f"B-{rank:04}",
        last_name=identity.last_name,
        first_name=identity.first_name,
        birth_date=identity.birth_date,
        person_key=person_identity(identity.last_name, identity.first_name, identity.birth_date),
        sort_key=sort_key(f"{identity.last_name} {identity.first_name}"),
        sex=identity.sex,
        postcode="31100" if resident else postcode,
        city="Toulouse" if resident else city,
        education_level=person.education or "non_connu",
        **_qpv(person, person.employments[-1].starts_on),
        qpv_checked_on=person.employments[-1].starts_on - timedelta(days=5),
    )


def _qpv(person: DemoPerson, day: date) -> dict[str, str]:
    """The neighbourhood as the lists of that day name it."""
    if person.neighbourhood is None:
        return {"qpv_code": "", "qpv_generation": ""}
    name, code_2015, code_2024 = names.NEIGHBOURHOODS[person.neighbourhood]
    if day.year < 2015:
        return {"qpv_code": f"ZUS {name}", "qpv_generation": QpvGeneration.ZUS}
    if day.year < 2024:
        return {"qpv_code": code_2015, "qpv_generation": QpvGeneration.QP2015}
    return {"qpv_code": code_2024, "qpv_generation": QpvGeneration.QP2024}


def _contract(
    rank: int, employment: DemoEmployment, person: DemoPerson, beneficiary: Beneficiary, registers: Registers
) -> EmploymentContract:
    lot = employment.parts[0].lot
    holder = registers.holders[lot.company]
    employer: Company = holder if employment.employer is None else registers.employers[employment.employer]
    age = age_on(person.identity.birth_date, employment.starts_on)
    return EmploymentContract(
        external_ref=f"C-{rank:04}",
        beneficiary=beneficiary,
        employer=employer,
        user_company=holder if employment.modality == "mise_a_disposition" else None,
        modality=employment.modality,
        type=employment.type,
        starts_on=employment.starts_on,
        ends_on=employment.ends_on,
        rome_code=lot.model.trade.rome_code,
        weekly_hours=employment.weekly_hours,
        person_key=beneficiary.person_key,
        age_at_hire=age,
        education_level=person.education,
        criteria=_criteria(person, age),
        **_qpv(person, employment.starts_on),
    )


def _criteria(person: DemoPerson, age: int) -> list[str]:
    main = person.situation
    if age < 26 and main in ("deld", "avis_motive", "ass"):
        main = "jeune_sans_diplome" if person.education == "infra3" else "jeune_accompagne"
    elif age > 50 and main in ("deld", "avis_motive"):
        main = "senior"
    return [main, "qpv"] if person.neighbourhood is not None else [main]


def _eligibility(contract: EmploymentContract, agents: list[Member], random: Random) -> Eligibility:
    verified_on = contract.starts_on - timedelta(days=random.randint(1, 12))
    return Eligibility(
        beneficiary=contract.beneficiary,
        criteria=contract.criteria,
        proof_kind=criteria()[contract.criteria[0]].proof,
        proof_date=verified_on - timedelta(days=random.randint(2, 60)),
        verified_on=verified_on,
        verified_by=random.choice(agents),
        list_version=CRITERIA_LIST,
    )


def _recent_status(random: Random) -> str:
    """Of the last month's hours of a lot, all alike; empty where the company did not declare them yet."""
    return random.choices((HourStatus.VALIDATED, HourStatus.CONTROLLED, HourStatus.DECLARED, ""), (45, 23, 26, 6))[0]


def _entries(
    part: DemoPart, assignment: Assignment, recent: str, calendar: Calendar, random: Random
) -> Iterator[HourEntry]:
    training = random.random() < 0.07
    for rank, (month, quarters) in enumerate(sorted(part.quarters.items())):
        if training and rank == 0 and quarters > 3 * _TRAINING:
            yield _entry(assignment, month, _TRAINING, HourStatus.VALIDATED, HourKind.TRAINING)
            quarters -= _TRAINING
        yield _entry(assignment, month, quarters, HourStatus.VALIDATED)
    if not part.goes_on or part.lot.is_silent or not recent:
        return
    quarters = part.quarters[part.last]
    refused = recent != HourStatus.VALIDATED and random.random() < 0.06
    yield _entry(assignment, calendar.reference, quarters, HourStatus.REFUSED if refused else recent)
    if calendar.open > calendar.reference and recent == HourStatus.VALIDATED:
        yield _entry(assignment, calendar.open, quarters, HourStatus.DECLARED)


def _entry(assignment: Assignment, month: date, quarters: int, status: str, kind: str = HourKind.WORK) -> HourEntry:
    decided = status != HourStatus.DECLARED
    return HourEntry(
        assignment=assignment,
        lot=assignment.lot,
        employment=assignment.employment,
        month=month,
        kind=kind,
        hours=quarters * _QUARTER,
        status=status,
        status_reason=_REFUSAL if status == HourStatus.REFUSED else "",
        status_by=assignment.accepted_by if decided else None,
        status_at=_evening(last_day(month) + timedelta(days=14)) if decided else None,
    )


def _evening(day: date) -> datetime:
    return min(datetime(day.year, day.month, day.day, 17, 30, tzinfo=PARIS), timezone.now())


def _write_hours_worked(entries: list[HourEntry], random: Random) -> None:
    """All hours worked, as declared on two operations of three: 4 to 8 % are insertion hours, 8 to 14 % in GUP."""
    validated: defaultdict[int, Decimal] = defaultdict(Decimal)
    operations: dict[int, Operation] = {}
    for entry in entries:
        operation = entry.lot.contract.operation
        if operation is not None and entry.status == HourStatus.VALIDATED:
            operations[operation.pk] = operation
            validated[operation.pk] += entry.hours
    changed = []
    for rank, (pk, operation) in enumerate(sorted(operations.items())):
        if rank % 3 < 2:
            share = random.uniform(0.085, 0.14) if operation.kind == "gup" else random.uniform(0.042, 0.078)
            operation.total_hours_worked = (validated[pk] / Decimal(share)).quantize(Decimal(1))
            changed.append(operation)
    Operation.objects.bulk_update(changed, ["total_hours_worked"])
