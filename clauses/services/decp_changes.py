"""What a later DECP file changes in a marché that people may have corrected meanwhile.

A field follows the publication where it still says what the last file said; where people changed it, theirs stays and
the published value is reported.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model

from clauses.decp.facts import amendment_facts, contract_facts, lot_facts
from clauses.decp.notice import DecpNotice
from clauses.enums import HolderRole
from clauses.models import Lot, PublicContract
from clauses.services.decp_writing import Batch, StoredLot, amendment_ref
from lib.dates import date_fr
from lib.numbers import money_fr

Remark = tuple[DecpNotice, str]
_LOT_DATES = ("starts_on", "ends_on")


@dataclass(frozen=True, slots=True)
class Change:
    """A lot, what the last file said of it, and what this one says."""

    stored: StoredLot
    before: DecpNotice
    after: DecpNotice


def change_contract(
    batch: Batch,
    contract: PublicContract,
    known: Sequence[StoredLot],
    news: Sequence[DecpNotice],
    changes: Sequence[Change],
) -> list[Remark]:
    """Add `news` as lots beside the `known` ones, apply `changes` to those, and bring the marché itself up to date."""
    remarks: list[Remark] = []
    if news:
        _pin_dates(batch, contract, known)
    for change in changes:
        texts = [
            *_change_lot(batch, change),
            *_change_holders(batch, change),
            *_change_amendments(batch, contract, change),
        ]
        remarks += [(change.after, text) for text in texts]
    batch.add_lots(contract, news, beside=[stored.lot for stored in known])
    last = news[-1] if news else changes[-1].after
    remarks += [(last, text) for text in _change_contract(batch, contract, known, news, changes)]
    for change in changes:
        batch.remember(change.stored, change.after)
    return remarks


def _pin_dates(batch: Batch, contract: PublicContract, known: Sequence[StoredLot]) -> None:
    """Lots that took the marché's dates keep them when new lots are about to widen it."""
    for stored in known:
        if stored.lot.starts_on is None or stored.lot.ends_on is None:
            stored.lot.starts_on = stored.lot.starts_on or contract.starts_on
            stored.lot.ends_on = stored.lot.ends_on or contract.ends_on
            batch.mark_changed(stored.lot)


def _change_lot(batch: Batch, change: Change) -> list[str]:
    lot = change.stored.lot
    # A lot without dates of its own has the marché's, which follow by themselves.
    skipped = [name for name in _LOT_DATES if getattr(lot, name) is None]
    return _follow(batch, lot, lot_facts(change.before), lot_facts(change.after), skipped)


def _change_holders(batch: Batch, change: Change) -> list[str]:
    before = batch.parties.companies_of(change.before)
    after = batch.parties.companies_of(change.after)
    if before == after:
        return []
    published = [holder for holder in change.stored.lot.holders.all() if holder.role != HolderRole.SOUS_TRAITANT]
    if {holder.company_id for holder in published} != {company.pk for company in before}:
        return ["titulaires corrigés dans Clauséo, ceux de la publication ne sont pas repris"]
    batch.dropped_holders += [holder.pk for holder in published]
    batch.add_holders(change.stored.lot, after)
    return []


def _change_amendments(batch: Batch, contract: PublicContract, change: Change) -> list[str]:
    known = {amendment.external_ref: amendment for amendment in contract.amendments.all()}
    earlier = {modification.number: modification for modification in change.before.modifications}
    texts: list[str] = []
    news = []
    for modification in change.after.modifications:
        amendment = known.get(amendment_ref(change.stored.lot, modification))
        said = earlier.pop(modification.number, None)
        if amendment is None:
            news.append(modification)
        elif said is not None:
            before, after = amendment_facts(change.before, said), amendment_facts(change.after, modification)
            texts += _follow(batch, amendment, before, after)
    batch.add_amendments(contract, change.stored.lot, change.after, news)
    return texts + [f"la modification {number} n'est plus publiée, l'avenant est conservé" for number in earlier]


def _change_contract(
    batch: Batch,
    contract: PublicContract,
    known: Sequence[StoredLot],
    news: Sequence[DecpNotice],
    changes: Sequence[Change],
) -> list[str]:
    before = [stored.notice for stored in known if stored.notice is not None]
    changed = {change.stored.lot.pk: change.after for change in changes}
    after = [changed.get(stored.lot.pk, stored.notice) for stored in known if stored.notice is not None]
    texts = _follow(batch, contract, contract_facts(before), contract_facts([*after, *news])) if before else []
    _widen(batch, contract, [stored.lot for stored in known], news)
    return texts


def _widen(batch: Batch, contract: PublicContract, lots: Iterable[Lot], news: Iterable[DecpNotice]) -> None:
    """The marché's dates hold its lots', whatever people made of either."""
    lots, news = list(lots), list(news)
    starts = [lot.starts_on for lot in lots if lot.starts_on] + [notice.starts_on for notice in news]
    ends = [lot.ends_on for lot in lots if lot.ends_on] + [notice.ends_on for notice in news]
    starts_on, ends_on = min([contract.starts_on, *starts]), max([contract.ends_on, *ends])
    if (starts_on, ends_on) != (contract.starts_on, contract.ends_on):
        contract.starts_on, contract.ends_on = starts_on, ends_on
        batch.mark_changed(contract)


def _follow(batch: Batch, row: Model, before: Any, after: Any, skipped: Sequence[str] = ()) -> list[str]:
    """Change what still says `before` into `after`; the texts tell what people had changed."""
    kept = []
    for fact in fields(before):
        old, new, current = getattr(before, fact.name), getattr(after, fact.name), getattr(row, fact.name)
        if fact.name in skipped or new in (old, current):
            continue
        if current == old:
            setattr(row, fact.name, new)
            batch.mark_changed(row)
        else:
            label = row._meta.get_field(fact.name).verbose_name  # type: ignore[union-attr]
            kept.append(f"{label}\u202f: corrigé dans Clauséo, la valeur publiée n'est pas reprise ({_shown(new)})")
    return kept + _in_order(row, after)


def _in_order(row: Any, after: Any) -> list[str]:
    """A published date and one that people wrote may not fit each other: then both are the published ones."""
    starts_on, ends_on = getattr(row, "starts_on", None), row.ends_on
    if starts_on is None or ends_on is None or starts_on <= ends_on:
        return []
    row.starts_on, row.ends_on = after.starts_on, after.ends_on
    return ["début et fin corrigés dans Clauséo ne s'accordent plus avec la publication, dont les dates sont reprises"]


def _shown(value: object) -> str:
    if isinstance(value, date):
        return date_fr(value)
    if isinstance(value, Decimal):
        return money_fr(value)
    return str(value) if value else "vide"
