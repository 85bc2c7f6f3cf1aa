"""Contacts of a company."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from contractors.forms.company import ContactForm
from contractors.models import Company, Contact
from contractors.services import companies
from contractors.views.company import company_crumbs
from lib.dates import today_paris
from lib.numbers import NNBSP
from tenants.access import structure
from tenants.views import registers


@structure("register.write", "GET", "POST")
def contact_create(request: HttpRequest, pk: int) -> HttpResponse:
    company = get_object_or_404(Company, pk=pk)
    return _edit(request, Contact(company=company), title="Nouveau contact", submit="Ajouter le contact")


@structure("register.write", "GET", "POST")
def contact_edit(request: HttpRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact.objects.select_related("company"), pk=pk)
    return _edit(request, contact, title="Modifier le contact", submit="Enregistrer le contact")


def _edit(request: HttpRequest, contact: Contact, *, title: str, submit: str) -> HttpResponse:
    form = ContactForm(request.POST or None, instance=contact)
    page = reverse("contractors:company_page", args=[contact.company_id])
    if request.method == "POST" and form.is_valid():
        companies.save_contact(contact=contact)
        messages.success(request, f"Contact enregistré{NNBSP}: {contact.name}.")
        return redirect(page)
    return registers.render_form(
        request, form, title=title, submit=submit, cancel_url=page, crumbs=company_crumbs(contact.company)
    )


@structure("register.write", "POST")
def contact_left(request: HttpRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact, pk=pk)
    if companies.mark_contact_left(contact=contact, on=today_paris()):
        messages.success(
            request, f"{contact.name} n'est plus en poste. Pensez à ajouter la personne qui prend la suite."
        )
    return redirect("contractors:company_page", contact.company_id)


@structure("register.write", "POST")
def contact_back(request: HttpRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact, pk=pk)
    if companies.mark_contact_back(contact=contact):
        messages.success(request, f"{contact.name} est de nouveau en poste.")
    return redirect("contractors:company_page", contact.company_id)


@structure("register.write", "POST")
def contact_delete(request: HttpRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact, pk=pk)
    company_id, name = contact.company_id, contact.name
    contact.delete()
    messages.success(request, f"Contact supprimé{NNBSP}: {name}.")
    return redirect("contractors:company_page", company_id)
