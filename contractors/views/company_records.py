"""Documents and history of a company."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from contractors.models import Company, CompanyDocument, Contact
from contractors.tabs import company_tabs
from contractors.views.company import company_crumbs
from tenants.access import structure
from tenants.selectors.history import Children
from tenants.views import attachments
from tenants.views.history import render_history


def _page(company: Company, label: str, active: str) -> dict[str, Any]:
    return {
        "title": company.name,
        "crumbs": [*company_crumbs(company), {"label": label}],
        "tabs": company_tabs(company, active),
    }


@structure("document.read")
def company_documents(request: HttpRequest, pk: int) -> HttpResponse:
    return _documents(request, get_object_or_404(Company, pk=pk))


def _documents(request: HttpRequest, company: Company, form: attachments.UploadForm | None = None) -> HttpResponse:
    return attachments.render_documents(
        request,
        CompanyDocument.objects.filter(company=company),
        template="contractors/company_documents.html",
        context=_page(company, "Documents", "documents"),
        add_url=reverse("contractors:company_document_add", args=[company.pk]),
        remove_route="contractors:company_document_remove",
        form=form,
    )


@structure("document.write", "POST")
def company_document_add(request: HttpRequest, pk: int) -> HttpResponse:
    company = get_object_or_404(Company, pk=pk)
    return attachments.receive_document(
        request,
        file_under=lambda document: CompanyDocument.objects.create(company=company, document=document),
        done=reverse("contractors:company_documents", args=[pk]),
        refused=lambda form: _documents(request, company, form),
    )


@structure("document.write", "POST")
def company_document_remove(request: HttpRequest, pk: int) -> HttpResponse:
    link = get_object_or_404(CompanyDocument.objects.select_related("document"), pk=pk)
    page = reverse("contractors:company_documents", args=[link.company_id])
    return attachments.remove_document(request, link.document, page)


@structure("history.read")
def company_history(request: HttpRequest, pk: int) -> HttpResponse:
    company = get_object_or_404(Company, pk=pk)
    page = _page(company, "Journal", "history")
    return render_history(
        request,
        company,
        related=[Children(Contact, "company", company), Children(CompanyDocument, "company", company)],
        title=page["title"],
        crumbs=page["crumbs"],
        context={"tabs": page["tabs"]},
    )
