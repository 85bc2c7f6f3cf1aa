"""Rows of the access matrix: hours, people, work contracts."""

from decimal import Decimal

from beneficiaries.models import BeneficiaryDocument, Eligibility
from beneficiaries.services import people
from tenants import scope
from tests.access import OBJECT, PAGE, WRITE, Row, SentAgain
from tests.factories import (
    AssignmentFactory,
    BeneficiaryFactory,
    EmploymentFactory,
    HourEntryFactory,
    LotFactory,
    World,
)

FORM = PAGE.but(bob=403)
OBJECT_FORM = OBJECT.but(bob=403)
# A write on the whole of one's own: Charlie has his.
OWN_WRITE = FORM.but(alice=302, charlie=302)
READ_LOG = ("tenants_readlog",)

PERSON = {"last_name": "Benali", "first_name": "Nadia", "birth_date": "1991-02-03", "sex": "F"}
ELIGIBILITY = {"main": "deld", "verified_on": "2026-01-05"}
REASON = {"reason": "saisi par erreur"}


def person(world: World) -> dict[str, int]:
    return {"pk": world.ours.beneficiary.pk}


def employment(world: World) -> dict[str, int]:
    return {"pk": world.ours.employment.pk}


def assignment(world: World) -> dict[str, int]:
    return {"pk": world.ours.assignment.pk}


def lot(world: World) -> dict[str, int]:
    return {"pk": world.ours.lot.pk}


def idle_person(world: World) -> dict[str, int]:
    with scope.tenant(world.ours.tenant.pk):
        return {"pk": BeneficiaryFactory().pk}


def idle_employment(world: World) -> dict[str, int]:
    with scope.tenant(world.ours.tenant.pk):
        return {"pk": EmploymentFactory(beneficiary=world.ours.beneficiary, ends_on="2026-12-31").pk}


def idle_assignment(world: World) -> dict[str, int]:
    with scope.tenant(world.ours.tenant.pk):
        return {"pk": AssignmentFactory(employment=world.ours.employment, lot=LotFactory()).pk}


def eligibility(world: World) -> dict[str, int]:
    with scope.tenant(world.ours.tenant.pk):
        return {"pk": Eligibility.objects.get().pk}


def filed(world: World) -> dict[str, int]:
    with scope.tenant(world.ours.tenant.pk):
        house = world.ours
        people.add_document(person=house.beneficiary, content=b"%PDF-1.7\n%%EOF\n", name="c.pdf", uploaded_by_id=None)
        return {"pk": BeneficiaryDocument.objects.get().pk}


def terms(world: World) -> dict[str, str]:
    with scope.tenant(world.ours.tenant.pk):
        house = world.ours
        return {"employer": house.company.pk, "modality": "embauche_directe", "type": "cdd", "starts_on": "2026-01-12"}


def terms_and_person(world: World) -> dict[str, str]:
    return terms(world) | {"beneficiary": world.ours.beneficiary.pk}


def other_lot(world: World) -> dict[str, str]:
    with scope.tenant(world.ours.tenant.pk):
        return {"lot": LotFactory(contract=world.ours.contract).pk}


def cell(world: World) -> dict[str, str]:
    return {"assignment": world.ours.assignment.pk, "month": "2026-04", "kind": "travail", "version": "", "hours": "10"}


def typed(world: World) -> dict[str, str]:
    return {f"hours-{world.ours.assignment.pk}-2026-04-travail": "10"}


def ticked(world: World) -> dict[str, str]:
    with scope.tenant(world.ours.tenant.pk):
        line = HourEntryFactory(assignment=world.ours.assignment, hours=Decimal(1), kind="formation")
    key = f"{line.assignment_id}-2026-03-formation"
    boxes = {"selected": key, "action": "valider"}
    return {f"hours-{key}": "1", f"saved-{key}": "1.00", f"version-{key}": line.version} | boxes


def pdf(world: World) -> dict[str, SentAgain]:
    return {"file": SentAgain("contrat.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf")}


