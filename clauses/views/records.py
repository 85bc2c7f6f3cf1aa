"""Documents of a marché; history of every object of this app."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from clauses.models import (
    Amendment,
    Buyer,
    BuyerLink,
    ContractDocument,
    Lot,
    LotHolder,
    Obligation,
    Operation,
    Programme,
    PublicContract,
)
from clauses.selectors.contracts import contracts_with_sums
from clauses.tabs import buyer_tabs, contract_tabs, lot_tabs, operation_tabs, programme_tabs
from clauses.views import buyer as buyers
from clauses.views import operation as operations
from clauses.views import programme as programmes
from clauses.views.contract import contract_crumbs, contract_head
from clauses.views.lot import lot_crumbs
from tenants.access import structure
from tenants.selectors.history import Children
from tenants.views import attachments
from tenants.views.history import render_history

_JOURNAL = {"label": "Journal"}


@structure("document.read")
def contract_documents(request: HttpRequest, pk: int) -> HttpResponse:
    return _documents(request, pk)


def _documents(request: HttpRequest, pk: int, form: attachments.UploadForm | None = None) -> HttpResponse:
    contract = get_object_or_404(contracts_with_sums(), pk=pk)
    return attachments.render_documents(
        request,
        ContractDocument.objects.filter(contract=contract),
        template="clauses/contract_documents.html",
        context={
            **contract_head(contract, "documents"),
            "crumbs": [*contract_crumbs(contract), {"label": "Documents"}],
        },
        add_url=reverse("clauses:contract_document_add", args=[pk]),
        remove_route="clauses:contract_document_remove",
        form=form,
    )


@structure("document.write", "POST")
def contract_document_add(request: HttpRequest, pk: int) -> HttpResponse:
    contract = get_object_or_404(PublicContract, pk=pk)
    return attachments.receive_document(
        request,
        file_under=lambda document: ContractDocument.objects.create(contract=contract, document=document),
        done=reverse("clauses:contract_documents", args=[pk]),
        refused=lambda form: _documents(request, pk, form),
    )


@structure("document.write", "POST")
def contract_document_remove(request: HttpRequest, pk: int) -> HttpResponse:
    link = get_object_or_404(ContractDocument.objects.select_related("document"), pk=pk)
    page = reverse("clauses:contract_documents", args=[link.contract_id])
    return attachments.remove_document(request, link.document, page)


@structure("history.read")
def contract_history(request: HttpRequest, pk: int) -> HttpResponse:
    contract = get_object_or_404(PublicContract, pk=pk)
    return render_history(
        request,
        contract,
        related=[
            Children(Lot, "contract", contract),
            Children(Amendment, "contract", contract),
            Children(ContractDocument, "contract", contract),
        ],
        title=contract.title,
        crumbs=[*contract_crumbs(contract), _JOURNAL],
        context={"tabs": contract_tabs(contract, "history")},
    )


@structure("history.read")
def lot_history(request: HttpRequest, pk: int) -> HttpResponse:
    lot = get_object_or_404(Lot.objects.select_related("contract"), pk=pk)
    return render_history(
        request,
        lot,
        related=[Children(Obligation, "lot", lot), Children(LotHolder, "lot", lot)],
        title=str(lot),
        crumbs=[*lot_crumbs(lot), _JOURNAL],
        context={"tabs": lot_tabs(lot, "history")},
    )


@structure("history.read")
def buyer_history(request: HttpRequest, pk: int) -> HttpResponse:
    buyer = get_object_or_404(Buyer, pk=pk)
    return render_history(
        request,
        buyer,
        related=[Children(BuyerLink, "buyer", buyer)],
        title=buyer.name,
        crumbs=[*buyers.buyer_crumbs(buyer), _JOURNAL],
        context={"tabs": buyer_tabs(buyer, "history")},
    )


@structure("history.read")
def programme_history(request: HttpRequest, pk: int) -> HttpResponse:
    programme = get_object_or_404(Programme, pk=pk)
    return render_history(
        request,
        programme,
        title=programme.name,
        crumbs=[*programmes.programme_crumbs(programme), _JOURNAL],
        context={"tabs": programme_tabs(programme, "history")},
    )


@structure("history.read")
def operation_history(request: HttpRequest, pk: int) -> HttpResponse:
    operation = get_object_or_404(Operation, pk=pk)
    return render_history(
        request,
        operation,
        title=operation.name,
        crumbs=[*operations.operation_crumbs(operation), _JOURNAL],
        context={"tabs": operation_tabs(operation, "history")},
    )
