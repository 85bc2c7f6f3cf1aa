"""Lots: page, forms, holders."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from clauses.forms.contract import new_lot, rate_for
from clauses.forms.lot import AddedLotForm, HolderFormSet, LotForm, company_choices
from clauses.models import Lot, PublicContract
from clauses.rules import split_hours
from clauses.selectors.contracts import LotRow, in_force, lot_row, lot_with_all, versions_of
from clauses.selectors.progress import answer_of_lot
from clauses.services.lots import add_lot, save_lot, set_holders
from clauses.tabs import lot_tabs
from clauses.views.contract import contract_crumbs
from lib.dates import date_fr
from lib.numbers import NNBSP, money_fr, number_fr
from tenants.access import member_of, structure
from tenants.views import registers


def lot_crumbs(lot: Lot) -> list[dict[str, str]]:
    return [
        *contract_crumbs(lot.contract),
        {"label": str(lot), "url": reverse("clauses:lot_page", args=[lot.pk])},
    ]


@structure("register.read")
def lot_page(request: HttpRequest, pk: int) -> HttpResponse:
    lot = get_object_or_404(lot_with_all(pk))
    row = lot_row(lot, in_force(lot))
    context = {
        "title": str(lot),
        "lot": lot,
        "row": row,
        "crumbs": [*contract_crumbs(lot.contract), {"label": str(lot)}],
        "tabs": lot_tabs(lot, "page"),
        "answer": answer_of_lot(lot, lot.progress, list(lot.months.order_by("month", "kind"))) if row.bar else None,
        "facts": _facts(lot),
        "holders": _holders(row),
        "versions": versions_of(lot),
    }
    return render(request, "clauses/lot_page.html", context)


def _facts(lot: Lot) -> list[dict[str, Any]]:
    contract = lot.contract
    own = "propre au lot" if lot.starts_on or lot.ends_on else "celle du marché"
    return [
        {"label": "Marché", "value": contract.title, "url": reverse("clauses:contract_page", args=[contract.pk])},
        {
            "label": "Donneur d'ordre",
            "value": contract.buyer.name,
            "url": reverse("clauses:buyer_page", args=[contract.buyer_id]),
        },
        {"label": "Exécution", "value": f"du {date_fr(lot.first_day)} au {date_fr(lot.last_day)}", "note": own},
        {"label": "Montant HT", "value": None if lot.amount_ht is None else money_fr(lot.amount_ht)},
        {"label": "Personnes à temps plein possibles", "value": number_fr(lot.capacity_fte)},
    ]


def _holders(row: LotRow) -> list[dict[str, Any]]:
    """Each holder with its part of the hours due; a subcontractor's part is within another's."""
    holders = list(row.lot.holders.all())
    group = [holder for holder in holders if holder.role != "sous_traitant"]
    due = row.obligation.due if row.obligation else None
    hours = {}
    if due is not None and any(holder.share for holder in group):
        hours = dict(zip(group, split_hours(due, [holder.share for holder in group]), strict=True))
    return [{"holder": holder, "hours": hours.get(holder)} for holder in holders]


@structure("register.write", "GET", "POST")
def lot_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A lot more, in the marché `pk`."""
    contract = get_object_or_404(PublicContract.objects.select_related("operation__programme"), pk=pk)
    form = AddedLotForm(request.POST or None, contract=contract, companies=company_choices())
    if request.method == "POST" and form.is_valid():
        form.settle(form.cleaned_data["amount_ht"], rate_for(contract.operation))
        if not form.errors:
            new = new_lot(form)
            new.lot.contract = contract
            lot = add_lot(new=new, member_id=member_of(request))
            page = reverse("clauses:lot_page", args=[lot.pk])
            return registers.saved(request, lot, is_new=True, page=page)
    return registers.render_form(
        request,
        form,
        title="Nouveau lot",
        submit="Ajouter le lot",
        cancel_url=reverse("clauses:contract_page", args=[pk]),
        crumbs=contract_crumbs(contract),
        template="clauses/lot_create.html",
        contract=contract,
    )


@structure("register.write", "GET", "POST")
def lot_edit(request: HttpRequest, pk: int) -> HttpResponse:
    lot = get_object_or_404(Lot.objects.select_related("contract"), pk=pk)
    crumbs, amount = lot_crumbs(lot), lot.amount_ht
    page = reverse("clauses:lot_page", args=[pk])
    form = LotForm(request.POST or None, instance=lot)
    if request.method == "POST" and form.is_valid():
        save_lot(lot=lot)
        if lot.amount_ht != amount and lot.obligations.filter(is_current=True).exclude(rule="none").exists():
            messages.info(
                request, "L'obligation garde le montant sur lequel elle a été fixée. Un avenant la recalcule."
            )
        return registers.saved(request, lot, is_new=False, page=page)
    return registers.render_form(
        request, form, title="Modifier le lot", submit="Enregistrer le lot", cancel_url=page, crumbs=crumbs
    )


@structure("register.write", "GET", "POST")
def lot_holders(request: HttpRequest, pk: int) -> HttpResponse:
    lot = get_object_or_404(Lot.objects.select_related("contract"), pk=pk)
    page = reverse("clauses:lot_page", args=[pk])
    options = {"prefix": "holders", "form_kwargs": {"companies": company_choices()}}
    if request.method == "POST":
        formset = HolderFormSet(request.POST, **options)
        if formset.is_valid():
            set_holders(lot=lot, parts=formset.parts())
            messages.success(request, f"Titulaires enregistrés{NNBSP}: {lot}.")
            return redirect(page)
    else:
        known = [
            {"company": holder.company_id, "role": holder.role, "share": holder.share}
            for holder in lot.holders.order_by("pk")
        ]
        formset = HolderFormSet(initial=known, **options)
    context = {
        "title": "Titulaires du lot",
        "lot": lot,
        "formset": formset,
        "crumbs": [*lot_crumbs(lot), {"label": "Titulaires"}],
        "cancel_url": page,
    }
    return render(request, "clauses/lot_holders.html", context, status=422 if formset.is_bound else 200)


@structure("register.write", "POST")
def lot_archive(request: HttpRequest, pk: int) -> HttpResponse:
    lot = get_object_or_404(Lot, pk=pk)
    return registers.archive_and_return(request, lot, reverse("clauses:lot_page", args=[pk]))


@structure("register.write", "POST")
def lot_restore(request: HttpRequest, pk: int) -> HttpResponse:
    lot = get_object_or_404(Lot, pk=pk)
    return registers.restore_and_return(request, lot, reverse("clauses:lot_page", args=[pk]))


@structure("register.write", "POST")
def lot_delete(request: HttpRequest, pk: int) -> HttpResponse:
    lot = get_object_or_404(Lot, pk=pk)
    page = reverse("clauses:lot_page", args=[pk])
    if not Lot.objects.filter(contract=lot.contract_id).exclude(pk=pk).exists():
        messages.error(
            request, "Suppression impossible\u202f: un marché a au moins un lot. Supprimez le marché entier."
        )
        return redirect(page)
    contract_page = reverse("clauses:contract_page", args=[lot.contract_id])
    return registers.delete_and_return(request, lot, done=contract_page, refused=page)
