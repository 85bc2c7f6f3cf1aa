"""Register of operations: the marchés of one project, on which the ANRU rates are measured."""

from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from clauses.forms.filters import OperationFilter
from clauses.forms.registers import OperationForm
from clauses.models import Operation
from clauses.reference import qpv_name
from clauses.resources import OperationResource
from clauses.selectors.contracts import contract_rows, contracts_with_sums
from clauses.selectors.progress import bar_of_sums
from clauses.selectors.registers import sums_of_operations
from clauses.services.registers import save_operation
from clauses.tabs import operation_tabs, sibling_tabs
from clauses.views.sums import BAR_COLUMN, rows_with_bars
from lib.numbers import hours_fr
from tenants.access import structure
from tenants.listing import Column, Listing, text
from tenants.redirects import next_path
from tenants.views import registers

MOST_SHOWN = 50

OPERATIONS = Listing(
    noun="opération",
    columns=[
        Column("Nom", "name", text("name")),
        Column("Donneur d'ordre", "buyer", text("buyer__name")),
        Column("Programme", "programme", text("programme__name")),
        Column("Nature", "kind"),
        Column("Marchés", "contracts", "contract_count", numeric=True),
        BAR_COLUMN,
    ],
    filters=OperationFilter,
    default_sort="name",
    resource=OperationResource,
)


def list_crumb() -> dict[str, str]:
    return {"label": "Opérations", "url": reverse("clauses:operation_list")}


def operation_crumbs(operation: Operation) -> list[dict[str, str]]:
    return [list_crumb(), {"label": operation.name, "url": reverse("clauses:operation_page", args=[operation.pk])}]


@structure("register.read")
def operation_list(request: HttpRequest) -> HttpResponse:
    context = {"title": "Opérations", "siblings": sibling_tabs("operations")}
    return OPERATIONS.respond(
        request,
        Operation.objects.all(),
        "clauses/operation_list.html",
        context,
        annotate=sums_of_operations,
        present=rows_with_bars,
    )


@structure("register.read")
def operation_page(request: HttpRequest, pk: int) -> HttpResponse:
    operation = get_object_or_404(sums_of_operations(Operation.objects.all()), pk=pk)
    contracts = contracts_with_sums().filter(operation=operation, archived_at__isnull=True)
    by_need = contracts.order_by(F("severity").asc(nulls_last=True), "-pk")
    context = {
        "title": operation.name,
        "operation": operation,
        "crumbs": [list_crumb(), {"label": operation.name}],
        "tabs": operation_tabs(operation, "page", {"contracts": operation.contract_count}),
        "bar": bar_of_sums(operation) if operation.lot_count else None,
        "facts": _facts(operation),
        "contracts": contract_rows(list(by_need[:MOST_SHOWN])),
    }
    return render(request, "clauses/operation_page.html", context)


def _facts(operation: Operation) -> list[dict[str, Any]]:
    worked = operation.total_hours_worked
    programme = operation.programme
    return [
        {
            "label": "Donneur d'ordre",
            "value": operation.buyer.name,
            "url": reverse("clauses:buyer_page", args=[operation.buyer_id]),
        },
        {
            "label": "Programme",
            "value": programme and f"{programme.name} ({programme.get_kind_display()})",
            "url": programme and reverse("clauses:programme_page", args=[programme.pk]),
        },
        {"label": "Nature", "value": operation.get_kind_display()},
        {"label": "Quartier prioritaire", "value": operation.qpv_code, "note": qpv_name(operation.qpv_code)},
        {
            "label": "Heures totales travaillées",
            "value": "estimées par la part de main-d'œuvre" if worked is None else hours_fr(worked),
            "note": "" if worked is None else "déclarées",
        },
    ]


@structure("register.write", "GET", "POST")
def operation_create(request: HttpRequest) -> HttpResponse:
    return _edit(
        request,
        Operation(),
        title="Nouvelle opération",
        submit="Ajouter l'opération",
        cancel_url=next_path(request, reverse("clauses:operation_list")),
        crumbs=[list_crumb()],
    )


@structure("register.write", "GET", "POST")
def operation_edit(request: HttpRequest, pk: int) -> HttpResponse:
    operation = get_object_or_404(Operation, pk=pk)
    page = reverse("clauses:operation_page", args=[pk])
    return _edit(
        request,
        operation,
        title="Modifier l'opération",
        submit="Enregistrer l'opération",
        cancel_url=page,
        crumbs=operation_crumbs(operation),
    )


def _edit(request: HttpRequest, operation: Operation, **page: Any) -> HttpResponse:
    form = OperationForm(request.POST or None, instance=operation, initial=_asked(request))
    if request.method == "POST" and form.is_valid():
        is_new = operation.pk is None
        save_operation(operation=operation)
        page_url = reverse("clauses:operation_page", args=[operation.pk])
        return registers.saved(request, operation, is_new=is_new, page=page_url)
    return registers.render_form(request, form, **page)


def _asked(request: HttpRequest) -> dict[str, str]:
    """What the page that leads here knows already."""
    return {name: request.GET[name] for name in ("buyer", "programme") if name in request.GET}


@structure("register.write", "POST")
def operation_archive(request: HttpRequest, pk: int) -> HttpResponse:
    operation = get_object_or_404(Operation, pk=pk)
    return registers.archive_and_return(request, operation, reverse("clauses:operation_page", args=[pk]))


@structure("register.write", "POST")
def operation_restore(request: HttpRequest, pk: int) -> HttpResponse:
    operation = get_object_or_404(Operation, pk=pk)
    return registers.restore_and_return(request, operation, reverse("clauses:operation_page", args=[pk]))


@structure("register.write", "POST")
def operation_delete(request: HttpRequest, pk: int) -> HttpResponse:
    operation = get_object_or_404(Operation, pk=pk)
    page = reverse("clauses:operation_page", args=[pk])
    return registers.delete_and_return(request, operation, done=reverse("clauses:operation_list"), refused=page)
