"""Avenants: what they change of a marché, and of what its lots owe."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from clauses.models import Amendment, Lot, Obligation, PublicContract
from clauses.selectors.contracts import terms_of
from clauses.services.obligations import set_obligation
from clauses.services.progress import request_recomputation
from lib.obligation_rules import Rule
from tenants.models.base import new_reference


@dataclass(frozen=True, slots=True)
class LotChange:
    """What an avenant changes of one lot; None leaves as it is. `fixed_hours` bears on fixed obligations only."""

    lot: Lot
    amount_ht: Decimal | None = None
    fixed_hours: Decimal | None = None


def record_amendment(
    *,
    contract: PublicContract,
    subject: str,
    signed_on: date | None,
    amount_ht: Decimal | None = None,
    ends_on: date | None = None,
    lots: Sequence[LotChange] = (),
    member_id: int | None = None,
) -> tuple[Amendment, list[Obligation]]:
    """The avenant, the marché and lots as it leaves them, and a new version of each obligation that it changes."""
    with transaction.atomic():
        contract = PublicContract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
        amendment = Amendment.objects.create(
            contract=contract,
            external_ref=new_reference(),
            number=_next_number(contract),
            subject=subject,
            signed_on=signed_on,
            amount_ht=amount_ht,
            ends_on=ends_on,
        )
        if amount_ht is not None:
            contract.amount_ht = amount_ht
        if ends_on is not None:
            contract.ends_on = ends_on
        contract.save()
        versions = [_apply(change, amendment, member_id) for change in lots]
        request_recomputation()
    return amendment, [version for version in versions if version]


def _next_number(contract: PublicContract) -> int:
    return int((contract.amendments.aggregate(last=Max("number"))["last"] or 0) + 1)


def _apply(change: LotChange, amendment: Amendment, member_id: int | None) -> Obligation | None:
    lot = change.lot
    if change.amount_ht is not None and change.amount_ht != lot.amount_ht:
        lot.amount_ht = change.amount_ht
        lot.save()
    current = lot.obligations.filter(is_current=True).first()
    if current is None:
        return None
    terms = terms_of(current)
    # A fixed obligation rests on the amount only where hours worked are estimated from it.
    rests_on_amount = terms.rule == Rule.SHARE_OF_LABOUR or (
        terms.rule == Rule.FIXED and terms.labour_share is not None
    )
    if rests_on_amount and change.amount_ht is not None:
        terms = replace(terms, amount_ht=change.amount_ht)
    if terms.rule == Rule.FIXED and change.fixed_hours is not None:
        terms = replace(terms, fixed_hours=change.fixed_hours)
    if terms == terms_of(current):
        return None
    return set_obligation(lot=lot, terms=terms, signed_on=amendment.signed_on, amendment=amendment, member_id=member_id)