ROWS = [
    Row("beneficiaries:hours_grid", PAGE),
    # Nothing of theirs in what Charlie sends: his own grid says that no cell changed.
    Row("beneficiaries:hours_grid", OWN_WRITE, "POST"),
    Row("beneficiaries:hours_status", FORM.but(alice=422, charlie=422), "POST", data=ticked),
    Row("beneficiaries:hours_carry_over", OWN_WRITE, "POST"),
    Row("beneficiaries:hours_cell", OBJECT_FORM, "POST", data=cell),
    Row("beneficiaries:hours_lot_year", OBJECT, kwargs=lot),
    Row("beneficiaries:hours_lot_year", WRITE, "POST", kwargs=lot, data=typed),
    Row("beneficiaries:hours_lot_status", WRITE, "POST", kwargs=lot, data=ticked),
    Row("beneficiaries:beneficiary_list", PAGE),
    Row("beneficiaries:beneficiary_create", FORM),
    Row("beneficiaries:beneficiary_create", OWN_WRITE, "POST", data=lambda w: PERSON),
    Row("beneficiaries:beneficiary_page", OBJECT, kwargs=person),
    Row("beneficiaries:beneficiary_edit", OBJECT_FORM, kwargs=person),
    Row("beneficiaries:beneficiary_edit", WRITE, "POST", kwargs=person, data=lambda w: PERSON),
    Row("beneficiaries:beneficiary_archive", WRITE, "POST", kwargs=person),
    Row("beneficiaries:beneficiary_restore", WRITE, "POST", kwargs=person),
    Row("beneficiaries:beneficiary_delete", WRITE, "POST", kwargs=idle_person),
    Row("beneficiaries:beneficiary_history", OBJECT, kwargs=person),
    Row("beneficiaries:beneficiary_hours", OBJECT, kwargs=person),
    Row("beneficiaries:beneficiary_documents", OBJECT, kwargs=person),
    Row("beneficiaries:beneficiary_document_add", WRITE, "POST", kwargs=person, data=pdf),
    Row("beneficiaries:beneficiary_document_delete", WRITE, "POST", kwargs=filed),
    Row("beneficiaries:beneficiary_criteria", OBJECT_FORM, kwargs=person, writes=READ_LOG),
    Row("beneficiaries:eligibility_create", OBJECT_FORM, kwargs=person),
    Row("beneficiaries:eligibility_create", WRITE, "POST", kwargs=person, data=lambda w: ELIGIBILITY),
    Row("beneficiaries:eligibility_delete", WRITE, "POST", kwargs=eligibility, data=lambda w: REASON),
    Row("beneficiaries:employment_create", OBJECT_FORM, kwargs=person),
    Row("beneficiaries:employment_create", WRITE, "POST", kwargs=person, data=terms),
    Row("beneficiaries:employment_create_for_lot", OBJECT_FORM, kwargs=lot),
    Row("beneficiaries:employment_create_for_lot", WRITE, "POST", kwargs=lot, data=terms_and_person),
    Row("beneficiaries:employment_list", PAGE),
    Row("beneficiaries:employment_page", OBJECT, kwargs=employment),
    Row("beneficiaries:employment_edit", OBJECT_FORM, kwargs=employment),
    Row("beneficiaries:employment_edit", WRITE, "POST", kwargs=employment, data=terms),
    Row(
        "beneficiaries:employment_prolong",
        WRITE,
        "POST",
        kwargs=idle_employment,
        data=lambda w: {"ends_on": "2027-03-31"},
    ),
    Row("beneficiaries:employment_end", WRITE, "POST", kwargs=employment, data=lambda w: {"ends_on": "2026-06-30"}),
    Row("beneficiaries:employment_frozen", OBJECT_FORM, kwargs=employment, writes=READ_LOG),
    Row("beneficiaries:employment_frozen", WRITE, "POST", kwargs=employment, data=lambda w: REASON),
    Row("beneficiaries:employment_delete", WRITE, "POST", kwargs=idle_employment),
    Row("beneficiaries:employment_history", OBJECT, kwargs=employment),
    Row("beneficiaries:assignment_create", OBJECT_FORM, kwargs=employment),
    Row("beneficiaries:assignment_create", WRITE, "POST", kwargs=employment, data=other_lot),
    Row("beneficiaries:assignment_edit", OBJECT_FORM, kwargs=assignment),
    Row(
        "beneficiaries:assignment_edit", WRITE, "POST", kwargs=assignment, data=lambda w: {"accepted_on": "2026-01-10"}
    ),
    Row("beneficiaries:assignment_delete", WRITE, "POST", kwargs=idle_assignment),
]
