from collections.abc import Callable
from datetime import date
from typing import Any

from clauses.models import ContractDocument
from clauses.services.amendments import record_amendment
from tenants import scope
from tenants.services.documents import store_document
from tests import uploads
from tests.access import OBJECT, PAGE, WRITE, Row
from tests.clauses import access_decp, access_links
from tests.factories import World

FORM = PAGE.but(bob=403)
FORM_SENT = FORM.but(alice=302, charlie=302)
OBJECT_FORM = OBJECT.but(bob=403)

Arguments = Callable[[World], dict[str, Any]]

BUYER = {"name": "Cité nouvelle", "kind": "oph"}
PROGRAMME = {"name": "Convention des Izards", "kind": "npnru"}
LOT = {"number": "7", "title": "Peinture"}
CONTRACT = {
    "title": "Peinture",
    "nature": "travaux",
    "mechanism": "execution",
    "starts_on": "2026-01-01",
    "ends_on": "2026-12-31",
}
CREATION = {
    **CONTRACT,
    "lots-TOTAL_FORMS": "1",
    "lots-INITIAL_FORMS": "0",
    "lots-0-rule": "fixed",
    "lots-0-fixed_hours": "120",
}
AMENDMENT = {"subject": "Prolongation", "signed_on": "2026-05-01", "ends_on": "2027-03-31"}
REASON = {"reason": "erreur de saisie"}
HOLDERS = {"holders-TOTAL_FORMS": "0", "holders-INITIAL_FORMS": "0"}


def buyer(world: World) -> dict[str, Any]:
    return {"pk": world.ours.buyer.pk}


def programme(world: World) -> dict[str, Any]:
    return {"pk": world.ours.programme.pk}


def operation(world: World) -> dict[str, Any]:
    return {"pk": world.ours.operation.pk}


def contract(world: World) -> dict[str, Any]:
    return {"pk": world.ours.contract.pk}


def amendment(world: World) -> dict[str, Any]:
    with scope.tenant(world.ours.tenant.pk):
        recorded, _ = record_amendment(
            contract=world.ours.contract, subject="Prolongation", signed_on=date(2026, 4, 1), ends_on=date(2027, 6, 30)
        )
    return {"pk": recorded.pk}


def lot(world: World) -> dict[str, Any]:
    return {"pk": world.ours.lot.pk}


def company(world: World) -> dict[str, Any]:
    return {"pk": world.ours.company.pk}


def with_buyer(data: dict[str, Any]) -> Arguments:
    return lambda world: {**data, "buyer": world.ours.buyer.pk}


def document(world: World) -> dict[str, Any]:
    with scope.tenant(world.ours.tenant.pk):
        stored = store_document(content=b"%PDF-1.7 acte", name="acte.pdf", uploaded_by_id=None)
        return {"pk": ContractDocument.objects.create(contract=world.ours.contract, document=stored).pk}


def upload(world: World) -> dict[str, Any]:
    return {"file": uploads.pdf()}


def register(noun: str, kwargs: Arguments, data: Arguments, sent: Any = FORM_SENT) -> list[Row]:
    """Rows of a register: list, page, create, edit, archive, restore, delete."""
    name = f"clauses:{noun}"
    return [
        Row(f"{name}_list", PAGE),
        Row(f"{name}_page", OBJECT, kwargs=kwargs),
        Row(f"{name}_history", OBJECT, kwargs=kwargs),
        Row(f"{name}_create", FORM),
        Row(f"{name}_create", sent, "POST", data=data),
        Row(f"{name}_edit", OBJECT_FORM, kwargs=kwargs),
        Row(f"{name}_edit", WRITE, "POST", kwargs=kwargs, data=data),
        *(Row(f"{name}_{action}", WRITE, "POST", kwargs=kwargs) for action in ("archive", "restore", "delete")),
    ]


# Charlie cannot name a donneur d'ordre of ours: his form is refused.
NAMES_OUR_BUYER = FORM_SENT.but(charlie=422)

ROWS = [
    *register("buyer", buyer, lambda w: BUYER),
    *register("programme", programme, lambda w: PROGRAMME),
    *register("operation", operation, with_buyer({"name": "Façades", "kind": "travaux"}), NAMES_OUR_BUYER),
    Row("clauses:buyer_import", FORM),
    Row("clauses:buyer_import", FORM, "POST", data=lambda w: {"file": uploads.csv("Nom\nCité nouvelle\n")}),
    Row("clauses:contract_list", PAGE),
    Row(
        "clauses:contract_bulk", FORM_SENT, "POST", data=lambda w: {"action": "archive", "selected": w.ours.contract.pk}
    ),
    Row("clauses:contract_create", FORM),
    Row("clauses:contract_create", NAMES_OUR_BUYER, "POST", data=with_buyer(CREATION)),
    Row("clauses:contract_page", OBJECT, kwargs=contract),
    Row("clauses:contract_obligations", OBJECT, kwargs=contract),
    Row("clauses:contract_edit", OBJECT_FORM, kwargs=contract),
    Row("clauses:contract_edit", WRITE, "POST", kwargs=contract, data=with_buyer(CONTRACT)),
    *(Row(f"clauses:contract_{action}", WRITE, "POST", kwargs=contract) for action in ("archive", "restore", "delete")),
    Row("clauses:contract_history", OBJECT, kwargs=contract),
    Row("clauses:contract_documents", OBJECT, kwargs=contract),
    Row("clauses:contract_document_add", WRITE, "POST", kwargs=contract, data=upload),
    Row("clauses:contract_document_remove", WRITE, "POST", kwargs=document),
    Row("clauses:amendment_create", OBJECT_FORM, kwargs=contract),
    Row("clauses:amendment_create", WRITE, "POST", kwargs=contract, data=lambda w: AMENDMENT),
    Row("clauses:amendment_correct", OBJECT_FORM, kwargs=amendment),
    Row("clauses:amendment_correct", WRITE, "POST", kwargs=amendment, data=lambda w: {**AMENDMENT, **REASON}),
    Row("clauses:amendment_withdraw", WRITE, "POST", kwargs=amendment, data=lambda w: REASON),
    Row("clauses:lot_create", OBJECT_FORM, kwargs=contract),
    Row("clauses:lot_create", WRITE, "POST", kwargs=contract, data=lambda w: LOT),
    Row("clauses:lot_list", PAGE),
    Row("clauses:lot_page", OBJECT, kwargs=lot),
    Row("clauses:lot_history", OBJECT, kwargs=lot),
    Row("clauses:lot_edit", OBJECT_FORM, kwargs=lot),
    Row("clauses:lot_edit", WRITE, "POST", kwargs=lot, data=lambda w: {**LOT, "capacity_fte": "2"}),
    Row("clauses:lot_holders", OBJECT_FORM, kwargs=lot),
    Row("clauses:lot_holders", WRITE, "POST", kwargs=lot, data=lambda w: HOLDERS),
    Row("clauses:obligation_create", OBJECT_FORM, kwargs=lot),
    Row("clauses:obligation_create", WRITE, "POST", kwargs=lot, data=lambda w: {"rule": "fixed", "fixed_hours": "90"}),
    Row("clauses:obligation_preview", FORM, "POST", data=lambda w: {"rule": "fixed", "fixed_hours": "90"}),
    *(Row(f"clauses:lot_{action}", WRITE, "POST", kwargs=lot) for action in ("archive", "restore", "delete")),
    Row("clauses:company_lots", OBJECT, kwargs=company),
    *access_decp.ROWS,
    *access_links.ROWS,
]
