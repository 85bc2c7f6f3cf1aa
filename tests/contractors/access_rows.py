from typing import Any

from contractors.models import CompanyDocument, Contact
from tenants import scope
from tenants.services.documents import store_document
from tests import uploads
from tests.access import OBJECT, PAGE, WRITE, Row
from tests.factories import World

FORM = PAGE.but(bob=403)
OBJECT_FORM = OBJECT.but(bob=403)
COMPANY = {"name": "Plâtre et cloisons", "kind": "entreprise"}
CONTACT = {"name": "Standard du chantier", "phone": "05 61 00 00 00"}


def company(world: World) -> dict[str, int]:
    return {"pk": world.ours.company.pk}


def contact(world: World) -> dict[str, int]:
    with scope.tenant(world.ours.tenant.pk):
        return {"pk": Contact.objects.create(company=world.ours.company, **CONTACT).pk}


def document(world: World) -> dict[str, int]:
    with scope.tenant(world.ours.tenant.pk):
        stored = store_document(content=b"%PDF-1.7 acte", name="acte.pdf", uploaded_by_id=None)
        return {"pk": CompanyDocument.objects.create(company=world.ours.company, document=stored).pk}


def upload(world: World) -> dict[str, Any]:
    return {"file": uploads.pdf()}


ROWS = [
    Row("contractors:company_list", PAGE),
    Row("contractors:company_create", FORM),
    Row("contractors:company_create", FORM.but(alice=302, charlie=302), "POST", data=lambda w: COMPANY),
    Row("contractors:company_import", FORM),
    Row("contractors:company_import", FORM, "POST", data=lambda w: {"file": uploads.csv("Nom\nPlâtre et cloisons\n")}),
    Row("contractors:company_page", OBJECT, kwargs=company),
    Row("contractors:company_edit", OBJECT_FORM, kwargs=company),
    Row("contractors:company_edit", WRITE, "POST", kwargs=company, data=lambda w: COMPANY),
    Row("contractors:company_archive", WRITE, "POST", kwargs=company),
    Row("contractors:company_restore", WRITE, "POST", kwargs=company),
    Row("contractors:company_delete", WRITE, "POST", kwargs=company),
    Row("contractors:company_history", OBJECT, kwargs=company),
    Row("contractors:company_documents", OBJECT, kwargs=company),
    Row("contractors:company_document_add", WRITE, "POST", kwargs=company, data=upload),
    Row("contractors:company_document_remove", WRITE, "POST", kwargs=document),
    Row("contractors:contact_create", OBJECT_FORM, kwargs=company),
    Row("contractors:contact_create", WRITE, "POST", kwargs=company, data=lambda w: CONTACT),
    Row("contractors:contact_edit", OBJECT_FORM, kwargs=contact),
    Row("contractors:contact_edit", WRITE, "POST", kwargs=contact, data=lambda w: CONTACT),
    Row("contractors:contact_left", WRITE, "POST", kwargs=contact),
    Row("contractors:contact_back", WRITE, "POST", kwargs=contact),
    Row("contractors:contact_delete", WRITE, "POST", kwargs=contact),
]
