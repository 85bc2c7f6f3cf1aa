"""Download of documents: the only way to them."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header

from tenants.access import area_of, bailleur, member_of, structure
from tenants.models import Document
from tenants.services.documents import DocumentUnreadableError, read_document
from tenants.services.read_log import log_read


@structure("document.read", get_writes=True)
def document_download(request: HttpRequest, pk: int) -> HttpResponse:
    document = get_object_or_404(Document, pk=pk)
    if not area_of(request).may(document.read_action):
        raise PermissionDenied
    response = _file(request, document)
    if request.method == "GET" and response.status_code == 200:
        log_read(member_id=member_of(request), obj=document, part="contenu")
    return response


@bailleur("dashboard.read")
def buyer_document_download(request: HttpRequest, pk: int) -> HttpResponse:
    return _file(request, get_object_or_404(Document, pk=pk))


def _file(request: HttpRequest, document: Document) -> HttpResponse:
    try:
        data = read_document(document)
    except DocumentUnreadableError:
        context = {"title": "Document illisible", "document": document}
        return render(request, "tenants/document_unreadable.html", context, status=500)
    return HttpResponse(
        data,
        content_type=document.content_type,
        headers={
            "Content-Disposition": content_disposition_header(True, document.name),
            # Whatever the file holds, the browser runs nothing of it.
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
