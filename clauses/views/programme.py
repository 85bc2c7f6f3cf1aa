"""Register of programmes: ANRU conventions and others."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from clauses.forms.filters import ProgrammeFilter
from clauses.forms.registers import ProgrammeForm
from clauses.models import Programme
from clauses.resources import ProgrammeResource
from clauses.selectors.progress import bar_of_sums
from clauses.selectors.registers import sums_of_operations, sums_of_programmes
from clauses.services.registers import save_programme
from clauses.tabs import programme_tabs, sibling_tabs
from clauses.views.sums import BAR_COLUMN, rows_with_bars
from lib.dates import date_fr
from tenants.access import structure
from tenants.listing import Column, Listing, text
from tenants.redirects import next_path
from tenants.views import registers

PROGRAMMES = Listing(
    noun="programme",
    columns=[
        Column("Nom", "name", text("name")),
        Column("Nature", "kind"),
        Column("Convention", "number"),
        Column("Opérations", "operations", "operation_count", numeric=True),
        BAR_COLUMN,
    ],
    filters=ProgrammeFilter,
    default_sort="name",
    resource=ProgrammeResource,
)


def list_crumb() -> dict[str, str]:
    return {"label": "Programmes", "url": reverse("clauses:programme_list")}


def programme_crumbs(programme: Programme) -> list[dict[str, str]]:
    return [list_crumb(), {"label": programme.name, "url": reverse("clauses:programme_page", args=[programme.pk])}]


@structure("register.read")
def programme_list(request: HttpRequest) -> HttpResponse:
    context = {"title": "Programmes", "siblings": sibling_tabs("programmes")}
    return PROGRAMMES.respond(
        request,
        Programme.objects.all(),
        "clauses/programme_list.html",
        context,
        annotate=sums_of_programmes,
        present=rows_with_bars,
    )


@structure("register.read")
def programme_page(request: HttpRequest, pk: int) -> HttpResponse:
    programme = get_object_or_404(sums_of_programmes(Programme.objects.all()), pk=pk)
    operations = sums_of_operations(programme.operations.filter(archived_at__isnull=True))
    context = {
        "title": programme.name,
        "programme": programme,
        "crumbs": [list_crumb(), {"label": programme.name}],
        "tabs": programme_tabs(programme, "page"),
        "bar": bar_of_sums(programme) if programme.lot_count else None,
        "facts": [
            {"label": "Nature", "value": programme.get_kind_display()},
            {"label": "Convention", "value": programme.number},
            {"label": "Commune", "value": programme.city},
            {"label": "Début", "value": programme.starts_on and date_fr(programme.starts_on)},
            {"label": "Fin", "value": programme.ends_on and date_fr(programme.ends_on)},
        ],
        "operations": rows_with_bars(list(operations.order_by("name", "pk"))),
    }
    return render(request, "clauses/programme_page.html", context)


@structure("register.write", "GET", "POST")
def programme_create(request: HttpRequest) -> HttpResponse:
    return _edit(
        request,
        Programme(),
        title="Nouveau programme",
        submit="Ajouter le programme",
        cancel_url=next_path(request, reverse("clauses:programme_list")),
        crumbs=[list_crumb()],
    )


@structure("register.write", "GET", "POST")
def programme_edit(request: HttpRequest, pk: int) -> HttpResponse:
    programme = get_object_or_404(Programme, pk=pk)
    page = reverse("clauses:programme_page", args=[pk])
    return _edit(
        request,
        programme,
        title="Modifier le programme",
        submit="Enregistrer le programme",
        cancel_url=page,
        crumbs=programme_crumbs(programme),
    )


def _edit(request: HttpRequest, programme: Programme, **page: Any) -> HttpResponse:
    form = ProgrammeForm(request.POST or None, instance=programme)
    if request.method == "POST" and form.is_valid():
        is_new = programme.pk is None
        save_programme(programme=programme)
        page_url = reverse("clauses:programme_page", args=[programme.pk])
        return registers.saved(request, programme, is_new=is_new, page=page_url)
    return registers.render_form(request, form, **page)


@structure("register.write", "POST")
def programme_archive(request: HttpRequest, pk: int) -> HttpResponse:
    programme = get_object_or_404(Programme, pk=pk)
    return registers.archive_and_return(request, programme, reverse("clauses:programme_page", args=[pk]))


@structure("register.write", "POST")
def programme_restore(request: HttpRequest, pk: int) -> HttpResponse:
    programme = get_object_or_404(Programme, pk=pk)
    return registers.restore_and_return(request, programme, reverse("clauses:programme_page", args=[pk]))


@structure("register.write", "POST")
def programme_delete(request: HttpRequest, pk: int) -> HttpResponse:
    programme = get_object_or_404(Programme, pk=pk)
    page = reverse("clauses:programme_page", args=[pk])
    return registers.delete_and_return(request, programme, done=reverse("clauses:programme_list"), refused=page)
