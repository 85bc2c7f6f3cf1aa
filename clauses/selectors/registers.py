"""Donneurs d'ordre, programmes and operations with the sums of their lots."""

from django.db.models import Count, QuerySet

from clauses.models import Buyer, Operation, Programme
from clauses.selectors.progress import lot_sums


def sums_of_buyers(buyers: QuerySet[Buyer]) -> QuerySet[Buyer]:
    return buyers.annotate(contract_count=Count("contracts", distinct=True), **lot_sums("contracts__lots"))


def sums_of_programmes(programmes: QuerySet[Programme]) -> QuerySet[Programme]:
    return programmes.annotate(
        operation_count=Count("operations", distinct=True), **lot_sums("operations__contracts__lots")
    )


def sums_of_operations(operations: QuerySet[Operation]) -> QuerySet[Operation]:
    return operations.select_related("buyer", "programme").annotate(
        contract_count=Count("contracts", distinct=True), **lot_sums("contracts__lots")
    )


def others_with_siret(buyer: Buyer) -> QuerySet[Buyer]:
    """The other donneurs d'ordre of the structure with the same SIRET: most often a duplicate."""
    if not buyer.siret:
        return Buyer.objects.none()
    return Buyer.objects.filter(siret=buyer.siret).exclude(pk=buyer.pk).order_by("name", "pk")
