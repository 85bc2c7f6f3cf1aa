"""Avenants of a marché: recorded, corrected or withdrawn while nothing stands on them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from clauses.forms.amendment import AmendmentPage, ReasonForm
from clauses.models import Amendment, PublicContract
from clauses.selectors.contracts import lots_of
from clauses.services.amendments import AmendmentError, correct_amendment, record_amendment, withdraw_amendment
from clauses.views.contract import contract_crumbs
from lib.numbers import NNBSP
from tenants.access import member_of, structure
from tenants.views import registers


@structure("register.write", "GET", "POST")
def amendment_create(request: HttpRequest, pk: int) -> HttpResponse:
    """An avenant of the marché `pk`."""
    contract = get_object_or_404(PublicContract, pk=pk)
    page = AmendmentPage(contract, list(lots_of(contract)), request.POST if request.method == "POST" else None)
    if request.method == "POST" and page.is_valid():
        data = page.form.cleaned_data
        amendment, versions = record_amendment(
            contract=contract, lots=page.changes(), member_id=member_of(request), **data
        )
        messages.success(request, f"{amendment} enregistré. {_versions_fr(len(versions))}")
        return redirect(_back(contract))
    return _render(request, page, title="Nouvel avenant", submit="Enregistrer l'avenant")


@structure("register.write", "GET", "POST")
def amendment_correct(request: HttpRequest, pk: int) -> HttpResponse:
    amendment = _get(pk)
    contract = amendment.contract
    data = request.POST if request.method == "POST" else None
    page = AmendmentPage.of(amendment, list(lots_of(contract)), data)
    if request.method == "POST" and page.is_valid():
        try:
            versions = correct_amendment(
                amendment=amendment, lots=page.changes(), member_id=member_of(request), **page.form.cleaned_data
            )
        except AmendmentError as refusal:
            page.form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{amendment} corrigé. {_versions_fr(len(versions))}")
            return redirect(_back(contract))
    return _render(request, page, title=f"Corriger l'avenant n° {amendment.number}", submit="Corriger l'avenant")


@structure("register.write", "POST")
def amendment_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    amendment = _get(pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"Rien n'a été supprimé{NNBSP}: {' '.join(form.errors['reason'])}")
        return redirect(_back(amendment.contract))
    try:
        withdraw_amendment(amendment=amendment, reason=form.cleaned_data["reason"])
    except AmendmentError as refusal:
        messages.error(request, f"Rien n'a été supprimé{NNBSP}: {refusal}")
    else:
        messages.success(request, f"{amendment} supprimé. Le marché et ses obligations sont comme avant lui.")
    return redirect(_back(amendment.contract))


def _get(pk: int) -> Amendment:
    return get_object_or_404(Amendment.objects.select_related("contract"), pk=pk)


def _back(contract: PublicContract) -> str:
    return reverse("clauses:contract_obligations", args=[contract.pk])


def _render(request: HttpRequest, page: AmendmentPage, *, title: str, submit: str) -> HttpResponse:
    return registers.render_form(
        request,
        page.form,
        title=title,
        submit=submit,
        cancel_url=_back(page.contract),
        crumbs=contract_crumbs(page.contract),
        template="clauses/amendment_form.html",
        lots=page.lots,
        refused=request.method == "POST",
    )


def _versions_fr(count: int) -> str:
    if not count:
        return "Les obligations ne changent pas."
    return f"{count}{NNBSP}obligation{'s' if count > 1 else ''} recalculée{'s' if count > 1 else ''}."
