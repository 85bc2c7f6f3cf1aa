"""The pages of one marché, one lot, one donneur d'ordre, one operation, one programme, across apps."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from clauses.models import Buyer, Lot, Operation, Programme, PublicContract
from tenants.tabs import Tab, build_tabs

CONTRACT_TABS = (
    Tab("lots", "Lots", "clauses:contract_page"),
    Tab("hours", "Heures", "beneficiaries:hours_grid", parameter="marche"),
    Tab("people", "Personnes", "beneficiaries:employment_list", parameter="contract"),
    Tab("obligations", "Obligations et avenants", "clauses:contract_obligations"),
    Tab("documents", "Documents", "clauses:contract_documents"),
    Tab("history", "Journal", "clauses:contract_history"),
)
LOT_TABS = (
    Tab("page", "Fiche", "clauses:lot_page"),
    Tab("progress", "Avancement", "reporting:lot_progress"),
    Tab("hours", "Heures", "beneficiaries:hours_lot_year"),
    Tab("people", "Personnes", "beneficiaries:employment_list", parameter="lot"),
    Tab("history", "Journal", "clauses:lot_history"),
)
BUYER_TABS = (
    Tab("page", "Fiche", "clauses:buyer_page"),
    Tab("contracts", "Marchés", "clauses:contract_list", parameter="buyer"),
    Tab("history", "Journal", "clauses:buyer_history"),
)
PROGRAMME_TABS = (
    Tab("page", "Fiche", "clauses:programme_page"),
    Tab("contracts", "Marchés", "clauses:contract_list", parameter="programme"),
    Tab("history", "Journal", "clauses:programme_history"),
)
OPERATION_TABS = (
    Tab("page", "Fiche", "clauses:operation_page"),
    Tab("contracts", "Marchés", "clauses:contract_list", parameter="operation"),
    Tab("history", "Journal", "clauses:operation_history"),
)

Tabs = list[dict[str, Any]]
Counts = Mapping[str, int] | None


def contract_tabs(contract: PublicContract, active: str, counts: Counts = None) -> Tabs:
    """For components/_tabs.html, in the pages of this app and of those above."""
    return build_tabs(CONTRACT_TABS, contract.pk, active, counts)


def lot_tabs(lot: Lot, active: str, counts: Counts = None) -> Tabs:
    return build_tabs(LOT_TABS, lot.pk, active, counts)


def buyer_tabs(buyer: Buyer, active: str, counts: Counts = None) -> Tabs:
    return build_tabs(BUYER_TABS, buyer.pk, active, counts)


def programme_tabs(programme: Programme, active: str, counts: Counts = None) -> Tabs:
    return build_tabs(PROGRAMME_TABS, programme.pk, active, counts)


def operation_tabs(operation: Operation, active: str, counts: Counts = None) -> Tabs:
    return build_tabs(OPERATION_TABS, operation.pk, active, counts)


# The registers of this app, under one entry of the navigation.
_SIBLINGS = (
    ("contracts", "Marchés", "clauses:contract_list"),
    ("lots", "Lots", "clauses:lot_list"),
    ("operations", "Opérations", "clauses:operation_list"),
    ("programmes", "Programmes", "clauses:programme_list"),
    ("buyers", "Donneurs d'ordre", "clauses:buyer_list"),
)


def sibling_tabs(active: str) -> Tabs:
    return [
        {"label": label, "url": reverse(route), "count": None, "active": key == active}
        for key, label, route in _SIBLINGS
    ]
