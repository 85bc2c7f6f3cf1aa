"""The portfolio by the browser: archive, check, import, export."""

import zipfile
from html import unescape
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from beneficiaries.models import Beneficiary, HourEntry
from beneficiaries.portfolio import archive as archives
from beneficiaries.portfolio.archive import ArchiveError, read_archive
from beneficiaries.services import portfolio
from clauses.models import Buyer
from tenants import scope
from tenants.enums import JobState
from tenants.models import AuditEntry, Document, Job
from tenants.services.jobs import run_job
from tests import factories
from tests.beneficiaries.folders import hours, sound_rows, write_folder


@pytest.fixture
def rows():
    """One buyer of ours and of the folder has the same reference: it is the same buyer."""
    return sound_rows()


def zipped(folder, rows, prefix="", **more):
    """The archive of a folder, its files under `prefix`; `more` adds files (name: content)."""
    write_folder(folder, rows)
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as target:
        for path in sorted(folder.iterdir()):
            target.write(path, f"{prefix}{path.name}")
        for name, text in more.items():
            target.writestr(name, text)
    return content.getvalue()


def test_archive_of_a_folder_with_what_finder_adds(tmp_path, rows):
    more = {"__MACOSX/portefeuille/._buyers.csv": "x", "portefeuille/LISEZMOI.txt": "x", "portefeuille/exits.csv": "x"}
    found = read_archive(zipped(tmp_path, rows, "portefeuille/", **more))
    assert found.report() == ["avertissement, exits.csv\u202f: Fichier inconnu, ignoré."]
    assert len(found["hours"]) == 5


def test_archive_without_the_files(tmp_path):
    assert len(read_archive(zipped(tmp_path, {}, **{"notes.txt": "x"})).findings.errors) == 9


def test_name_that_climbs_is_only_a_name(tmp_path, rows):
    content = zipped(tmp_path, {name: rows[name] for name in rows if name != "buyers"})
    climbing = BytesIO(content)
    with zipfile.ZipFile(climbing, "a") as target:
        target.writestr("../../buyers.csv", "buyer_ref,name\nB1,Office\n")
    assert read_archive(climbing.getvalue()).is_sound


@pytest.mark.parametrize("content", [b"", b"buyer_ref,name\n", b"PK\x03\x04broken"])
def test_file_that_is_no_archive(content):
    with pytest.raises(ArchiveError, match="n'est pas une archive zip lisible"):
        read_archive(content)


def test_archive_that_is_cut_or_altered(tmp_path, rows):
    content = bytearray(zipped(tmp_path, rows))
    content[60] ^= 255
    with pytest.raises(ArchiveError, match="n'est pas une archive zip lisible"):
        read_archive(bytes(content))


def test_two_folders_in_one_archive(tmp_path, rows):
    with pytest.raises(ArchiveError, match=r"deux fois buyers\.csv"):
        read_archive(zipped(tmp_path, rows, "a/", **{"b/buyers.csv": "x"}))


def test_archive_that_unfolds_without_end(tmp_path, rows, monkeypatch):
    monkeypatch.setattr(archives, "MOST_UNPACKED", 10 * archives.MEGABYTE)
    content = zipped(tmp_path, {"buyers": rows["buyers"]}, **{"hours.csv": b"0" * 11 * archives.MEGABYTE})
    assert len(content) < archives.MEGABYTE
    with pytest.raises(ArchiveError, match="plus de 10\u202fMo une fois ouverte"):
        read_archive(content)


def test_archive_of_too_many_files(tmp_path):
    with pytest.raises(ArchiveError, match="201 fichiers"):
        read_archive(zipped(tmp_path, {}, **{f"{n}.txt": "" for n in range(201)}))


def sent(client, name, *args, **data):
    return client.post(reverse(f"beneficiaries:{name}", args=args), data)


def work_off(world):
    """What a worker does: every job that waits, in order; the last one as it ended."""
    with scope.tenant(world.ours.tenant.pk):
        waiting = list(Job.objects.filter(state=JobState.QUEUED).order_by("pk"))
    for job in waiting:
        run_job(tenant_id=job.tenant_id, job_id=job.pk)
    with scope.tenant(world.ours.tenant.pk):
        return Job.objects.get(pk=waiting[-1].pk)


