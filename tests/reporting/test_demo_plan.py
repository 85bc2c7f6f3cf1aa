"""The demonstration's plan, for any day: exact numbers, sound dates, nobody real."""

from collections import Counter
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from beneficiaries.reference import rome_codes
from clauses.decp.reader import read_decp
from clauses.reference import is_known_qpv
from lib.dates import age_on, last_day
from lib.obligation_rules import due_hours
from lib.siret import check_siret
from reporting.demo import names
from reporting.demo.catalogue import TRADES, families
from reporting.demo.portfolio import FIRST_MONTH, Calendar, DemoContract, plan_contracts
from reporting.demo.structures import STRUCTURES
from reporting.demo.workforce import DemoEmployment, DemoPerson, plan_workforce
from tests.clauses.decp_rows import DATA

DAYS = (date(2026, 11, 20), date(2027, 1, 1), date(2028, 2, 29), date(2031, 7, 5))
Plan = tuple[list[DemoContract], list[DemoEmployment], list[DemoPerson]]


@pytest.fixture(scope="module", params=DAYS, ids=str)
def day(request: pytest.FixtureRequest) -> date:
    return request.param


@pytest.fixture(scope="module")
def plans(day: date) -> list[Plan]:
    return [_plan(structure, day) for structure in STRUCTURES]


def _plan(structure: object, day: date) -> Plan:
    random, calendar = Random(f"clauseo {structure.slug}"), Calendar(day)
    contracts = plan_contracts(structure, calendar, random)
    return contracts, *plan_workforce(structure, contracts, calendar, random)


def test_numbers_are_those_of_a_real_structure(plans: list[Plan]) -> None:
    assert sum(len(employments) for _contracts, employments, _persons in plans) == 2725
    assert sum(len(persons) for _contracts, _employments, persons in plans) == 1983
    hours = (
        sum(sum(part.quarters.values()) for _c, employments, _p in plans for e in employments for part in e.parts) / 4
    )
    assert 1_780_000 < hours < 1_880_000


def test_a_third_of_the_contracts_run_today(plans: list[Plan], day: date) -> None:
    contracts = [contract for plan in plans for contract in plan[0]]
    running = [contract for contract in contracts if contract.starts_on <= day <= contract.ends_on]
    assert abs(len(running) / len(contracts) - 1 / 3) < 0.01


def test_each_buyer_has_hours(plans: list[Plan]) -> None:
    for structure, (contracts, _employments, _persons) in zip(STRUCTURES, plans, strict=True):
        worked = {contract.buyer for contract in contracts if any(lot.target for lot in contract.lots)}
        assert worked == set(range(len(structure.buyers)))
    assert len({buyer for structure in STRUCTURES for buyer in structure.buyers}) == 42


def test_hours_lie_within_lot_contract_and_month(plans: list[Plan], day: date) -> None:
    calendar = Calendar(day)
    for _contracts, employments, _persons in plans:
        for employment in employments:
            months: Counter[date] = Counter()
            for part in employment.parts:
                months.update(part.quarters)
                for month, quarters in part.quarters.items():
                    assert FIRST_MONTH <= month <= calendar.validated
                    assert quarters > 0
                    assert part.lot.starts_on <= last_day(month)
                    assert month <= part.lot.ends_on
                    assert employment.starts_on <= last_day(month)
                    assert employment.ends_on is None or employment.ends_on >= month
            assert max(months.values()) <= 220 * 4


def test_history_begins_in_2012_and_grows(plans: list[Plan], day: date) -> None:
    hours: Counter[int] = Counter()
    for _contracts, employments, _persons in plans:
        for part in (part for employment in employments for part in employment.parts):
            for month, quarters in part.quarters.items():
                hours[month.year] += quarters
    assert min(hours) == 2012
    assert set(range(2012, day.year)) <= set(hours)
    assert hours[2012] < hours[day.year - 3]


def test_persons_have_one_contract_at_a_time_at_a_working_age(plans: list[Plan]) -> None:
    identities: list[names.Identity] = []
    for _contracts, _employments, persons in plans:
        for person in persons:
            identities.append(person.identity)
            assert person.employments
            for before, after in zip(person.employments, person.employments[1:], strict=False):
                assert before.ends_on is not None
                assert before.ends_on < after.starts_on
            ages = [age_on(person.identity.birth_date, employment.starts_on) for employment in person.employments]
            assert min(ages) >= 17
            assert max(ages) <= 65
    assert len({(one.last_name, one.first_name, one.birth_date) for one in identities}) == len(identities)


def test_obligations_are_frozen_as_their_rule_gives_them(plans: list[Plan]) -> None:
    for contracts, _employments, _persons in plans:
        for lot in (lot for contract in contracts for lot in contract.lots):
            assert lot.due == (due_hours(lot.terms) if lot.terms else 0)
            assert lot.capacity >= 2


def test_one_company_is_silent(plans: list[Plan], day: date) -> None:
    for contracts, employments, _persons in plans:
        silent = [lot for contract in contracts for lot in contract.lots if lot.is_silent]
        assert len({lot.holder for lot in silent}) == 1
        ids = {id(lot) for lot in silent}
        last = max(part.last for e in employments for part in e.parts if id(part.lot) in ids)
        assert (day - last).days > 120


def test_catalogue_is_what_the_real_files_say() -> None:
    files = {}
    for name in ("data.gouv.fr_pes.json", "e-marchespublics.json"):
        with (DATA / f"{name}.gz").open("rb") as file:
            files[name] = {notice.index: notice for notice in read_decp(file).notices}
    lots = [lot for family in families() for lot in family.lots]
    assert len(lots) == 197
    published = {(n.cpv, n.amount, n.duration_months, n.notified_on) for rows in files.values() for n in rows.values()}
    assert {(lot.cpv, lot.amount_ht, lot.months, lot.notified_on) for lot in lots} <= published


def test_moved_dates_keep_their_day_and_month(plans: list[Plan]) -> None:
    for contracts, _employments, _persons in plans:
        for lot in (lot for contract in contracts for lot in contract.lots):
            assert (lot.starts_on.month, lot.starts_on.day) == (lot.model.notified_on.month, lot.model.notified_on.day)


def test_identifiers_are_valid_and_of_nobody() -> None:
    sirets = [names.siret(rank) for rank in range(1, 1000)]
    assert len(set(sirets)) == len(sirets)
    assert all(check_siret(siret).valid and siret.startswith("0000") for siret in sirets)


def test_no_company_of_the_real_files_is_named() -> None:
    real = set()
    for name in ("data.gouv.fr_pes.json.gz", "e-marchespublics.json.gz"):
        with (DATA / name).open("rb") as file:
            for notice in read_decp(file).notices:
                real |= {notice.buyer_name.casefold(), *(holder.name.casefold() for holder in notice.holders)}
    invented = {name for name, _kind in (*names.HLM_BUYERS, *names.OTHER_BUYERS, *names.SECOND_HLM_BUYERS)}
    invented |= {name for name, _kind in names.EMPLOYERS}
    invented |= {form.format(stem) for t in TRADES.values() for form in t.company_names for stem in names.COMPANY_STEMS}
    assert not {name.casefold() for name in invented} & real


def test_references_exist() -> None:
    assert all(trade.rome_code in rome_codes() for trade in TRADES.values())
    assert all(trade.labour_share <= Decimal(1) for trade in TRADES.values())
    assert all(is_known_qpv(code) for _name, *codes in names.NEIGHBOURHOODS for code in codes)
