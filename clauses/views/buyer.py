"""Register of donneurs d'ordre."""

from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from clauses.forms.filters import BuyerFilter
from clauses.forms.registers import BuyerForm
from clauses.models import Buyer
from clauses.resources import BuyerResource
from clauses.selectors.contracts import contract_rows, contracts_with_sums
from clauses.selectors.progress import bar_of_sums
from clauses.selectors.registers import others_with_siret, sums_of_buyers
from clauses.services.registers import save_buyer
from clauses.tabs import buyer_tabs, sibling_tabs
from clauses.views.sums import BAR_COLUMN, rows_with_bars
from lib.numbers import NNBSP
from tenants.access import structure
from tenants.listing import Column, Listing, text
from tenants.redirects import next_path
from tenants.views import registers
from tenants.views.list_import import import_list

MOST_SHOWN = 10

BUYERS = Listing(
    noun="donneur d'ordre",
    plural="donneurs d'ordre",
    columns=[
        Column("Nom", "name", text("name")),
        Column("Nature", "kind"),
        Column("Marchés", "contracts", "contract_count", numeric=True),
        BAR_COLUMN,
    ],
    filters=BuyerFilter,
    default_sort="name",
    resource=BuyerResource,
)


def list_crumb() -> dict[str, str]:
    return {"label": "Donneurs d'ordre", "url": reverse("clauses:buyer_list")}


def buyer_crumbs(buyer: Buyer) -> list[dict[str, str]]:
    return [list_crumb(), {"label": buyer.name, "url": reverse("clauses:buyer_page", args=[buyer.pk])}]


@structure("register.read")
def buyer_list(request: HttpRequest) -> HttpResponse:
    context = {"title": "Donneurs d'ordre", "siblings": sibling_tabs("buyers")}
    return BUYERS.respond(
        request,
        Buyer.objects.all(),
        "clauses/buyer_list.html",
        context,
        annotate=sums_of_buyers,
        present=rows_with_bars,
    )


@structure("register.read")
def buyer_page(request: HttpRequest, pk: int) -> HttpResponse:
    buyer = get_object_or_404(sums_of_buyers(Buyer.objects.all()), pk=pk)
    urgent = contracts_with_sums().filter(buyer=buyer, archived_at__isnull=True)
    context = {
        "title": buyer.name,
        "buyer": buyer,
        "crumbs": [list_crumb(), {"label": buyer.name}],
        "tabs": buyer_tabs(buyer, "page", {"contracts": buyer.contract_count}),
        "bar": bar_of_sums(buyer) if buyer.lot_count else None,
        "facts": [
            {"label": "Nature", "value": buyer.get_kind_display()},
            {"label": "SIRET", "value": buyer.siret_shown},
            {"label": "Marchés", "value": buyer.contract_count},
            {"label": "Lots", "value": buyer.lot_count},
            *([{"label": "Notes", "value": buyer.notes}] if buyer.notes else []),
        ],
        "others": others_with_siret(buyer),
        "contracts": contract_rows(list(urgent.order_by(F("severity").asc(nulls_last=True), "-pk")[:MOST_SHOWN])),
        "operations": buyer.operations.filter(archived_at__isnull=True).select_related("programme"),
    }
    return render(request, "clauses/buyer_page.html", context)


@structure("data.import", "GET", "POST")
def buyer_import(request: HttpRequest) -> HttpResponse:
    return import_list(
        request,
        BuyerResource,
        noun="donneur d'ordre",
        plural="donneurs d'ordre",
        crumbs=[list_crumb()],
        done=reverse("clauses:buyer_list"),
    )


@structure("register.write", "GET", "POST")
def buyer_create(request: HttpRequest) -> HttpResponse:
    return _edit(
        request,
        Buyer(),
        title="Nouveau donneur d'ordre",
        submit="Ajouter le donneur d'ordre",
        cancel_url=next_path(request, reverse("clauses:buyer_list")),
        crumbs=[list_crumb()],
    )


@structure("register.write", "GET", "POST")
def buyer_edit(request: HttpRequest, pk: int) -> HttpResponse:
    buyer = get_object_or_404(Buyer, pk=pk)
    page = reverse("clauses:buyer_page", args=[pk])
    return _edit(
        request,
        buyer,
        title="Modifier le donneur d'ordre",
        submit="Enregistrer le donneur d'ordre",
        cancel_url=page,
        crumbs=buyer_crumbs(buyer),
    )


def _edit(request: HttpRequest, buyer: Buyer, **page: Any) -> HttpResponse:
    form = BuyerForm(request.POST or None, instance=buyer)
    if request.method == "POST" and form.is_valid():
        is_new = buyer.pk is None
        save_buyer(buyer=buyer)
        _warn_of_shared_siret(request, buyer)
        page_url = reverse("clauses:buyer_page", args=[buyer.pk])
        return registers.saved(request, buyer, is_new=is_new, page=page_url)
    return registers.render_form(request, form, **page)


def _warn_of_shared_siret(request: HttpRequest, buyer: Buyer) -> None:
    others = [(reverse("clauses:buyer_page", args=[other.pk]), other.name) for other in others_with_siret(buyer)[:5]]
    if others:
        links = format_html_join(", ", '<a class="plain" href="{}">{}</a>', others)
        messages.warning(
            request,
            format_html("Ce SIRET est aussi celui de{}: {}. Vérifiez que ce n'est pas un doublon.", NNBSP, links),
        )


@structure("register.write", "POST")
def buyer_archive(request: HttpRequest, pk: int) -> HttpResponse:
    buyer = get_object_or_404(Buyer, pk=pk)
    return registers.archive_and_return(request, buyer, reverse("clauses:buyer_page", args=[pk]))


@structure("register.write", "POST")
def buyer_restore(request: HttpRequest, pk: int) -> HttpResponse:
    buyer = get_object_or_404(Buyer, pk=pk)
    return registers.restore_and_return(request, buyer, reverse("clauses:buyer_page", args=[pk]))


@structure("register.write", "POST")
def buyer_delete(request: HttpRequest, pk: int) -> HttpResponse:
    buyer = get_object_or_404(Buyer, pk=pk)
    page = reverse("clauses:buyer_page", args=[pk])
    return registers.delete_and_return(request, buyer, done=reverse("clauses:buyer_list"), refused=page)