def upload(client, content, name="portefeuille.zip"):
    return sent(client, "portfolio_check", archive=SimpleUploadedFile(name, content, "application/zip"))


def page(client, job):
    response = client.get(reverse("beneficiaries:portfolio_job", args=[job.pk]))
    assert response.status_code == 200
    return response.content.decode()


def count(world, model):
    with scope.tenant(world.ours.tenant.pk):
        return model.objects.count()


def test_check_then_import(world, alice, tmp_path, rows):
    assert upload(alice, zipped(tmp_path, rows)).status_code == 302
    before = count(world, HourEntry)
    check = work_off(world)
    assert (check.state, check.error) == (JobState.DONE, "")
    text = page(alice, check)
    assert "L'archive peut être importée" in text
    assert "Importer ces données" in text
    assert (count(world, HourEntry), count(world, Document)) == (before, 1)

    assert sent(alice, "portfolio_import", check.pk).status_code == 302
    done = work_off(world)
    assert "Le portefeuille est importé" in page(alice, done)
    assert (count(world, HourEntry), count(world, Document)) == (before + 5, 0)
    with scope.tenant(world.ours.tenant.pk):
        line = HourEntry.objects.get(assignment__employment__external_ref="E2", status="validee")
        assert line.status_by.user_id == world.alice.pk
        assert (
            AuditEntry.objects.filter(table="beneficiaries_hourentry", row_id=line.pk).get().user_id == world.alice.pk
        )
        # B1 was ours already, under another name.
        assert Buyer.objects.get(external_ref="B1").name == "Office public de l'habitat"


def test_check_with_errors_lists_them_and_imports_nothing(world, alice, tmp_path, rows):
    rows["hours"] = [hours("E1", "L1", "2024-03", "12h75"), hours("E1", "L9", "2024-03", "230")]
    upload(alice, zipped(tmp_path, rows))
    check = work_off(world)
    text = page(alice, check)
    assert "2\u202ferreurs, 1\u202favertissement\u202f: rien n'a été écrit" in unescape(text)
    assert "12h75" in text
    assert "Importer ces données" not in text
    warnings = alice.get(reverse("beneficiaries:portfolio_job", args=[check.pk]), {"gravite": "avertissement"})
    assert "12h75" not in warnings.content.decode()
    assert "230\u202fh" in warnings.content.decode()
    nothing = alice.get(reverse("beneficiaries:portfolio_job", args=[check.pk]), {"q": "zzz", "fichier": "x"})
    assert "Aucune anomalie ne correspond" in nothing.content.decode()

    refused = alice.post(reverse("beneficiaries:portfolio_import", args=[check.pk]), follow=True)
    assert "Seul un essai sans erreur peut être importé" in refused.content.decode()
    with scope.tenant(world.ours.tenant.pk):
        assert Job.objects.count() == 1
        # The archive is gone, the list of its faults stays.
        assert [it.name for it in Document.objects.all()] == ["anomalies-du-portefeuille.csv"]
    report = alice.get(reverse("tenants:document_download", args=[check.result["report"]])).content.decode("utf-8-sig")
    assert report.splitlines()[0] == "gravité;fichier;ligne;colonne;valeur;raison"
    assert report.splitlines()[1].startswith("erreur;hours.csv;2;hours;12h75;")


def test_archive_that_cannot_be_read_fails_with_its_reason(world, alice, tmp_path, rows):
    upload(alice, zipped(tmp_path, rows, "a/", **{"b/buyers.csv": "x"}))
    job = work_off(world)
    assert (job.state, job.attempts) == (JobState.FAILED, 1)
    assert "deux fois buyers.csv" in page(alice, job)


@pytest.mark.parametrize(("content", "name"), [(b"texte", "a.zip"), (b"", "a.zip"), (b"%PDF-1.7", "a.pdf")])
def test_file_of_another_kind_is_refused_at_the_field(world, alice, content, name):
    response = upload(alice, content, name)
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert (count(world, Job), count(world, Document)) == (0, 0)


