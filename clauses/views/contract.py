"""Register of marchés."""

from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from clauses.enums import BY_SEVERITY
from clauses.forms.contract import ContractForm
from clauses.forms.filters import ContractFilter
from clauses.models import Lot, PublicContract
from clauses.resources import ContractResource
from clauses.selectors.contracts import (
    IN_ORDER,
    contract_rows,
    contracts_by_status,
    contracts_with_sums,
    in_force,
    lot_row,
    lots_of,
    obligations_of,
    shown_in_list,
    with_sums,
)
from clauses.selectors.progress import bar_of_sums, status_of_sums
from clauses.services.contracts import save_contract
from clauses.tabs import contract_tabs, sibling_tabs
from clauses.views.sums import BAR_COLUMN
from lib.bar_text import STATUS_LABELS
from lib.dates import date_fr
from lib.numbers import NNBSP, money_fr
from lib.progress_rules import LotStatus
from tenants.access import structure
from tenants.listing import Chip, Column, Listing, text, ticked
from tenants.redirects import next_path
from tenants.services import registers as register_services
from tenants.views import registers

CONTRACTS = Listing(
    noun="marché",
    columns=[
        Column("Marché", "title", text("title")),
        # Of the same status, those with most hours left first.
        Column("Statut", "status", ("severity", -F("remaining"))),
        BAR_COLUMN,
        Column("Donneur d'ordre", "buyer", text("buyer__name")),
        Column("Titulaires"),
        Column("Fin", "ends", "ends_on"),
    ],
    filters=ContractFilter,
    default_sort="status",
    resource=ContractResource,
)
BULK = (
    {"value": "archive", "label": "Archiver", "icon": "archive", "danger": False},
    {"value": "restore", "label": "Désarchiver", "icon": "refresh", "danger": False},
)


def list_crumb() -> dict[str, str]:
    return {"label": "Marchés", "url": reverse("clauses:contract_list")}


def contract_crumbs(contract: PublicContract) -> list[dict[str, str]]:
    return [list_crumb(), {"label": contract.title, "url": reverse("clauses:contract_page", args=[contract.pk])}]


@structure("register.read")
def contract_list(request: HttpRequest) -> HttpResponse:
    context = {
        "title": "Marchés",
        "siblings": sibling_tabs("contracts"),
        "bulk_actions": BULK,
        "tick": request.area.may("register.write"),  # type: ignore[attr-defined]
    }
    return CONTRACTS.respond(
        request,
        PublicContract.objects.all(),
        "clauses/contract_list.html",
        context,
        chips=_chips(),
        annotate=with_sums,
        narrow=shown_in_list,
        present=contract_rows,
    )


def _chips() -> list[Chip]:
    counts = contracts_by_status()
    by_status = [
        Chip(STATUS_LABELS[LotStatus(status)], {"status": status}, counts[status])
        for status in BY_SEVERITY
        if counts[status]
    ]
    return [Chip("Mes marchés", {"mine": "oui"}), Chip("En cours", {"period": "en_cours"}), *by_status]


@structure("register.write", "POST")
def contract_bulk(request: HttpRequest) -> HttpResponse:
    """Archives or restores the marchés ticked in the list."""
    act = {"archive": register_services.archive, "restore": register_services.restore}.get(
        request.POST.get("action", "")
    )
    count = sum(act(row=row) for row in ticked(request.POST, PublicContract.objects.all())) if act else 0
    if count:
        done = "archivé" if request.POST["action"] == "archive" else "désarchivé"
        plural = "s" if count > 1 else ""
        messages.success(request, f"{count}{NNBSP}marché{plural} {done}{plural}.")
    else:
        messages.warning(request, "Rien n'a changé\u202f: cochez au moins un marché.")
    return redirect(next_path(request, reverse("clauses:contract_list")))


@structure("register.read")
def contract_page(request: HttpRequest, pk: int) -> HttpResponse:
    contract = get_object_or_404(contracts_with_sums().select_related("followed_by"), pk=pk)
    rows = [lot_row(lot, in_force(lot)) for lot in lots_of(contract)]
    context = {**contract_head(contract, "lots"), "rows": rows, "facts": _facts(contract), "to_set": _to_set(rows)}
    return render(request, "clauses/contract_page.html", context)


