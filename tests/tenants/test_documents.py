"""Documents: kept encrypted, checked when read, downloaded through a view, swept when nothing points at them."""

import os
import time
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lib.filetype import FileKind, FileRefusedError
from reporting.models import Bilan
from tenants import scope
from tenants.forms.documents import DocumentField
from tenants.models import Document, ReadLog
from tenants.services import documents
from tenants.services.documents import (
    MAX_BYTES,
    MOST_ORPHANS,
    DocumentUnreadableError,
    clean_name,
    delete_document,
    read_document,
    store_document,
    sweep_orphans,
)
from tests import factories

PDF = b"%PDF-1.7\n" + b"contenu confidentiel " * 50


def store(world, content=PDF, name="avenant.pdf") -> Document:
    with scope.tenant(world.ours.tenant.pk):
        return store_document(content=content, name=name, uploaded_by_id=None)


def files(settings) -> list[Path]:
    return [path for path in Path(settings.DOCUMENTS_DIR).rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "content", [PDF, BytesIO(PDF), SimpleUploadedFile("a.pdf", PDF)], ids=["bytes", "file", "upload"]
)
def test_document_is_kept_encrypted_and_read_back(world, settings, content):
    document = store(world, content)
    assert (document.content_type, document.size) == ("application/pdf", len(PDF))
    (path,) = files(settings)
    assert b"confidentiel" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert read_document(document) == PDF


def test_type_is_told_by_the_content(world, settings):
    for content, name in ((b"<html><script>alert(1)</script>", "x.pdf"), (b"", "x.pdf"), (PDF, "x.png")):
        with pytest.raises(FileRefusedError):
            store(world, content, name)
    assert files(settings) == []


def test_file_over_the_limit_is_refused_without_reading_it_whole(world, settings):
    class Endless(BytesIO):
        asked = 0

        def read(self, size: int | None = -1) -> bytes:
            assert size is not None
            assert size >= 0, "read without a bound"
            return b"%PDF-" + b"0" * (size - 5)

    with pytest.raises(FileRefusedError, match="trop lourd"):
        store(world, Endless())
    assert files(settings) == []


def test_old_keys_still_read_and_the_new_one_writes(world, settings):
    old = store(world)
    new_key = Fernet.generate_key().decode()
    settings.DOCUMENT_KEYS = [new_key, *settings.DOCUMENT_KEYS]
    assert read_document(old) == PDF
    new = store(world)
    settings.DOCUMENT_KEYS = [new_key]
    assert read_document(new) == PDF
    with pytest.raises(DocumentUnreadableError):
        read_document(old)


def test_altered_and_swapped_files_are_not_served(world, settings):
    document = store(world)
    (path,) = files(settings)
    kept = path.read_bytes()
    path.write_bytes(kept[:-4] + b"AAAA")
    with pytest.raises(DocumentUnreadableError):
        read_document(document)
    other = store(world, b"%PDF-1.7 autre")
    other_path = next(one for one in files(settings) if one != path)
    path.write_bytes(other_path.read_bytes())
    with pytest.raises(DocumentUnreadableError):
        read_document(document)
    assert read_document(other) == b"%PDF-1.7 autre"


def test_file_goes_when_its_row_cannot_be_written(world, settings):
    with pytest.raises(scope.ScopeError):
        store_document(content=PDF, name="a.pdf", uploaded_by_id=None)
    assert files(settings) == []


def test_deletion_takes_the_file_after_the_commit(world, settings, django_capture_on_commit_callbacks):
    document = store(world)
    with django_capture_on_commit_callbacks() as callbacks, scope.tenant(world.ours.tenant.pk):
        delete_document(document=document)
    assert len(files(settings)) == 1
    for callback in callbacks:
        callback()
    assert files(settings) == []
    with scope.tenant(world.ours.tenant.pk):
        assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\x\\avenant.pdf", "avenant.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("a\r\nb\x00.pdf", "ab.pdf"),
        ("é" * 300 + ".pdf", "é" * 196 + ".pdf"),
    ],
)
def test_name_is_cleaned(given, kept):
    assert clean_name(given) == kept


# Orphans


def age(path: Path, seconds: float) -> None:
    moment = time.time() - seconds
    os.utime(path, (moment, moment))


def stray(settings, name: str, seconds: float) -> Path:
    path = Path(settings.DOCUMENTS_DIR) / name[:2] / name[2:4] / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    age(path, seconds)
    return path


