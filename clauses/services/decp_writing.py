"""Rows that a DECP file makes or changes, collected marché by marché and written together."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal

from django.db.models import Model

from clauses.decp.facts import (
    AmendmentFacts,
    ContractFacts,
    LotFacts,
    amendment_facts,
    contract_facts,
    from_json,
    lot_facts,
    to_json,
)
from clauses.decp.grouping import GroupedContract, lot_numbers
from clauses.decp.notice import DecpNotice, Modification
from clauses.enums import HolderRole
from clauses.models import Amendment, DecpPublication, Lot, LotHolder, PublicContract
from clauses.services.decp_parties import Parties
from contractors.models import Company

_FACTS: dict[type[Model], type] = {PublicContract: ContractFacts, Lot: LotFacts, Amendment: AmendmentFacts}
_SHARE_UNITS = 10**6


class StoredLot:
    """A lot of an earlier file: as people left it, and as that file described it (None: it came otherwise)."""

    def __init__(self, lot: Lot) -> None:
        self.lot = lot
        self.publication: DecpPublication | None = getattr(lot, "decp_publication", None)
        self.notice: DecpNotice | None = None
        if self.publication is not None:
            self.notice = from_json(self.publication.content, self.publication.published_on)


@dataclass
class Batch:
    """What flush() writes, in the order that the foreign keys ask for."""

    parties: Parties
    contracts: list[PublicContract] = field(default_factory=list)
    lots: list[Lot] = field(default_factory=list)
    holders: list[LotHolder] = field(default_factory=list)
    amendments: list[Amendment] = field(default_factory=list)
    publications: list[DecpPublication] = field(default_factory=list)
    changed_publications: list[DecpPublication] = field(default_factory=list)
    changed: dict[type[Model], dict[int, Model]] = field(default_factory=dict)
    dropped_holders: list[int] = field(default_factory=list)
    last_numbers: dict[str, int] = field(default_factory=dict)

    def create_contract(self, grouped: GroupedContract) -> None:
        notices = [lot.notice for lot in grouped.lots]
        contract = PublicContract(
            external_ref=grouped.external_ref,
            buyer=self.parties.buyers[grouped.buyer_id],
            number=grouped.number,
            **asdict(contract_facts(notices)),
        )
        self.contracts.append(contract)
        self.last_numbers[contract.external_ref] = 0
        self.add_lots(contract, notices, beside=[])

    def add_lots(self, contract: PublicContract, notices: Sequence[DecpNotice], *, beside: Sequence[Lot]) -> None:
        """New lots of a marché, `beside` those that it has. A lot that is alone takes the marché's dates."""
        numbers = lot_numbers([notice.title for notice in notices], [lot.number for lot in beside])
        alone = len(notices) + len(beside) == 1
        for rank, (notice, number) in enumerate(zip(notices, numbers, strict=True), start=_next_rank(contract, beside)):
            facts = asdict(lot_facts(notice))
            if alone:
                del facts["starts_on"], facts["ends_on"]
            lot = Lot(contract=contract, external_ref=f"{contract.external_ref}:{rank}", number=number, **facts)
            self.lots.append(lot)
            self.add_holders(lot, self.parties.companies_of(notice))
            self.add_amendments(contract, lot, notice, notice.modifications)
            self.publications.append(_publication(lot, notice))

    def add_holders(self, lot: Lot, companies: Sequence[Company]) -> None:
        """One company is the titulaire; of several, the first published is taken for the mandataire."""
        roles = [HolderRole.MANDATAIRE] + [HolderRole.COTRAITANT] * (len(companies) - 1)
        if len(companies) == 1:
            roles = [HolderRole.TITULAIRE]
        for company, role, share in zip(companies, roles, _equal_shares(len(companies)), strict=False):
            self.holders.append(LotHolder(lot=lot, company=company, role=role, share=share))

    def add_amendments(
        self, contract: PublicContract, lot: Lot, notice: DecpNotice, modifications: Iterable[Modification]
    ) -> None:
        """Numbered through the marché, whatever the lot."""
        for modification in modifications:
            if contract.external_ref not in self.last_numbers:
                known = (amendment.number for amendment in contract.amendments.all())
                self.last_numbers[contract.external_ref] = max(known, default=0)
            self.last_numbers[contract.external_ref] += 1
            self.amendments.append(
                Amendment(
                    contract=contract,
                    external_ref=amendment_ref(lot, modification),
                    number=self.last_numbers[contract.external_ref],
                    **asdict(amendment_facts(notice, modification)),
                )
            )

    def remember(self, stored: StoredLot, notice: DecpNotice) -> None:
        """Keep what the last file said of the lot, so that the next one is compared with it."""
        said = _publication(stored.lot, notice)
        if stored.publication is None:
            self.publications.append(said)
        elif (said.content, said.published_on) != (stored.publication.content, stored.publication.published_on):
            stored.publication.content = said.content
            stored.publication.published_on = said.published_on
            self.changed_publications.append(stored.publication)

    def mark_changed(self, row: Model) -> None:
        self.changed.setdefault(type(row), {})[row.pk] = row

    def flush(self) -> None:
        LotHolder.objects.filter(pk__in=self.dropped_holders).delete()
        PublicContract.objects.bulk_create(self.contracts)
        Lot.objects.bulk_create(self.lots)
        LotHolder.objects.bulk_create(self.holders)
        Amendment.objects.bulk_create(self.amendments)
        DecpPublication.objects.bulk_create(self.publications)
        DecpPublication.objects.bulk_update(self.changed_publications, ["content", "published_on"], batch_size=500)
        for model, rows in self.changed.items():
            names = [fact.name for fact in fields(_FACTS[model])]
            model._default_manager.bulk_update(list(rows.values()), names, batch_size=500)


def amendment_ref(lot: Lot, modification: Modification) -> str:
    return f"{lot.external_ref}:a{modification.number}"


def _publication(lot: Lot, notice: DecpNotice) -> DecpPublication:
    return DecpPublication(lot=lot, content=to_json(notice), published_on=notice.published_on)


def _next_rank(contract: PublicContract, lots: Sequence[Lot]) -> int:
    tails = (lot.external_ref.removeprefix(f"{contract.external_ref}:") for lot in lots)
    return max((int(tail) for tail in tails if tail.isdecimal()), default=0) + 1


def _equal_shares(count: int) -> list[Decimal]:
    """Parts of 1 in millionths, the first ones taking what the division leaves."""
    if not count:
        return []
    whole, left = divmod(_SHARE_UNITS, count)
    return [Decimal(whole + (rank < left)) / _SHARE_UNITS for rank in range(count)]