def _to_set(rows: list[Any]) -> Lot | None:
    """The first lot whose obligation is still to be set: the next thing to do."""
    return next((row.lot for row in rows if row.obligation is None), None)


@structure("register.read")
def contract_obligations(request: HttpRequest, pk: int) -> HttpResponse:
    contract = get_object_or_404(contracts_with_sums(), pk=pk)
    versions = list(obligations_of(contract))
    current = {version.lot_id: version for version in versions if version.is_current}
    lots = contract.lots.select_related("contract", "progress").order_by(*IN_ORDER)
    context = {
        **contract_head(contract, "obligations"),
        "rows": [lot_row(lot, current.get(lot.pk)) for lot in lots],
        "amendments": contract.amendments.order_by("-number", "-pk"),
        "past": [version for version in versions if not version.is_current],
    }
    return render(request, "clauses/contract_obligations.html", context)


def contract_head(contract: PublicContract, active: str) -> dict[str, Any]:
    """Of the pages of a marché: contract comes from contracts_with_sums."""
    known = contract.computed_count or not contract.lot_count  # type: ignore[attr-defined]  # annotated by lot_sums
    return {
        "title": contract.title,
        "contract": contract,
        "crumbs": [list_crumb(), {"label": contract.title}],
        "tabs": contract_tabs(contract, active, {"lots": contract.lot_count}),  # type: ignore[attr-defined]  # the same
        # Until the first computation of its lots there is nothing to show.
        "bar": bar_of_sums(contract) if known else None,
        "status": status_of_sums(contract),
    }


def _facts(contract: PublicContract) -> list[dict[str, Any]]:
    operation = contract.operation
    follower = contract.followed_by
    amount = contract.amount_ht
    return [
        {
            "label": "Donneur d'ordre",
            "value": contract.buyer.name,
            "url": reverse("clauses:buyer_page", args=[contract.buyer_id]),
        },
        {
            "label": "Opération",
            "value": operation and operation.name,
            "url": operation and reverse("clauses:operation_page", args=[operation.pk]),
        },
        {"label": "Numéro", "value": contract.number},
        {"label": "Nature", "value": contract.get_nature_display()},
        {"label": "Mécanisme", "value": contract.get_mechanism_display()},
        {"label": "Notifié le", "value": contract.notified_on and date_fr(contract.notified_on)},
        {"label": "Exécution", "value": f"du {date_fr(contract.starts_on)} au {date_fr(contract.ends_on)}"},
        {"label": "Montant HT", "value": None if amount is None else money_fr(amount)},
        {"label": "Suivi par", "value": follower and follower.name},
        *([{"label": "Code CPV", "value": contract.cpv}] if contract.cpv else []),
        *(
            [{"label": "Considérations sociales publiées", "value": contract.social_considerations}]
            if contract.social_considerations
            else []
        ),
        *([{"label": "Notes", "value": contract.notes}] if contract.notes else []),
    ]


@structure("register.write", "GET", "POST")
def contract_edit(request: HttpRequest, pk: int) -> HttpResponse:
    contract = get_object_or_404(PublicContract, pk=pk)
    crumbs = contract_crumbs(contract)
    page = reverse("clauses:contract_page", args=[pk])
    form = ContractForm(request.POST or None, instance=contract)
    if request.method == "POST" and form.is_valid():
        save_contract(contract=contract)
        return registers.saved(request, contract, is_new=False, page=page)
    return registers.render_form(
        request, form, title="Modifier le marché", submit="Enregistrer le marché", cancel_url=page, crumbs=crumbs
    )


@structure("register.write", "POST")
def contract_archive(request: HttpRequest, pk: int) -> HttpResponse:
    contract = get_object_or_404(PublicContract, pk=pk)
    return registers.archive_and_return(request, contract, reverse("clauses:contract_page", args=[pk]))


@structure("register.write", "POST")
def contract_restore(request: HttpRequest, pk: int) -> HttpResponse:
    contract = get_object_or_404(PublicContract, pk=pk)
    return registers.restore_and_return(request, contract, reverse("clauses:contract_page", args=[pk]))


@structure("register.write", "POST")
def contract_delete(request: HttpRequest, pk: int) -> HttpResponse:
    contract = get_object_or_404(PublicContract, pk=pk)
    page = reverse("clauses:contract_page", args=[pk])
    return registers.delete_and_return(request, contract, done=reverse("clauses:contract_list"), refused=page)
