"""Marchés of one structure: real ones moved by whole years, with what each lot owes and how far it has come."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import cycle
from math import ceil
from random import Random

from clauses.decp.notice import end_of
from lib.dates import add_months, iter_months, last_day, month_of
from lib.obligation_rules import Rule, Terms, due_hours
from lib.progress_rules import reference_date
from reporting.demo import names
from reporting.demo.catalogue import Family, ModelLot, families
from reporting.demo.structures import Structure

FIRST_MONTH = date(2012, 1, 1)
# The marchés that run when the history begins.
_FIRST_START = date(2010, 10, 1)
_ANRU_RATES = {"travaux": Decimal("0.05"), "ingenierie": Decimal("0.05"), "gup": Decimal("0.10")}
_RATES = (Decimal("0.07"), Decimal("0.10"), Decimal("0.10"), Decimal("0.15"))
_HOURLY_COSTS = (Decimal(28), Decimal(29), Decimal(30))
_SMALLEST_DUE = 70
_EXEMPTIONS = (
    "Montant du lot trop faible pour une action d'insertion.",
    "Intervention de spécialistes, sans poste accessible.",
    "Durée du chantier trop courte.",
)
_UNCALIBRATED_SHARE = 0.05
# Of running lots: well on their way, to be watched (the others are late), out of reach where the dates allow it.
_WELL_SHARE, _WATCHED_SHARE, _COMPROMISED_SHARE = 0.85, 0.10, 0.15
_FULL_TIME_DAY = 5  # hours, every day of the week


@dataclass(slots=True)
class DemoLot:
    """`terms` is None for a lot « à calibrer ». `target`: hours validated so far; `months`: those they may lie in."""

    model: ModelLot
    number: int
    starts_on: date
    ends_on: date
    holder: int
    partner: int | None
    terms: Terms | None
    due: Decimal
    target: int
    months: list[date]
    is_running: bool
    is_silent: bool = False

    @property
    def company(self) -> tuple[str, int]:
        """By trade and by rank of its name."""
        return self.model.trade.key, self.holder

    @property
    def capacity(self) -> Decimal:
        return full_time_capacity(self.due, self.starts_on, self.ends_on)


def full_time_capacity(due: Decimal, starts_on: date, ends_on: date) -> Decimal:
    """In persons: enough for what the lot owes, two at least."""
    weeks = max(1, (ends_on - starts_on).days / 7)
    return Decimal(max(2, ceil(1.4 * float(due) / weeks / 35)))


@dataclass(slots=True)
class DemoContract:
    ref: str
    family: Family
    title: str
    buyer: int
    neighbourhood: int
    programme: str
    starts_on: date
    ends_on: date
    lots: list[DemoLot] = field(default_factory=list)


class Calendar:
    """Where the months stand: validated up to `validated`, then declared ones, in part controlled or validated."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.reference = month_of(reference_date(today))
        self.validated = add_months(self.reference, -1)
        # The last whole month, when its deadline is still to come.
        self.open = add_months(month_of(today), -1)


def plan_contracts(structure: Structure, calendar: Calendar, random: Random) -> list[DemoContract]:
    """As many as it takes to reach the structure's hours. A third run today, one in 24 is still to come."""
    planner = _Planner(structure, calendar, random)
    contracts: list[DemoContract] = []
    hours = 0
    for rank in range(10_000):
        if hours >= structure.hours:
            break
        contract = planner.contract(rank)
        contracts.append(contract)
        hours += sum(lot.target for lot in contract.lots)
    _silence(contracts, calendar)
    return contracts


def _silence(contracts: list[DemoContract], calendar: Calendar) -> None:
    """One company with running lots has not declared anything for four months."""
    running = [lot for contract in contracts for lot in contract.lots if lot.is_running and lot.target]
    company, _count = Counter(lot.company for lot in running).most_common(1)[0]
    last = add_months(calendar.validated, -3)
    for lot in running:
        months = [month for month in lot.months if month <= last]
        if lot.company == company and months:
            lot.is_silent = True
            lot.target = lot.target * len(months) // len(lot.months)
            lot.months = months