def test_sweep_takes_old_files_without_a_row_and_nothing_else(world, settings):
    store(world)
    (kept,) = files(settings)
    age(kept, 10 * documents.ORPHAN_AGE_SECONDS)
    with scope.tenant(world.theirs.tenant.pk):
        store_document(content=PDF, name="a.pdf", uploaded_by_id=None)
    theirs = next(path for path in files(settings) if path != kept)
    age(theirs, 10 * documents.ORPHAN_AGE_SECONDS)
    old = stray(settings, "a" * 64, documents.ORPHAN_AGE_SECONDS + 60)
    partial = stray(settings, "b" * 64 + ".part", documents.ORPHAN_AGE_SECONDS + 60)
    recent = stray(settings, "c" * 64, 60)
    assert sweep_orphans() == 2
    assert set(files(settings)) == {kept, theirs, recent}
    assert not old.exists()
    assert not partial.exists()
    assert sweep_orphans() == 0


def test_sweep_stops_when_the_database_does_not_know_the_folder(world, settings, caplog):
    for number in range(MOST_ORPHANS + 1):
        stray(settings, f"{number:064x}", documents.ORPHAN_AGE_SECONDS + 60)
    assert sweep_orphans() == 0
    assert len(files(settings)) == MOST_ORPHANS + 1
    assert "without a row" in caplog.text


def test_sweep_without_a_folder_does_nothing(world):
    assert sweep_orphans() == 0


# Download


def test_download_is_a_file_that_runs_nothing_and_is_logged(world, bob):
    document = store(world, name="Avenant n° 1 “final”.pdf")
    response = bob.get(f"/documents/{document.pk}/")
    assert (response.status_code, response.content) == (200, PDF)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''Avenant")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-store"
    with scope.tenant(world.ours.tenant.pk):
        row = ReadLog.objects.get()
        assert (row.member.name, row.table, row.row_id, row.part) == ("Bob", "tenants_document", document.pk, "contenu")
    bob.head(f"/documents/{document.pk}/")
    with scope.tenant(world.ours.tenant.pk):
        assert ReadLog.objects.count() == 1


def test_lost_file_is_said_and_not_logged(world, bob, settings):
    document = store(world)
    files(settings)[0].unlink()
    response = bob.get(f"/documents/{document.pk}/")
    assert response.status_code == 500
    assert "absent ou abîmé" in response.content.decode()
    with scope.tenant(world.ours.tenant.pk):
        assert not ReadLog.objects.exists()


def test_bailleur_downloads_the_files_of_the_bilans_handed_to_it_and_no_other(world):
    dominique, emma = factories.logged_in(world.dominique), factories.logged_in(world.emma)
    handed, draft, plain = store(world), store(world), store(world)
    with scope.tenant(world.ours.tenant.pk):
        for number, (document, state) in enumerate(((handed, "submitted"), (draft, "draft"))):
            Bilan.objects.create(
                reference=f"R{number}",
                scope_kind="buyer",
                scope_id=world.ours.buyer.pk,
                buyer=world.ours.buyer,
                scope_label="x",
                period_from="2026-01-01",
                period_to="2026-12-31",
                state=state,
                pdf=document,
            )
    assert dominique.get(f"/bailleur/documents/{handed.pk}/").content == PDF
    for client, document in ((dominique, draft), (dominique, plain), (emma, handed)):
        assert client.get(f"/bailleur/documents/{document.pk}/").status_code == 404


def test_stranger_finds_no_document(world, charlie):
    document = store(world)
    assert charlie.get(f"/documents/{document.pk}/").status_code == 404
    assert Client().get(f"/documents/{document.pk}/").status_code == 302


# The form's field


class Upload(forms.Form):
    file = DocumentField(label="fichier", allowed=[FileKind.PDF])
    other = DocumentField(label="autre", required=False)


def test_field_gives_the_file_ready_to_be_stored(world):
    form = Upload({}, {"file": SimpleUploadedFile("a.pdf", PDF)})
    assert form.is_valid()
    file = form.cleaned_data["file"]
    assert store(world, file, file.name).size == len(PDF)
    assert form.cleaned_data["other"] is None
    assert 'accept=".pdf"' in str(form["file"])


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (SimpleUploadedFile("a.pdf", b"\x89PNG\r\n\x1a\n"), "n'est pas accepté"),
        (SimpleUploadedFile("a.pdf", b"%PDF-" + b"0" * MAX_BYTES), "trop lourd"),
    ],
    ids=["other kind", "too heavy"],
)
def test_field_refuses_in_french(file, said):
    form = Upload({}, {"file": file})
    assert said in str(form.errors["file"]).replace("&#x27;", "'")
