"""Writes on people and on their eligibility."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from beneficiaries.models import Beneficiary, BeneficiaryDocument, Eligibility, EmploymentContract
from beneficiaries.reference import CRITERIA_LIST
from lib.identity import person_identity, sort_key
from tenants import scope
from tenants.models import Document
from tenants.services.documents import Readable, delete_document, store_document
from tenants.services.registers import delete

# A proof says what the criteria say.
PROOF_READ_ACTION = "person.write"
DOCUMENT_READ_ACTION = "person.read"


def save_person(*, person: Beneficiary) -> Beneficiary:
    """With the keys that follow the identity, down to the work contracts: figures count persons by them."""
    if person.birth_date is None:
        raise ValueError("an anonymised person keeps its key: it is not saved by hand")
    with transaction.atomic():
        person.person_key = person_identity(person.last_name, person.first_name, person.birth_date)
        person.sort_key = sort_key(f"{person.last_name} {person.first_name}")
        person.save()
        contracts = EmploymentContract.objects.filter(beneficiary=person).exclude(person_key=person.person_key)
        contracts.update(person_key=person.person_key)
    return person


def delete_person(*, person: Beneficiary) -> None:
    """With eligibilities and documents. Raises tenants.services.registers.InUseError while a work contract is there."""
    with transaction.atomic():
        proofs = Eligibility.objects.filter(beneficiary=person).values("document")
        filed = BeneficiaryDocument.objects.filter(beneficiary=person).values("document")
        documents = [*Document.objects.filter(pk__in=proofs), *Document.objects.filter(pk__in=filed)]
        delete(row=person)
        for document in documents:
            delete_document(document=document)


@dataclass(frozen=True, slots=True)
class Proof:
    content: bytes | Readable
    name: str


def add_eligibility(
    *,
    person: Beneficiary,
    criteria: Sequence[str],
    proof_kind: str,
    proof_date: date | None,
    valid_until: date | None,
    verified_on: date,
    verified_by_id: int,
    file: Proof | None = None,
) -> Eligibility:
    """Raises lib.filetype.FileRefusedError when the file is none of the accepted kinds."""
    with transaction.atomic():
        document = None
        if file is not None:
            document = store_document(
                content=file.content, name=file.name, uploaded_by_id=verified_by_id, read_action=PROOF_READ_ACTION
            )
        return Eligibility.objects.create(
            beneficiary=person,
            criteria=list(criteria),
            proof_kind=proof_kind,
            proof_date=proof_date,
            valid_until=valid_until,
            verified_on=verified_on,
            verified_by_id=verified_by_id,
            list_version=CRITERIA_LIST,
            document=document,
        )


def remove_eligibility(*, eligibility: Eligibility, reason: str) -> None:
    """What was entered by mistake; contracts keep what they froze."""
    with transaction.atomic():
        scope.give_reason(reason)
        document = eligibility.document
        eligibility.delete()
        if document is not None:
            delete_document(document=document)


def add_document(*, person: Beneficiary, content: bytes | Readable, name: str, uploaded_by_id: int) -> Document:
    with transaction.atomic():
        document = store_document(
            content=content, name=name, uploaded_by_id=uploaded_by_id, read_action=DOCUMENT_READ_ACTION
        )
        BeneficiaryDocument.objects.create(beneficiary=person, document=document)
    return document


def remove_document(*, filed: BeneficiaryDocument) -> None:
    with transaction.atomic():
        document = filed.document
        filed.delete()
        delete_document(document=document)
