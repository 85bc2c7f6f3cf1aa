"""Writes on lots and on who holds them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db import transaction

from clauses.enums import HolderRole
from clauses.models import Lot, LotHolder
from clauses.rules import equal_shares, exact_shares
from clauses.services.obligations import set_obligation
from clauses.services.progress import request_recomputation
from lib.obligation_rules import Terms


@dataclass(frozen=True, slots=True)
class HolderPart:
    """`share`: from 0 to 1; None for all of them gives equal parts. A subcontractor's is within another's."""

    company_id: int
    role: str
    share: Decimal | None = None


@dataclass(frozen=True, slots=True)
class NewLot:
    """A lot not saved yet; `terms` None: « à calibrer »."""

    lot: Lot
    holder_id: int | None = None
    terms: Terms | None = None


def add_lot(*, new: NewLot, member_id: int | None = None) -> Lot:
    """The lot, its titulaire and its first obligation."""
    with transaction.atomic():
        new.lot.save()
        if new.holder_id is not None:
            LotHolder.objects.create(lot=new.lot, company_id=new.holder_id, role=HolderRole.TITULAIRE, share=1)
        if new.terms is not None:
            signed_on = new.lot.contract.notified_on or new.lot.first_day
            set_obligation(lot=new.lot, terms=new.terms, signed_on=signed_on, member_id=member_id)
        request_recomputation()
    return new.lot


def save_lot(*, lot: Lot) -> Lot:
    with transaction.atomic():
        lot.save()
        request_recomputation()
    return lot


def set_holders(*, lot: Lot, parts: Sequence[HolderPart]) -> None:
    """The holders of the lot become these; shares are made to add up to exactly 1, subcontractors left out."""
    wanted = dict(zip([(part.company_id, part.role) for part in parts], _shares(parts), strict=True))
    with transaction.atomic():
        Lot.objects.select_for_update(of=("self",)).get(pk=lot.pk)
        kept: dict[tuple[int, str], LotHolder] = {}
        for holder in LotHolder.objects.filter(lot=lot).order_by("pk"):
            key = (holder.company_id, holder.role)
            if key in wanted:
                kept[key] = holder
            else:
                holder.delete()
        for key, share in wanted.items():
            holder = kept.get(key) or LotHolder(lot=lot, company_id=key[0], role=key[1])
            if holder.pk is None or holder.share != share:
                holder.share = share
                holder.save()


def _shares(parts: Sequence[HolderPart]) -> list[Decimal]:
    group = [part for part in parts if part.role != HolderRole.SOUS_TRAITANT]
    typed = [Fraction(part.share) for part in group if part.share is not None]
    shares = iter(exact_shares(typed) if typed and any(typed) else equal_shares(len(group)))
    return [part.share or Decimal(0) if part.role == HolderRole.SOUS_TRAITANT else next(shares) for part in parts]
