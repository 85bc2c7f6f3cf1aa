"""Obligations: set a version, see what the parameters give as they are typed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from clauses.forms.contract import preview_of
from clauses.forms.obligation import ObligationForm
from clauses.models import Lot
from clauses.services.obligations import set_obligation
from clauses.views.lot import lot_crumbs
from lib.numbers import NNBSP, hours_fr
from tenants.access import member_of, structure
from tenants.views import registers

_LONGEST_PREFIX = 20


@structure("register.write", "GET", "POST")
def obligation_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A new version of what the lot `pk` owes."""
    lot = get_object_or_404(Lot.objects.select_related("contract__operation__programme"), pk=pk)
    page = reverse("clauses:lot_page", args=[pk])
    form = ObligationForm(request.POST or None, lot=lot)
    if request.method == "POST" and form.is_valid():
        obligation = set_obligation(
            lot=lot, terms=form.terms, signed_on=form.cleaned_data["signed_on"], member_id=member_of(request)
        )
        messages.success(request, f"Obligation fixée{NNBSP}: {hours_fr(obligation.due)} dues sur le lot {lot.number}.")
        return redirect(page)
    has_one = lot.obligations.exists()
    return registers.render_form(
        request,
        form,
        title="Changer l'obligation" if has_one else "Calibrer l'obligation",
        submit="Fixer l'obligation",
        cancel_url=page,
        crumbs=lot_crumbs(lot),
        template="clauses/obligation_create.html",
        lot=lot,
        has_one=has_one,
    )


@structure("register.write", "POST")
def obligation_preview(request: HttpRequest) -> HttpResponse:
    """What the parameters of one lot of a form give, for htmx. Writes nothing."""
    prefix = request.GET.get("prefix", "")[:_LONGEST_PREFIX]
    preview = preview_of(request.POST, prefix)
    return render(request, "clauses/_obligation_preview.html", {"preview": preview})
