"""Register of companies."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from contractors.forms.company import CompanyFilter, CompanyForm, ContactForm
from contractors.models import Company
from contractors.resources import CompanyResource
from contractors.selectors.companies import companies_with_contacts, others_with_siret
from contractors.services import companies
from contractors.tabs import company_tabs
from lib.numbers import NNBSP
from tenants.access import structure
from tenants.listing import Chip, Column, Listing, text
from tenants.redirects import next_path
from tenants.views import registers
from tenants.views.list_import import import_list

COMPANIES = Listing(
    noun="entreprise",
    columns=[
        Column("Nom", "name", text("name")),
        Column("Nature", "kind"),
        Column("SIRET", "siret"),
        Column("Commune", "city", text("city")),
        Column("Contact"),
    ],
    filters=CompanyFilter,
    default_sort="name",
    resource=CompanyResource,
)


def list_crumb() -> dict[str, str]:
    return {"label": "Entreprises", "url": reverse("contractors:company_list")}


def company_crumbs(company: Company) -> list[dict[str, str]]:
    return [list_crumb(), {"label": company.name, "url": reverse("contractors:company_page", args=[company.pk])}]


@structure("register.read")
def company_list(request: HttpRequest) -> HttpResponse:
    chips = [Chip("SIAE", {"siae": "oui"}), Chip("Entreprises", {"kind": "entreprise"})]
    context = {"title": "Entreprises"}
    return COMPANIES.respond(request, companies_with_contacts(), "contractors/company_list.html", context, chips=chips)


@structure("register.read")
def company_page(request: HttpRequest, pk: int) -> HttpResponse:
    company = get_object_or_404(Company, pk=pk)
    context = {
        "title": company.name,
        "company": company,
        "tabs": company_tabs(company, "page"),
        "crumbs": [list_crumb(), {"label": company.name}],
        "facts": _facts(company),
        "contacts": company.contacts.order_by("left_on", "name", "pk"),
        "contact_form": ContactForm(),
        "others": others_with_siret(company),
    }
    return render(request, "contractors/company_page.html", context)


@structure("data.import", "GET", "POST")
def company_import(request: HttpRequest) -> HttpResponse:
    return import_list(
        request,
        CompanyResource,
        noun="entreprise",
        plural="entreprises",
        crumbs=[list_crumb()],
        done=reverse("contractors:company_list"),
    )


@structure("register.write", "GET", "POST")
def company_create(request: HttpRequest) -> HttpResponse:
    return _edit(
        request,
        Company(),
        title="Nouvelle entreprise",
        submit="Ajouter l'entreprise",
        cancel_url=next_path(request, reverse("contractors:company_list")),
        crumbs=[list_crumb()],
    )


@structure("register.write", "GET", "POST")
def company_edit(request: HttpRequest, pk: int) -> HttpResponse:
    company = get_object_or_404(Company, pk=pk)
    return _edit(
        request,
        company,
        title="Modifier l'entreprise",
        submit="Enregistrer l'entreprise",
        cancel_url=reverse("contractors:company_page", args=[pk]),
        crumbs=company_crumbs(company),
    )


def _edit(request: HttpRequest, company: Company, **page: Any) -> HttpResponse:
    form = CompanyForm(request.POST or None, instance=company)
    if request.method == "POST" and form.is_valid():
        is_new = company.pk is None
        companies.save_company(company=company)
        _warn_of_shared_siret(request, company)
        page_url = reverse("contractors:company_page", args=[company.pk])
        return registers.saved(request, company, is_new=is_new, page=page_url)
    return registers.render_form(request, form, **page)


def _warn_of_shared_siret(request: HttpRequest, company: Company) -> None:
    others = [
        (reverse("contractors:company_page", args=[other.pk]), other.name, other.get_kind_display())
        for other in others_with_siret(company)[:5]
    ]
    if others:
        links = format_html_join(", ", '<a class="plain" href="{}">{}</a> ({})', others)
        messages.warning(
            request,
            format_html("Ce SIRET est aussi celui de{}: {}. Vérifiez que ce n'est pas un doublon.", NNBSP, links),
        )


@structure("register.write", "POST")
def company_archive(request: HttpRequest, pk: int) -> HttpResponse:
    company = get_object_or_404(Company, pk=pk)
    return registers.archive_and_return(request, company, reverse("contractors:company_page", args=[pk]))


@structure("register.write", "POST")
def company_restore(request: HttpRequest, pk: int) -> HttpResponse:
    company = get_object_or_404(Company, pk=pk)
    return registers.restore_and_return(request, company, reverse("contractors:company_page", args=[pk]))


@structure("register.write", "POST")
def company_delete(request: HttpRequest, pk: int) -> HttpResponse:
    company = get_object_or_404(Company, pk=pk)
    return registers.delete_and_return(
        request,
        company,
        done=reverse("contractors:company_list"),
        refused=reverse("contractors:company_page", args=[pk]),
    )


def _facts(company: Company) -> list[dict[str, Any]]:
    return [
        {"label": "Nature", "value": company.get_kind_display()},
        {"label": "SIRET", "value": company.siret_shown},
        *([{"label": "Autre identifiant", "value": company.foreign_id}] if company.foreign_id else []),
        {"label": "Adresse", "value": company.address},
        {"label": "Commune", "value": " ".join(part for part in (company.postcode, company.city) if part)},
        *([{"label": "Notes", "value": company.notes}] if company.notes else []),
    ]
