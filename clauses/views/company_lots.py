"""The lots that a company holds: a tab of the company's pages."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from clauses.selectors.contracts import lots_of_company
from clauses.selectors.progress import bar_of_progress
from contractors.models import Company
from contractors.tabs import company_tabs
from tenants.access import structure

_ROWS = 50


@structure("register.read")
def company_lots(request: HttpRequest, pk: int) -> HttpResponse:
    company = get_object_or_404(Company, pk=pk)
    page = Paginator(lots_of_company(company), _ROWS).get_page(request.GET.get("page"))
    rows = []
    for holder in page.object_list:
        progress = getattr(holder.lot, "progress", None)
        rows.append({"holder": holder, "progress": progress, "bar": bar_of_progress(progress) if progress else None})
    context = {
        "title": company.name,
        "crumbs": [
            {"label": "Entreprises", "url": reverse("contractors:company_list")},
            {"label": company.name, "url": reverse("contractors:company_page", args=[pk])},
            {"label": "Lots"},
        ],
        "tabs": company_tabs(company, "lots", {"lots": page.paginator.count}),
        "page": page,
        "rows": rows,
    }
    return render(request, "clauses/company_lots.html", context)
