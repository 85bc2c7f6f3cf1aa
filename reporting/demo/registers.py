"""Writes a structure's buyers, programmes, operations, companies, marchés, lots and obligations."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from clauses.enums import HolderRole, LinkState, Mechanism
from clauses.models import (
    Amendment,
    Buyer,
    BuyerLink,
    Lot,
    LotHolder,
    Obligation,
    Operation,
    Programme,
    PublicContract,
)
from contractors.enums import CompanyKind
from contractors.models import Company
from lib.obligation_rules import Rule, Terms, due_hours
from reporting.demo import names
from reporting.demo.catalogue import TRADES, Trade
from reporting.demo.portfolio import Calendar, DemoContract, DemoLot
from reporting.demo.structures import Structure
from tenants import scope
from tenants.models import BuyerAccount, Tenant

_EMPLOYER_RANKS = 900
_PROGRAMMES = {
    "pnru": ("Grand projet de ville de Toulouse", "C31-PNRU-104"),
    "npnru": ("Nouveau programme de renouvellement urbain de Toulouse", "C31-NPNRU-217"),
}
_OPERATION_NAMES = {
    "travaux": "Renouvellement urbain, {}",
    "ingenierie": "Études et maîtrise d'œuvre urbaine, {}",
    "gup": "Gestion urbaine de proximité, {}",
}
_AMENDED = 30


@dataclass
class Registers:
    """What later steps need of the rows written; lots by identity of their plan."""

    buyers: list[Buyer] = field(default_factory=list)
    employers: list[Company] = field(default_factory=list)
    holders: dict[tuple[str, int], Company] = field(default_factory=dict)
    lots: dict[int, Lot] = field(default_factory=dict)
    operations: dict[int, Operation] = field(default_factory=dict)


def buyer_sirets() -> dict[str, str]:
    everyone = dict.fromkeys((*names.HLM_BUYERS, *names.OTHER_BUYERS, *names.SECOND_HLM_BUYERS))
    return {name: names.siret(rank) for rank, (name, _kind) in enumerate(everyone, start=1)}


def write_registers(
    tenant: Tenant,
    structure: Structure,
    contracts: list[DemoContract],
    accounts: dict[str, BuyerAccount],
    calendar: Calendar,
    random: Random,
) -> Registers:
    registers = Registers()
    _write_buyers(registers, tenant, structure, accounts)
    _write_companies(registers, contracts)
    operations = _write_operations(registers, contracts)
    _write_contracts(registers, contracts, operations, random)
    _write_obligations(registers, contracts, calendar, random)
    return registers


def _write_buyers(
    registers: Registers, tenant: Tenant, structure: Structure, accounts: dict[str, BuyerAccount]
) -> None:
    sirets = buyer_sirets()
    registers.buyers = Buyer.objects.bulk_create(
        Buyer(external_ref=f"DO-{rank:02}", name=name, kind=kind, siret=sirets[name])
        for rank, (name, kind) in enumerate(structure.buyers, start=1)
    )
    BuyerLink.objects.bulk_create(
        BuyerLink(
            buyer=buyer,
            buyer_account=accounts[buyer.name],
            tenant_name=tenant.name,
            buyer_name=buyer.name,
            account_name=accounts[buyer.name].name,
        )
        for buyer in registers.buyers
        if buyer.name in accounts
    )
    for account in accounts.values():
        # Each account accepts for itself: the structure may not.
        with scope.buyer(account.pk):
            BuyerLink.objects.filter(state=LinkState.PROPOSED).update(
                state=LinkState.ACCEPTED, decided_at=timezone.now()
            )


def _write_companies(registers: Registers, contracts: list[DemoContract]) -> None:
    keys = sorted(
        {
            (lot.model.trade.key, stem)
            for contract in contracts
            for lot in contract.lots
            for stem in (lot.holder, lot.partner)
            if stem is not None
        }
    )
    ranks = {trade: rank for rank, trade in enumerate(TRADES)}
    companies = Company.objects.bulk_create(
        Company(
            external_ref=f"E-{trade}-{stem:02}",
            name=_company_name(TRADES[trade], stem),
            siret=names.siret(100 + ranks[trade] * len(names.COMPANY_STEMS) + stem),
            city="Toulouse",
        )
        for trade, stem in keys
    )
    registers.holders = dict(zip(keys, companies, strict=True))
    registers.employers = Company.objects.bulk_create(
        Company(
            external_ref=f"E-{rank:02}",
            name=name,
            kind=CompanyKind(kind),
            siret=names.siret(_EMPLOYER_RANKS + rank),
            city="Toulouse",
        )
        for rank, (name, kind) in enumerate(names.EMPLOYERS, start=1)
    )


def _company_name(trade: Trade, stem: int) -> str:
    return trade.company_names[stem % len(trade.company_names)].format(names.COMPANY_STEMS[stem])


def _write_operations(registers: Registers, contracts: list[DemoContract]) -> dict[str, Operation]:
    """By marché. In a programme, one for a buyer, a kind and a neighbourhood; half the other marchés have their own."""
    programmes = {
        programme.kind: programme
        for programme in Programme.objects.bulk_create(
            Programme(external_ref=f"P-{kind}", name=name, kind=kind, number=number, city="Toulouse")
            for kind, (name, number) in _PROGRAMMES.items()
        )
    }
    made: dict[tuple[int, str, str, int], Operation] = {}
    by_contract: dict[str, Operation] = {}
    for rank, contract in enumerate(contracts):
        kind = contract.family.operation_kind
        neighbourhood = names.NEIGHBOURHOODS[contract.neighbourhood]
        key = (contract.buyer, contract.programme, kind, contract.neighbourhood)
        if not contract.programme:
            if kind == "autre" or rank % 2:
                continue
            key = (contract.buyer, contract.ref, kind, contract.neighbourhood)
        if key not in made:
            name = _OPERATION_NAMES[kind].format(neighbourhood[0]) if contract.programme else contract.title
            made[key] = Operation(
                external_ref=f"OP-{len(made) + 1:03}",
                buyer=registers.buyers[contract.buyer],
                programme=programmes.get(contract.programme),
                name=name,
                kind=kind,
                qpv_code=neighbourhood[2 if contract.programme == "npnru" else 1] if contract.programme else "",
            )
        by_contract[contract.ref] = made[key]
    Operation.objects.bulk_create(made.values())
    return by_contract


def _write_contracts(
    registers: Registers, contracts: list[DemoContract], operations: dict[str, Operation], random: Random
) -> None:
    rows = PublicContract.objects.bulk_create(
        PublicContract(
            external_ref=contract.ref,
            buyer=registers.buyers[contract.buyer],
            operation=operations.get(contract.ref),
            number=f"{contract.starts_on.year}-{contract.ref[-3:]}",
            title=contract.title,
            nature=contract.family.nature,
            mechanism=_mechanism(contract, random),
            cpv=contract.lots[0].model.cpv,
            notified_on=contract.starts_on,
            starts_on=contract.starts_on,
            ends_on=contract.ends_on,
            amount_ht=sum((lot.model.amount_ht for lot in contract.lots), Decimal(0)),
        )
        for contract in contracts
    )
    plans: list[DemoLot] = []
    lots: list[Lot] = []
    for contract, row in zip(contracts, rows, strict=True):
        for plan in contract.lots:
            plans.append(plan)
            lots.append(_lot(contract, row, plan))
    Lot.objects.bulk_create(lots)
    registers.lots = {id(plan): lot for plan, lot in zip(plans, lots, strict=True)}
    LotHolder.objects.bulk_create(
        holder for plan, lot in zip(plans, lots, strict=True) for holder in _holders(registers, plan, lot)
    )


def _mechanism(contract: DemoContract, random: Random) -> str:
    if contract.family.key == "insertion":
        return Mechanism.INSERTION
    if contract.family.operation_kind == "gup" and random.random() < 0.1:
        return Mechanism.RESERVE_SIAE
    return Mechanism.EXECUTION_CRITERE if random.random() < 0.15 else Mechanism.EXECUTION


def _lot(contract: DemoContract, row: PublicContract, plan: DemoLot) -> Lot:
    own = (plan.starts_on, plan.ends_on) != (contract.starts_on, contract.ends_on)
    return Lot(
        external_ref=f"{contract.ref}-{plan.number:02}",
        contract=row,
        number=str(plan.number),
        title=plan.model.title,
        amount_ht=plan.model.amount_ht,
        starts_on=plan.starts_on if own else None,
        ends_on=plan.ends_on if own else None,
        capacity_fte=plan.capacity,
    )


def _holders(registers: Registers, plan: DemoLot, lot: Lot) -> list[LotHolder]:
    company = registers.holders[plan.company]
    if plan.partner is None:
        return [LotHolder(lot=lot, company=company, role=HolderRole.TITULAIRE)]
    partner = registers.holders[plan.model.trade.key, plan.partner]
    return [
        LotHolder(lot=lot, company=company, role=HolderRole.MANDATAIRE, share=Decimal("0.6")),
        LotHolder(lot=lot, company=partner, role=HolderRole.COTRAITANT, share=Decimal("0.4")),
    ]


def _write_obligations(registers: Registers, contracts: list[DemoContract], calendar: Calendar, random: Random) -> None:
    owed = [(contract, lot) for contract in contracts for lot in contract.lots if lot.terms is not None]
    amendable = [
        (contract, lot)
        for contract, lot in owed
        if lot.terms and lot.terms.rule == Rule.SHARE_OF_LABOUR and lot.is_running and not lot.terms.offered_hours
    ]
    amended = {id(lot): contract for contract, lot in random.sample(amendable, min(_AMENDED, len(amendable)))}
    amendments = _write_amendments(registers, [(c, lot) for c, lot in owed if id(lot) in amended], calendar)
    rows = []
    for contract, plan in owed:
        terms, lot = plan.terms, registers.lots[id(plan)]
        assert terms is not None
        amendment = amendments.get(id(plan))
        if amendment is not None:
            before = _before_amendment(terms)
            rows.append(_obligation(lot, before, due_hours(before), version=1, is_current=False))
            rows[-1].signed_on = contract.starts_on
        rows.append(_obligation(lot, terms, plan.due, version=2 if amendment else 1, is_current=True))
        rows[-1].amendment = amendment
        rows[-1].signed_on = amendment.signed_on if amendment else contract.starts_on
    Obligation.objects.bulk_create(rows)


def _write_amendments(
    registers: Registers, amended: list[tuple[DemoContract, DemoLot]], calendar: Calendar
) -> dict[int, Amendment]:
    numbers: defaultdict[str, int] = defaultdict(int)
    rows = {}
    for contract, plan in amended:
        numbers[contract.ref] += 1
        rows[id(plan)] = Amendment(
            contract=registers.lots[id(plan)].contract,
            external_ref=f"{contract.ref}-A{numbers[contract.ref]}",
            number=numbers[contract.ref],
            subject=f"Travaux supplémentaires, lot {plan.number}",
            signed_on=min(plan.starts_on + timedelta(days=60), calendar.today),
            amount_ht=plan.model.amount_ht,
        )
    Amendment.objects.bulk_create(rows.values())
    return rows


def _before_amendment(terms: Terms) -> Terms:
    amount = ((terms.amount_ht or Decimal(0)) * Decimal("0.85")).quantize(Decimal(1))
    return Terms(terms.rule, amount, None, terms.labour_share, terms.hourly_cost, terms.rate)


def _obligation(lot: Lot, terms: Terms, due: Decimal, *, version: int, is_current: bool) -> Obligation:
    return Obligation(
        lot=lot,
        version=version,
        is_current=is_current,
        rule=str(terms.rule),
        amount_ht=terms.amount_ht,
        fixed_hours=terms.fixed_hours,
        labour_share=terms.labour_share,
        hourly_cost=terms.hourly_cost,
        rate=terms.rate,
        offered_hours=terms.offered_hours,
        exempt_reason=terms.exempt_reason,
        due=due,
    )
