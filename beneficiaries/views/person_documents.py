"""Documents filed under a person."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from beneficiaries.forms.person import FileForm
from beneficiaries.models import Beneficiary, BeneficiaryDocument
from beneficiaries.services import people
from beneficiaries.tabs import person_tabs
from beneficiaries.views.person import person_crumbs
from lib.numbers import NNBSP
from tenants.access import member_of, structure


@structure("person.read", "GET")
def beneficiary_documents(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, get_object_or_404(Beneficiary, pk=pk), FileForm())


@structure("person.write", "POST")
def beneficiary_document_add(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Beneficiary, pk=pk)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, person, form, status=422)
    file = form.cleaned_data["file"]
    document = people.add_document(person=person, content=file, name=file.name, uploaded_by_id=member_of(request))
    messages.success(request, f"Document déposé{NNBSP}: {document.name}.")
    return redirect("beneficiaries:beneficiary_documents", person.pk)


@structure("person.write", "POST")
def beneficiary_document_delete(request: HttpRequest, pk: int) -> HttpResponse:
    filed = get_object_or_404(BeneficiaryDocument.objects.select_related("document"), pk=pk)
    name, person_id = filed.document.name, filed.beneficiary_id
    people.remove_document(filed=filed)
    messages.success(request, f"Document supprimé{NNBSP}: {name}.")
    return redirect(reverse("beneficiaries:beneficiary_documents", args=[person_id]))


def _show(request: HttpRequest, person: Beneficiary, form: FileForm, *, status: int = 200) -> HttpResponse:
    filed = BeneficiaryDocument.objects.filter(beneficiary=person).select_related("document__uploaded_by")
    context = {
        "title": str(person),
        "crumbs": [*person_crumbs(person), {"label": "Documents"}],
        "tabs": person_tabs(person, "documents"),
        "person": person,
        "documents": filed.order_by("-pk"),
        "form": form,
    }
    return render(request, "beneficiaries/beneficiary_documents.html", context, status=status)
