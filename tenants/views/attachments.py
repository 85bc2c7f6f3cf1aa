"""Documents filed under an object: the same page in every app."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lib.numbers import NNBSP
from tenants.access import member_of
from tenants.forms.documents import DocumentField
from tenants.models import Document
from tenants.services.documents import delete_document, store_document


class UploadForm(forms.Form):
    file = DocumentField(
        label="fichier",
        max_length=500,
        help_text=f"PDF, image, Excel, Word, OpenDocument ou texte, 20{NNBSP}Mo au plus.",
        error_messages={"empty": "Ce fichier est vide.", "required": "Choisissez un fichier."},
    )


def render_documents(
    request: HttpRequest,
    links: QuerySet[Any],
    *,
    template: str,
    context: Mapping[str, Any],
    add_url: str,
    remove_route: str,
    form: UploadForm | None = None,
) -> HttpResponse:
    """`links`: rows that file a `document` under the object; `remove_route` takes the id of one."""
    shown = {
        **context,
        "links": links.select_related("document__uploaded_by").order_by("-pk"),
        "add_url": add_url,
        "remove_route": remove_route,
        "form": form or UploadForm(),
    }
    return render(request, template, shown, status=422 if form is not None else 200)


def receive_document(
    request: HttpRequest, *, file_under: Callable[[Document], object], done: str, refused: Callable[[UploadForm], Any]
) -> HttpResponse:
    """Keeps the file sent and files it; `refused` renders the page again with what is wrong."""
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return refused(form)
    sent = form.cleaned_data["file"]
    with transaction.atomic():
        document = store_document(content=sent, name=sent.name, uploaded_by_id=member_of(request))
        file_under(document)
    messages.success(request, f"Document ajouté{NNBSP}: {document.name}.")
    return redirect(done)


def remove_document(request: HttpRequest, document: Document, to: str) -> HttpResponse:
    name = document.name
    delete_document(document=document)
    messages.success(request, f"Document supprimé{NNBSP}: {name}.")
    return redirect(to)