def test_import_refused_by_what_changed_since_the_check(world, alice, tmp_path, rows):
    upload(alice, zipped(tmp_path, rows))
    check = work_off(world)
    with scope.tenant(world.ours.tenant.pk):
        before = HourEntry.objects.count()
    sent(alice, "portfolio_import", check.pk)
    sent(alice, "portfolio_import", check.pk)
    work_off(world)
    with scope.tenant(world.ours.tenant.pk):
        first, second = Job.objects.filter(kind=portfolio.IMPORT).order_by("pk")
    assert (first.state, second.state) == (JobState.DONE, JobState.FAILED)
    assert "ne sont plus là" in second.error
    assert count(world, HourEntry) == before + 5


def test_export_is_downloaded_and_replaces_the_earlier_one(world, alice, bob):
    sent(alice, "portfolio_export")
    first = work_off(world)
    sent(alice, "portfolio_export")
    second = work_off(world)
    assert "Cette archive a été remplacée" in page(alice, first)
    url = reverse("tenants:document_download", args=[second.result["document"]])
    assert url in page(alice, second)
    assert bob.get(url).status_code == 403
    found = read_archive(alice.get(url).content)
    assert found.findings.errors == []
    assert found["hours"].values["hours"] == [100]
    assert count(world, Document) == 1


def test_export_holds_nothing_of_another_structure(world, alice):
    with scope.tenant(world.theirs.tenant.pk):
        factories.HourEntryFactory(assignment=world.theirs.assignment, month="2026-04-01")
        factories.BeneficiaryFactory(external_ref="THEIRS")
    sent(alice, "portfolio_export")
    job = work_off(world)
    content = alice.get(reverse("tenants:document_download", args=[job.result["document"]])).content
    found = read_archive(content)
    with scope.tenant(world.ours.tenant.pk):
        people = set(Beneficiary.objects.values_list("external_ref", flat=True))
    assert set(found["beneficiaries"].values["beneficiary_ref"]) == people
    assert len(found["hours"]) == 1


def test_next_upload_takes_the_unused_archive_away(world, alice, tmp_path, rows):
    upload(alice, zipped(tmp_path, rows))
    work_off(world)
    upload(alice, zipped(tmp_path, rows))
    assert count(world, Document) == 1


def test_progress_asks_for_the_page_once_ended(world, alice):
    sent(alice, "portfolio_export")
    with scope.tenant(world.ours.tenant.pk):
        job = Job.objects.get()
    url = reverse("beneficiaries:portfolio_progress", args=[job.pk])
    assert "HX-Refresh" not in alice.get(url)
    work_off(world)
    assert alice.get(url)["HX-Refresh"] == "true"


def test_retry_of_a_failed_job(world, alice, tmp_path, rows):
    sent(alice, "portfolio_export")
    with scope.tenant(world.ours.tenant.pk):
        Job.objects.update(state=JobState.FAILED, error="Panne", attempts=3)
        job = Job.objects.get()
    assert "Panne" in page(alice, job)
    retry = reverse("tenants:job_retry", args=[job.pk])
    assert retry in page(alice, job)
    alice.post(retry)
    assert work_off(world).state == JobState.DONE


def test_jobs_of_other_kinds_and_structures_are_not_found(world, alice, charlie):
    sent(alice, "portfolio_export")
    with scope.tenant(world.ours.tenant.pk):
        job = Job.objects.get()
        other = Job.objects.create(kind="bilan")
    for client, pk in ((charlie, job.pk), (alice, other.pk)):
        for name in ("portfolio_job", "portfolio_progress"):
            assert client.get(reverse(f"beneficiaries:{name}", args=[pk])).status_code == 404
        assert sent(client, "portfolio_import", pk).status_code == 404


def test_page_lists_the_last_jobs(world, alice, tmp_path, rows):
    upload(alice, zipped(tmp_path, rows))
    work_off(world)
    text = alice.get(reverse("beneficiaries:data")).content.decode()
    assert "Essai d&#x27;un portefeuille" in text
    assert "Aucune anomalie" in text
