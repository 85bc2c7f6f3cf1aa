"""Open data by the browser: Alice tries a file then takes it, Bob may not, Charlie sees nothing of it."""

import gzip
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from clauses.models import Lot, PublicContract
from clauses.services import decp_jobs
from lib.filetype import FileKind
from tenants import scope
from tenants.models import AuditEntry, Document, Job
from tenants.services.documents import read_document, store_document
from tenants.services.jobs import run_job, start_job
from tests.clauses.decp_rows import DATA, REAL_FILES, as_file, row
from tests.counting import assert_constant_queries
from tests.factories import World

UPLOAD = "/donnees/decp/"


def send(client: Client, content: bytes, name: str = "decp.json") -> HttpResponse:
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, content)})


def rows(*changes: Any) -> bytes:
    return as_file(*changes).getvalue()


def run_last(world: World) -> Job:
    with scope.tenant(world.ours.tenant.pk):
        pk = Job.objects.order_by("-pk").values_list("pk", flat=True).first()
    assert pk is not None
    run_job(tenant_id=world.ours.tenant.pk, job_id=pk)
    with scope.tenant(world.ours.tenant.pk):
        return Job.objects.get(pk=pk)


def contracts(world: World) -> int:
    with scope.tenant(world.ours.tenant.pk):
        return PublicContract.objects.filter(external_ref__startswith="decp:").count()


def page(client: Client, job: Job) -> str:
    response = client.get(f"{UPLOAD}{job.pk}/")
    assert response.status_code == 200
    return unescape(response.content.decode()).replace("\u202f", " ")


def test_file_is_tried_then_taken(alice: Client, world: World) -> None:
    response = send(alice, rows(row(), row(id="2", montant="beaucoup"), row(dureeMois=30)))
    assert response.status_code == 302
    trial = run_last(world)
    assert trial.state == "done", trial.error
    assert response["Location"] == f"{UPLOAD}{trial.pk}/"
    assert contracts(world) == 0
    shown = page(alice, trial)
    assert "Ceci est un essai, rien n'est écrit." in shown
    assert "Lignes lues : 3 · lots à créer : 1 · mis à jour : 0 · inchangés : 1 · refusés : 1." in shown
    assert "Le montant « beaucoup » n'est pas un montant." in shown
    assert "que le n° 3, publié ensuite et retenu" in shown
    response = alice.post(f"{UPLOAD}{trial.pk}/reprendre/")
    taken = run_last(world)
    assert response["Location"] == f"{UPLOAD}{taken.pk}/"
    assert taken.state == "done", taken.error
    assert taken.result["summary"] == trial.result["summary"]
    assert "lots créés : 1" in page(alice, taken)
    assert contracts(world) == 1


def test_taking_twice_changes_nothing(alice: Client, world: World) -> None:
    send(alice, (DATA / REAL_FILES[1]).read_bytes(), REAL_FILES[1])
    trial = run_last(world)
    for summary in ("created=468 updated=0 unchanged=2 refused=0", "created=0 updated=0 unchanged=470 refused=0"):
        alice.post(f"{UPLOAD}{trial.pk}/reprendre/")
        assert run_last(world).result["summary"] == f"read=470 {summary}"
    with scope.tenant(world.ours.tenant.pk):
        assert Lot.objects.filter(external_ref__startswith="decp:").count() == 468


def test_trial_that_would_change_nothing_offers_nothing_to_take(alice: Client, world: World) -> None:
    send(alice, rows())
    shown = page(alice, run_last(world))
    assert "rien ne changerait" in shown
    assert "Reprendre ces marchés" not in shown


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "n'est ni un JSON ni un XML bien formé"),
        (b"", "Le fichier est vide."),
        (b"<html></html>", "ne commence pas par une balise"),
        (gzip.compress(b"{}")[:-5], "incomplet ou abîmé"),
    ],
    ids=["cut", "empty", "other", "broken"],
)
def test_unreadable_file_is_refused_at_its_field(alice: Client, world: World, content: bytes, message: str) -> None:
    response = send(alice, content)
    assert response.status_code == 422
    assert message in unescape(response.content.decode())
    with scope.tenant(world.ours.tenant.pk):
        assert not Job.objects.exists()
        assert not Document.objects.exists()


def test_no_file_is_refused(alice: Client) -> None:
    response = alice.post(UPLOAD)
    assert response.status_code == 422
    assert "Ce champ est obligatoire." in response.content.decode()


