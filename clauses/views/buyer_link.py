"""Links between the donneurs d'ordre of a structure and the accounts by which they see their marchés; both sides."""

from django.contrib import messages
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from clauses.enums import LinkState
from clauses.forms.buyer_link import BuyerLinkForm
from clauses.models import BuyerLink
from clauses.services.buyer_link import LinkRefusedError, accept_link, end_link, propose_link
from lib.numbers import NNBSP
from tenants.access import area_of, bailleur, structure
from tenants.forms.sent import sent
from tenants.views.registers import render_form
from tenants.views.spaces import space_context

# Ended ones are shown for the record; the last of them are enough.
MOST_SHOWN = 200


def _links() -> QuerySet[BuyerLink]:
    """What waits for an answer first, then what is open, then what has ended."""
    rank = Case(
        When(state=LinkState.PROPOSED, then=Value(0)),
        When(state=LinkState.ACCEPTED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return BuyerLink.objects.order_by(rank, "-pk")


@structure("register.read")
def buyer_link_list(request: HttpRequest) -> HttpResponse:
    context = space_context(request, "clauses:buyer_link_list") | {
        "title": area_of(request).name,
        "links": _links()[:MOST_SHOWN],
    }
    return render(request, "clauses/buyer_link_list.html", context)


@structure("link.manage", "GET", "POST")
def buyer_link_create(request: HttpRequest) -> HttpResponse:
    form = BuyerLinkForm(sent(request))
    back = reverse("clauses:buyer_link_list")
    if form.is_valid():
        try:
            link = propose_link(buyer=form.cleaned_data["buyer"], code=form.cleaned_data["code"])
        except LinkRefusedError as refusal:
            form.add_error("code", str(refusal))
        else:
            messages.success(
                request,
                f"Le lien est proposé à «\u202f{link.account_name}\u202f». Il vaudra dès que ce compte l'acceptera.",
            )
            return redirect(back)
    crumbs = [{"label": area_of(request).name, "url": reverse("tenants:structure")}, {"label": "Liens", "url": back}]
    title = "Proposer un lien"
    return render_form(request, form, title=title, submit="Proposer le lien", cancel_url=back, crumbs=crumbs)


@structure("link.manage", "POST")
def buyer_link_end(request: HttpRequest, pk: int) -> HttpResponse:
    return _end(request, pk, "clauses:buyer_link_list")


@bailleur("dashboard.read")
def account_link_list(request: HttpRequest) -> HttpResponse:
    context = space_context(request, "clauses:account_link_list") | {
        "title": area_of(request).name,
        "links": _links()[:MOST_SHOWN],
    }
    return render(request, "clauses/account_link_list.html", context)


@bailleur("link.manage", "POST")
def account_link_accept(request: HttpRequest, pk: int) -> HttpResponse:
    link = get_object_or_404(BuyerLink, pk=pk)
    if accept_link(link=link):
        messages.success(
            request,
            f"Le lien est accepté{NNBSP}: vous voyez les marchés que «\u202f{link.tenant_name}\u202f» suit pour vous.",
        )
    else:
        messages.warning(request, "Ce lien n'attend plus de réponse.")
    return redirect("clauses:account_link_list")


@bailleur("link.manage", "POST")
def account_link_end(request: HttpRequest, pk: int) -> HttpResponse:
    return _end(request, pk, "clauses:account_link_list")


def _end(request: HttpRequest, pk: int, back: str) -> HttpResponse:
    if end_link(link=get_object_or_404(BuyerLink, pk=pk)):
        messages.success(request, f"Le lien est terminé{NNBSP}: le compte ne voit plus rien par lui.")
    else:
        messages.warning(request, "Ce lien était déjà terminé.")
    return redirect(back)
