"""Documents filed under a company, the same pages as under a marché; its history."""

import pytest

from contractors.models import CompanyDocument
from tenants.models import Document
from tests import uploads
from tests.within import errors, said, shown


@pytest.fixture
def page(world):
    return f"/entreprises/{world.ours.company.pk}/documents/"


def filed(ours):
    return ours(lambda: list(CompanyDocument.objects.order_by("pk").values_list("document__name", flat=True)))


def test_document_is_filed_read_and_removed(alice, ours, page):
    assert "Aucun document" in shown(alice.get(page))
    answer = alice.post(page + "ajouter/", {"file": uploads.pdf("Acte d'engagement.pdf")})
    assert answer["Location"] == page
    assert said(answer) == ["Document ajouté\u202f: Acte d'engagement.pdf."]
    link = ours(lambda: CompanyDocument.objects.select_related("document").get())
    text = shown(alice.get(page))
    assert f'href="/documents/{link.document_id}/"' in text
    assert "Alice" in text
    assert alice.get(f"/documents/{link.document_id}/").content == b"%PDF-1.7 acte"
    answer = alice.post(f"/entreprises/documents/{link.pk}/supprimer/")
    assert answer["Location"] == page
    assert "Document supprimé" in said(answer)[-1]
    assert filed(ours) == []
    assert ours(Document.objects.count) == 0


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "Choisissez un fichier."),
        ({"file": uploads.SentAgain("vide.pdf", b"")}, "Ce fichier est vide."),
        ({"file": uploads.SentAgain("script.exe", b"MZ\x90\x00\x03")}, ""),
    ],
)
def test_file_refused_is_said_at_its_field(alice, ours, page, data, message):
    answer = alice.post(page + "ajouter/", data)
    assert answer.status_code == 422
    assert message in errors(answer, "file")
    assert errors(answer, "file")
    assert filed(ours) == []
    assert ours(Document.objects.count) == 0


def test_reader_reads_and_adds_nothing(alice, bob, ours, page):
    alice.post(page + "ajouter/", {"file": uploads.pdf()})
    text = shown(bob.get(page))
    assert "acte.pdf" in text
    assert "supprimer" not in text
    assert bob.post(page + "ajouter/", {"file": uploads.pdf()}).status_code == 403
    assert filed(ours) == ["acte.pdf"]


def test_stranger_finds_nothing(alice, charlie, ours, page):
    alice.post(page + "ajouter/", {"file": uploads.pdf()})
    link = ours(lambda: CompanyDocument.objects.get())
    assert charlie.get(page).status_code == 404
    assert charlie.post(page + "ajouter/", {"file": uploads.pdf()}).status_code == 404
    assert charlie.post(f"/entreprises/documents/{link.pk}/supprimer/").status_code == 404
    assert filed(ours) == ["acte.pdf"]


def test_marche_keeps_its_documents_too(alice, world, ours):
    page = f"/marches/{world.ours.contract.pk}/documents/"
    assert alice.post(page + "ajouter/", {"file": uploads.pdf("CCAP.pdf")})["Location"] == page
    assert "CCAP.pdf" in shown(alice.get(page))
    assert alice.post(page + "ajouter/", {}).status_code == 422
    link = ours(lambda: world.ours.contract.documents.get())
    assert alice.post(f"/marches/documents/{link.pk}/supprimer/")["Location"] == page


def test_history_tells_of_the_company_and_its_contacts(alice, world):
    company = f"/entreprises/{world.ours.company.pk}/"
    alice.post(company + "modifier/", {"name": "Nouveau nom", "kind": "ei"})
    alice.post(company + "contacts/nouveau/", {"name": "Standard du chantier", "phone": "05"})
    text = shown(alice.get(company + "historique/"))
    assert "Nouveau nom" in text
    assert "contact" in text
    assert "Alice" in text