@pytest.mark.parametrize(
    ("name", "kept"), [("a.json", "a.json.gz"), ("a.xml.gz", "a.xml.gz"), ("../../é\u202e.json", "é.json.gz")]
)
def test_file_is_kept_compressed_under_its_own_name(alice: Client, world: World, name: str, kept: str) -> None:
    content = rows(row())
    send(alice, gzip.compress(content) if name.endswith(".gz") else content, name)
    with scope.tenant(world.ours.tenant.pk):
        document = Document.objects.get()
        assert (document.name, document.read_action) == (kept, "data.import")
        assert gzip.GzipFile(fileobj=BytesIO(read_document(document))).read() == content


def test_document_that_is_gone_fails_with_its_reason(alice: Client, world: World) -> None:
    send(alice, rows(row()))
    with scope.tenant(world.ours.tenant.pk):
        Document.objects.all().delete()
    job = run_last(world)
    assert (job.state, job.error) == ("failed", "Le fichier de cet essai n'est plus là. Déposez-le de nouveau.")
    assert "Déposez-le de nouveau" in page(alice, job)


def test_file_that_cannot_be_read_any_more_fails_with_its_reason(alice: Client, world: World) -> None:
    with scope.tenant(world.ours.tenant.pk):
        document = store_document(
            content=gzip.compress(b"{}"), name="a.json.gz", uploaded_by_id=None, allowed=(FileKind.GZIP,)
        )
        start_job(kind=decp_jobs.TRIAL, params={"document": document.pk, "name": document.name})
    job = run_last(world)
    assert job.state == "failed"
    assert "ce n'est pas une publication DECP" in job.error


def test_only_a_finished_trial_with_its_file_is_taken(alice: Client, world: World) -> None:
    send(alice, rows(row()))
    with scope.tenant(world.ours.tenant.pk):
        trial = Job.objects.get()
    alice.post(f"{UPLOAD}{trial.pk}/reprendre/")
    run_job(tenant_id=world.ours.tenant.pk, job_id=trial.pk)
    with scope.tenant(world.ours.tenant.pk):
        Document.objects.all().delete()
    alice.post(f"{UPLOAD}{trial.pk}/reprendre/")
    with scope.tenant(world.ours.tenant.pk):
        assert list(Job.objects.values_list("kind", flat=True)) == [decp_jobs.TRIAL]


def test_run_twice_imports_once(alice: Client, world: World) -> None:
    send(alice, rows(row()))
    trial = run_last(world)
    alice.post(f"{UPLOAD}{trial.pk}/reprendre/")
    done = run_last(world)
    run_job(tenant_id=world.ours.tenant.pk, job_id=done.pk)
    assert contracts(world) == 1


def test_history_names_who_asked(alice: Client, world: World) -> None:
    send(alice, rows(row()))
    trial = run_last(world)
    alice.post(f"{UPLOAD}{trial.pk}/reprendre/")
    run_last(world)
    with scope.tenant(world.ours.tenant.pk):
        contract = PublicContract.objects.get(external_ref__startswith="decp:")
        entry = AuditEntry.objects.get(table="clauses_publiccontract", row_id=contract.pk)
        assert entry.user_id == world.alice.pk


def test_reader_may_not_and_the_other_structure_sees_nothing(
    alice: Client, bob: Client, charlie: Client, world: World
) -> None:
    send(alice, rows(row()))
    job = run_last(world)
    assert send(bob, rows(row())).status_code == 403
    assert bob.get(f"{UPLOAD}{job.pk}/").status_code == 403
    assert charlie.get(f"{UPLOAD}{job.pk}/").status_code == 404
    assert charlie.post(f"{UPLOAD}{job.pk}/reprendre/").status_code == 404
    assert "decp.json" not in charlie.get(UPLOAD).content.decode()


def test_job_of_another_kind_has_no_report_here(alice: Client, world: World) -> None:
    with scope.tenant(world.ours.tenant.pk):
        other = Job.objects.create(kind="bilan")
    assert alice.get(f"{UPLOAD}{other.pk}/").status_code == 404


def test_long_lists_are_cut_and_say_so(alice: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decp_jobs, "MOST_SHOWN", 2)
    send(alice, rows(*(row(id=str(rank), montant="x") for rank in range(5))))
    shown = page(alice, run_last(world))
    assert "Lignes refusées (5)" in shown
    assert "Les 2 premières sont montrées ici." in shown


def test_page_asks_the_same_queries_whatever_the_files(alice: Client, world: World) -> None:
    def add(count: int) -> None:
        with scope.tenant(world.ours.tenant.pk):
            for rank in range(count):
                Job.objects.create(kind=decp_jobs.TRIAL, params={"name": f"{rank}.json", "document": 0})

    add(1)
    assert_constant_queries(alice, UPLOAD, add)
