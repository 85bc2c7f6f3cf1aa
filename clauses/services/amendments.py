"""Avenants: what they change of a marché, and of what its lots owe."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from clauses.models import Amendment, Lot, Obligation, PublicContract
from clauses.selectors.contracts import terms_of
from clauses.services.obligations import set_obligation
from clauses.services.progress import request_recomputation
from lib.dates import date_fr
from lib.obligation_rules import Rule
from tenants import scope
from tenants.models.base import new_reference


@dataclass(frozen=True, slots=True)
class LotChange:
    """What an avenant changes of one lot; None leaves as it is. `fixed_hours` bears on fixed obligations only."""

    lot: Lot
    amount_ht: Decimal | None = None
    fixed_hours: Decimal | None = None


class AmendmentError(ValueError):
    """The avenant can be neither corrected nor withdrawn as things are; the message is in French."""


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
        amendment = Amendment(
            contract=contract,
            external_ref=new_reference(),
            number=_next_number(contract),
            subject=subject,
            signed_on=signed_on,
            amount_ht=amount_ht,
            ends_on=ends_on,
        )
        return amendment, _put(amendment, lots, member_id)


def correct_amendment(
    *,
    amendment: Amendment,
    reason: str,
    subject: str,
    signed_on: date | None,
    amount_ht: Decimal | None = None,
    ends_on: date | None = None,
    lots: Sequence[LotChange] = (),
    member_id: int | None = None,
) -> list[Obligation]:
    """The avenant as it should have been recorded: undone, then done again. Raises AmendmentError."""
    with transaction.atomic():
        scope.give_reason(reason)
        amendment = _undo(amendment)
        amendment.subject, amendment.signed_on = subject, signed_on
        amendment.amount_ht, amendment.ends_on = amount_ht, ends_on
        current = {lot.pk: lot for lot in amendment.contract.lots.all()}
        return _put(amendment, [replace(change, lot=current[change.lot.pk]) for change in lots], member_id)


def withdraw_amendment(*, amendment: Amendment, reason: str) -> None:
    """The marché, its lots and their obligations as they were before it. Raises AmendmentError."""
    with transaction.atomic():
        scope.give_reason(reason)
        _undo(amendment).delete()
        request_recomputation()


def _next_number(contract: PublicContract) -> int:
    return int((contract.amendments.aggregate(last=Max("number"))["last"] or 0) + 1)


def _put(amendment: Amendment, lots: Sequence[LotChange], member_id: int | None) -> list[Obligation]:
    contract = amendment.contract
    amendment.replaced = {
        "amount_ht": _text(contract.amount_ht),
        "ends_on": contract.ends_on.isoformat(),
        "lots": {
            str(change.lot.pk): [_text(change.lot.amount_ht), _text(change.amount_ht)]
            for change in lots
            if change.amount_ht is not None
        },
    }
    amendment.save()
    if amendment.amount_ht is not None:
        contract.amount_ht = amendment.amount_ht
    if amendment.ends_on is not None:
        contract.ends_on = amendment.ends_on
    contract.save()
    versions = [_apply(change, amendment, member_id) for change in lots]
    request_recomputation()
    return [version for version in versions if version]


def _undo(amendment: Amendment) -> Amendment:
    """What it replaced is put back. The marché and its lots stay locked until the transaction ends."""
    contract = PublicContract.objects.select_for_update(of=("self",)).get(pk=amendment.contract_id)
    lots = list(contract.lots.select_for_update(of=("self",)).order_by("pk"))
    found = contract.amendments.filter(pk=amendment.pk).first()
    if found is None:
        raise AmendmentError("Cet avenant vient d'être supprimé.")
    found.contract = contract
    if reason := _stands_on(found, lots):
        raise AmendmentError(reason)
    replaced: dict[str, Any] = found.replaced or {}
    for version in found.obligations.order_by("pk"):
        version.delete()
        before = Obligation.objects.filter(lot_id=version.lot_id).order_by("-version")[:1]
        Obligation.objects.filter(pk__in=before.values("pk")).update(is_current=True)
    for lot in lots:
        if change := replaced["lots"].get(str(lot.pk)):
            lot.amount_ht = _decimal(change[0])
            lot.save()
    contract.amount_ht = _decimal(replaced["amount_ht"])
    contract.ends_on = date.fromisoformat(replaced["ends_on"])
    contract.save()
    return found


def _stands_on(amendment: Amendment, lots: Sequence[Lot]) -> str:
    """Why what it replaced cannot be put back: something came later. Empty when nothing did."""
    contract, replaced = amendment.contract, amendment.replaced
    if replaced is None:
        return "Cet avenant vient d'un fichier\u202f: ce qu'il a remplacé n'est pas connu."
    if later := contract.amendments.filter(number__gt=amendment.number).order_by("number").first():
        return f"L'avenant n° {later.number} est venu après\u202f: commencez par lui."
    if changed := amendment.obligations.filter(is_current=False).select_related("lot").first():
        return f"L'obligation du lot {changed.lot.number} a changé depuis cet avenant."
    if amendment.amount_ht is not None and contract.amount_ht != amendment.amount_ht:
        return "Le montant du marché a changé depuis cet avenant."
    if amendment.ends_on is not None and contract.ends_on != amendment.ends_on:
        return "La fin du marché a changé depuis cet avenant."
    ends_on = date.fromisoformat(replaced["ends_on"])
    for lot in lots:
        change = replaced["lots"].get(str(lot.pk))
        if change and lot.amount_ht != _decimal(change[1]):
            return f"Le montant du lot {lot.number} a changé depuis cet avenant."
        if lot.ends_on and lot.ends_on > ends_on:
            return (
                f"Le lot {lot.number} finit le {date_fr(lot.ends_on)}, après la fin d'avant l'avenant, "
                f"le {date_fr(ends_on)}. Changez d'abord ce lot."
            )
    return ""


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


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
