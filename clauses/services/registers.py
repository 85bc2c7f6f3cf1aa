"""Writes on donneurs d'ordre, programmes and operations."""

from clauses.models import Buyer, Operation, Programme


def save_buyer(*, buyer: Buyer) -> Buyer:
    buyer.save()
    return buyer


def save_programme(*, programme: Programme) -> Programme:
    programme.save()
    return programme


def save_operation(*, operation: Operation) -> Operation:
    operation.save()
    return operation
