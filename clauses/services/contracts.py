"""Writes on marchés."""

from collections.abc import Sequence

from django.db import transaction

from clauses.models import PublicContract
from clauses.services.lots import NewLot, add_lot
from clauses.services.progress import request_recomputation


def create_contract(
    *, contract: PublicContract, lots: Sequence[NewLot], member_id: int | None = None
) -> PublicContract:
    """A marché with its lots, their titulaires and their obligations, all or nothing."""
    with transaction.atomic():
        contract.save()
        for new in lots:
            new.lot.contract = contract
            add_lot(new=new, member_id=member_id)
    return contract


def save_contract(*, contract: PublicContract) -> PublicContract:
    """Lots without dates of their own follow those of the marché."""
    with transaction.atomic():
        contract.save()
        request_recomputation()
    return contract