class _Planner:
    def __init__(self, structure: Structure, calendar: Calendar, random: Random) -> None:
        self.calendar = calendar
        self.random = random
        self.slug = structure.slug
        self.families = [family for family in families() if family.buyers in structure.families]
        self.buyers = {kind: cycle(self._buyers_of(structure, kind)) for kind in structure.families}
        self.buyer_names = structure.buyers

    def _buyers_of(self, structure: Structure, kind: str) -> list[int]:
        hlm = set(names.HLM_BUYERS) | set(names.SECOND_HLM_BUYERS)
        ranks = [
            rank for rank, buyer in enumerate(structure.buyers) if kind == "tous" or (buyer in hlm) == (kind == "hlm")
        ]
        self.random.shuffle(ranks)
        return ranks

    def contract(self, rank: int) -> DemoContract:
        state = "running" if rank % 3 == 0 else "future" if rank % 24 == 23 else "past"
        family, years = self._family(state)
        neighbourhood = self.random.randrange(len(names.NEIGHBOURHOODS))
        dates = [_moved(lot, years) for lot in family.lots]
        contract = DemoContract(
            ref=f"{self.slug}-{rank + 1:03}",
            family=family,
            title=self._title(family, neighbourhood),
            buyer=next(self.buyers[family.buyers]),
            neighbourhood=neighbourhood,
            programme=self._programme(family, min(start for start, _end in dates)),
            starts_on=min(start for start, _end in dates),
            ends_on=max(end for _start, end in dates),
        )
        contract.lots = list(self._lots(contract, dates))
        return contract

    def _family(self, state: str) -> tuple[Family, int]:
        """A family and the whole years by which it must move to be in that state today."""
        while True:
            family = self.random.choice(self.families)
            moves = [years for years in range(-20, 60) if self._state(family, years) == state]
            if not moves:
                continue
            if state == "past":
                # The activity grew over the years.
                return family, self.random.choices(moves, weights=[1 + 0.12 * rank for rank in range(len(moves))])[0]
            return family, moves[0] if state == "future" else self.random.choice(moves)

    def _state(self, family: Family, years: int) -> str:
        dates = [_moved(lot, years) for lot in family.lots]
        starts_on, ends_on = min(start for start, _end in dates), max(end for _start, end in dates)
        if starts_on < _FIRST_START or ends_on < FIRST_MONTH:
            return ""
        if starts_on > self.calendar.today:
            return "future"
        return "running" if ends_on >= self.calendar.today else "past"

    def _title(self, family: Family, neighbourhood: int) -> str:
        return family.title.format(
            residence=self.random.choice(names.RESIDENCES),
            quartier=names.NEIGHBOURHOODS[neighbourhood][0],
            ecole=self.random.choice(names.SCHOOLS),
            place=self.random.choice(names.PLACES),
        )

    def _programme(self, family: Family, starts_on: date) -> str:
        if family.operation_kind not in _ANRU_RATES or self.random.random() < 0.55:
            return ""
        return "pnru" if starts_on.year < 2016 else "npnru"

    def _lots(self, contract: DemoContract, dates: list[tuple[date, date]]) -> Iterator[DemoLot]:
        fixed = self.random.random() < 0.45
        rate = self.random.choice(_RATES)
        if contract.programme:
            rate = _ANRU_RATES[contract.family.operation_kind]
        cost = self.random.choice(_HOURLY_COSTS)
        uncalibrated = contract.starts_on.year >= self.calendar.today.year - 1 and (
            self.random.random() < _UNCALIBRATED_SHARE * 3
        )
        for number, (model, (starts_on, ends_on)) in enumerate(zip(contract.family.lots, dates, strict=True), start=1):
            terms = None if uncalibrated else self._terms(model, rate, cost, fixed)
            due = due_hours(terms) if terms else Decimal(0)
            months = self._months(starts_on, ends_on)
            running = starts_on <= self.calendar.today <= ends_on
            holder = self.random.randrange(len(names.COMPANY_STEMS))
            partner = self.random.randrange(len(names.COMPANY_STEMS)) if self.random.random() < 0.12 else None
            yield DemoLot(
                model=model,
                number=number,
                starts_on=starts_on,
                ends_on=ends_on,
                holder=holder,
                partner=partner if partner != holder else None,
                terms=terms,
                due=due,
                target=self._target(due, starts_on, ends_on, months, running=running),
                months=months,
                is_running=running,
            )

    def _terms(self, model: ModelLot, rate: Decimal, cost: Decimal, fixed: bool) -> Terms:
        share = model.trade.labour_share
        computed = Terms(Rule.SHARE_OF_LABOUR, model.amount_ht, None, share, cost, rate)
        due = due_hours(computed)
        if due < _SMALLEST_DUE:
            return Terms(Rule.NONE, exempt_reason=self.random.choice(_EXEMPTIONS))
        if fixed:
            hours = Decimal(35 * round(float(due) * self.random.uniform(0.9, 1.2) / 35))
            return Terms(Rule.FIXED, model.amount_ht, hours, share, cost)
        if self.random.random() < 0.06:
            offered = Decimal(35 * ceil(float(due) * 1.1 / 35))
            return Terms(Rule.SHARE_OF_LABOUR, model.amount_ht, None, share, cost, rate, offered)
        return computed

    def _months(self, starts_on: date, ends_on: date) -> list[date]:
        """The months in which validated hours may lie: from the lot's first one to the last validated."""
        return list(iter_months(max(starts_on, FIRST_MONTH), min(ends_on, last_day(self.calendar.validated))))

    def _target(self, due: Decimal, starts_on: date, ends_on: date, months: list[date], *, running: bool) -> int:
        if not due or not months:
            return 0
        if not running:
            return round(float(due) * self._past_rate())
        left = (ends_on - last_day(self.calendar.reference)).days
        expected = float(due) * min(1.0, 1 - left / max(1, (ends_on - starts_on).days))
        # Less than this and no team would make up for it.
        least = float(due - full_time_capacity(due, starts_on, ends_on) * _FULL_TIME_DAY * left)
        if 0.2 * expected < least < 0.9 * expected and self.random.random() < _COMPROMISED_SHARE:
            return round(0.95 * least)
        return round(expected * self._running_rate())

    def _past_rate(self) -> float:
        """Most finished lots did what they owed, some much more, one in eight less."""
        draw = self.random.random()
        if draw < 0.125:
            return self.random.uniform(0.5, 0.97)
        return self.random.uniform(1.0, 1.1) if draw < 0.92 else self.random.uniform(1.15, 1.7)

    def _running_rate(self) -> float:
        draw = self.random.random()
        if draw < _WELL_SHARE:
            return self.random.uniform(1.03, 1.25)
        if draw < _WELL_SHARE + _WATCHED_SHARE:
            return self.random.uniform(0.84, 0.98)
        return self.random.uniform(0.45, 0.75)


def _moved(lot: ModelLot, years: int) -> tuple[date, date]:
    """The lot's dates, `years` later."""
    starts_on = lot.notified_on.replace(year=lot.notified_on.year + years)
    return starts_on, end_of(starts_on, lot.months)
