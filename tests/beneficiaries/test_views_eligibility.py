"""Eligibility, its criteria behind a click, and the documents of a person: Alice writes, Bob reads."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from beneficiaries.models import BeneficiaryDocument, Eligibility
from tenants.models import AuditEntry, Document, Member, ReadLog
from tests.within import said

NIR = "1 84 12 76 451 089 46"


def url(world, rest="") -> str:
    return f"/beneficiaires/{world.ours.beneficiary.pk}/{rest}"


# Criteria


def test_criteria_show_behind_a_click_that_is_logged(alice, world, ours):
    ours(lambda: Eligibility.objects.update(criteria=["rqth", "maison"]))
    answer = alice.get(url(world, "criteres/"))
    assert answer["Cache-Control"] == "private, no-store"
    page = answer.content.decode()
    assert "Travailleur handicapé" in page
    assert "maison" in page
    log = ours(lambda: ReadLog.objects.select_related("member").get())
    assert (log.member.name, log.table, log.row_id, log.part) == (
        "Alice",
        "beneficiaries_beneficiary",
        world.ours.beneficiary.pk,
        "critères",
    )
    assert "Alice" in page


def test_reader_does_not_read_criteria(bob, world, ours):
    assert bob.get(url(world, "criteres/")).status_code == 403
    assert "Voir les critères" not in bob.get(url(world)).content.decode()
    assert ours(ReadLog.objects.count) == 0


def test_history_masks_criteria(alice, world, ours):
    ours(lambda: Eligibility.objects.update(criteria=["rqth"], proof_kind="Décision RQTH"))
    page = alice.get(url(world, "historique/")).content.decode()
    assert "masqué" in page
    assert "rqth" not in page.lower()


# Eligibility


def eligibility(**changes):
    return {
        "main": "brsa",
        "others": ["qpv", "brsa"],
        "proof_date": "2026-01-31",
        "verified_on": "2026-02-02",
        **changes,
    }


def test_eligibility_keeps_criteria_in_order_proof_and_agent(alice, world, ours):
    answer = alice.post(
        url(world, "eligibilite/"), eligibility(file=SimpleUploadedFile("rsa.pdf", b"%PDF-1.7\n%%EOF\n"))
    )
    assert answer["Location"] == url(world)
    row = ours(lambda: Eligibility.objects.select_related("verified_by", "document").latest("pk"))
    assert (row.criteria, row.proof_kind) == (["brsa", "qpv"], "Attestation de la CAF ou de la MSA")
    assert (row.proof_date, row.valid_until, row.verified_on) == (
        date(2026, 1, 31),
        date(2026, 4, 30),
        date(2026, 2, 2),
    )
    assert (row.verified_by.name, row.list_version) == ("Alice", "CCAG 2021, art. 16.1.1")
    assert (row.document.name, row.document.read_action) == ("rsa.pdf", "person.write")


def test_eligibility_keeps_what_was_typed_over_the_defaults(alice, world, ours):
    alice.post(url(world, "eligibilite/"), eligibility(proof_kind="Attestation de paiement", valid_until="2026-06-30"))
    row = ours(lambda: Eligibility.objects.latest("pk"))
    assert (row.proof_kind, row.valid_until) == ("Attestation de paiement", date(2026, 6, 30))


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"main": ""}, "main", "obligatoire"),
        ({"main": "xyz"}, "main", "choix valide"),
        ({"others": ["xyz"]}, "others", "xyz"),
        ({"verified_on": ""}, "verified_on", "obligatoire"),
        ({"verified_on": "2199-01-01"}, "verified_on", "futur"),
        ({"proof_date": "2199-01-01"}, "proof_date", "futur"),
        ({"verified_on": "2026-01-30"}, "verified_on", "précède"),
        ({"valid_until": "2026-01-30"}, "valid_until", "précède"),
        ({"proof_kind": f"Attestation {NIR}"}, "proof_kind", "sécurité sociale"),
        ({"proof_kind": "x" * 201}, "proof_kind", "200"),
    ],
)
def test_eligibility_refused_writes_nothing(alice, world, ours, typed, field, words):
    answer = alice.post(url(world, "eligibilite/"), eligibility(**typed))
    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors[field])
    assert ours(Eligibility.objects.count) == 1


@pytest.mark.parametrize(
    ("name", "content"), [("x.pdf", b"MZ"), ("x.exe", b"MZ"), (f"{NIR}.pdf", b"%PDF-1.7\n%%EOF\n"), ("x.pdf", b"")]
)
def test_proof_that_is_no_document_is_refused(alice, world, ours, name, content):
    answer = alice.post(url(world, "eligibilite/"), eligibility(file=SimpleUploadedFile(name, content)))
    assert answer.status_code == 422
    assert "file" in answer.context["form"].errors
    assert ours(Document.objects.count) == 0


def test_proof_of_eligibility_is_not_for_readers(alice, bob, charlie, world, ours):
    alice.post(url(world, "eligibilite/"), eligibility(file=SimpleUploadedFile("rsa.pdf", b"%PDF-1.7\n%%EOF\n")))
    document = ours(Document.objects.get)
    assert alice.get(f"/documents/{document.pk}/").status_code == 200
    assert bob.get(f"/documents/{document.pk}/").status_code == 403
    assert charlie.get(f"/documents/{document.pk}/").status_code == 404


def test_eligibility_is_taken_back_with_a_reason(alice, world, ours):
    row = ours(Eligibility.objects.get)
    answer = alice.post(f"/eligibilites/{row.pk}/retirer/", {"reason": " "})
    assert "Rien n'a été retiré" in said(answer)[0]
    answer = alice.post(f"/eligibilites/{row.pk}/retirer/", {"reason": "autre personne"})
    assert answer["Location"] == url(world)
    assert ours(Eligibility.objects.count) == 0
    entry = ours(lambda: AuditEntry.objects.get(table="beneficiaries_eligibility", action="D"))
    assert entry.why == "autre personne"


# Documents


def test_documents_are_filed_listed_and_removed(alice, bob, charlie, world, ours):
    answer = alice.post(
        url(world, "documents/deposer/"), {"file": SimpleUploadedFile("contrat.pdf", b"%PDF-1.7\n%%EOF\n")}
    )
    assert answer["Location"] == url(world, "documents/")
    filed = ours(lambda: BeneficiaryDocument.objects.select_related("document__uploaded_by").get())
    assert (filed.document.uploaded_by.name, filed.beneficiary_id) == ("Alice", world.ours.beneficiary.pk)
    assert "contrat.pdf" in bob.get(url(world, "documents/")).content.decode()
    assert bob.get(f"/documents/{filed.document_id}/").status_code == 200
    assert charlie.get(f"/documents/{filed.document_id}/").status_code == 404
    alice.post(f"/beneficiaires/documents/{filed.pk}/supprimer/")
    assert ours(Document.objects.count) == 0


def test_document_refused_is_said_at_the_field(alice, world, ours):
    answer = alice.post(url(world, "documents/deposer/"), {"file": SimpleUploadedFile("x.exe", b"MZ")})
    assert answer.status_code == 422
    assert ours(Document.objects.count) == 0
    assert alice.post(url(world, "documents/deposer/"), {}).status_code == 422


def test_departed_agent_is_still_named(alice, world, ours):
    ours(lambda: Eligibility.objects.update(verified_by=Member.objects.get(name="Bob")))
    ours(lambda: Member.objects.filter(name="Bob").update(ended_at="2026-01-06T00:00Z"))
    assert "par Bob" in alice.get(url(world)).content.decode()
