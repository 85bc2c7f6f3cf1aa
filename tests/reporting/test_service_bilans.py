"""A bilan from its request to its files, read back."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from beneficiaries.models import HourEntry
from reporting.bilans.snapshot import fingerprint
from reporting.enums import BILAN_TRANSITIONS, BilanState, ScopeKind
from reporting.indicators.source import Perimeter
from reporting.models import Bilan
from reporting.services import bilans
from tenants import scope
from tenants.models import Document, Job, Member
from tenants.services import jobs
from tenants.services.documents import read_document


@pytest.fixture
def member(world):
    with scope.tenant(world.ours.tenant.pk):
        return Member.objects.get(user=world.alice)


def ask(world, member, kind=ScopeKind.OPERATION, pk=None, **comments):
    with scope.tenant(world.ours.tenant.pk):
        perimeter = Perimeter(kind, world.ours.operation.pk if pk is None and kind == ScopeKind.OPERATION else pk)
        return bilans.create_bilan(
            perimeter=perimeter, first=date(2026, 1, 1), last=date(2026, 12, 1), comments=comments, member_id=member.pk
        )


def made(world, bilan):
    jobs.run_job(tenant_id=world.ours.tenant.pk, job_id=bilan.job_id)
    with scope.tenant(world.ours.tenant.pk):
        bilan = Bilan.objects.select_related("pdf", "xlsx", "job").get(pk=bilan.pk)
        assert bilan.job.state == "done", bilan.job.error
    return bilan


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_files_hold_the_figures_and_no_name(world, member):
    bilan = made(world, ask(world, member, contexte="Chantier des Izards."))
    with scope.tenant(world.ours.tenant.pk):
        pdf, xlsx = read_document(bilan.pdf), read_document(bilan.xlsx)
    text = text_of(pdf)
    for expected in (
        "833",
        "100",
        bilan.reference,
        "531",
        "Office de l'habitat",
        "Chantier des Izards.",
        "non renseigné",
    ):
        assert expected in text
    assert bilan.figures_sha256 == fingerprint(bilan.figures)
    assert bilan.figures_sha256 in text.replace(" ", "")
    book = load_workbook(BytesIO(xlsx))
    lines = list(book["Lignes"].values)
    assert lines[0] == (
        "Marché",
        "Objet",
        "Lot",
        "Intitulé",
        "Mois",
        "Nature",
        "Modalité",
        "Type de contrat",
        "Heures",
        "État",
    )
    assert [line[8] for line in lines[1:]] == [100]
    everything = text + " ".join(str(cell) for sheet in book for row in sheet.values for cell in row)
    assert "Dûpont" not in everything
    assert "Zoé" not in everything
    assert world.theirs.contract.external_ref in everything  # the same in both: only counts can tell
    assert bilan.figures["indicators"]["counts"]["lots"] == 1


def test_run_again_after_a_crash_gives_the_same_files_once(world, member):
    bilan = ask(world, member)
    first = made(world, bilan)
    with scope.tenant(world.ours.tenant.pk):
        bytes_before = read_document(first.pdf)
        # The worker died after freezing, before storing: the job is due again.
        Bilan.objects.update(pdf=None)
        Document.objects.filter(pk=first.pdf_id).delete()
        Job.objects.update(state="queued", attempts=0)
        scope.give_reason("essai")
        HourEntry.objects.update(hours=7)
    second = made(world, bilan)
    with scope.tenant(world.ours.tenant.pk):
        assert second.figures == first.figures
        assert second.xlsx_id == first.xlsx_id
        assert read_document(second.pdf) == bytes_before
        assert Document.objects.count() == 2


def test_finished_job_does_nothing_more(world, member):
    bilan = made(world, ask(world, member))
    jobs.run_job(tenant_id=world.ours.tenant.pk, job_id=bilan.job_id)
    with scope.tenant(world.ours.tenant.pk):
        assert Document.objects.count() == 2


def test_bailleur_reads_what_was_handed_over(world, member):
    bilan = made(world, ask(world, member))
    with scope.buyer(world.account.pk):
        assert not Bilan.objects.exists()
        assert not Document.objects.exists()
    with scope.tenant(world.ours.tenant.pk):
        bilans.change_state(bilan=bilan, to=BilanState.SUBMITTED)
    with scope.buyer(world.account.pk):
        assert set(Bilan.objects.values_list("pk", flat=True)) == {bilan.pk}
        assert set(Document.objects.values_list("pk", flat=True)) == {bilan.pdf_id, bilan.xlsx_id}
    with scope.buyer(world.other_account.pk):
        assert not Document.objects.exists()


def test_bilan_of_the_structure_goes_to_no_bailleur(world, member):
    bilan = made(world, ask(world, member, ScopeKind.TENANT))
    assert bilan.buyer_account_id is None


@pytest.mark.parametrize("start", BilanState)
@pytest.mark.parametrize("to", BilanState)
def test_transitions_are_those_of_the_table(world, member, start, to):
    with scope.tenant(world.ours.tenant.pk):
        document = Document.objects.create(name="x", content_type="x", size=1, sha256="x", storage_key=f"{start}{to}")
        bilan = ask(world, member)
        Bilan.objects.filter(pk=bilan.pk).update(state=start, pdf=document)
        bilan.refresh_from_db()
        if to in BILAN_TRANSITIONS[start]:
            assert bilans.change_state(bilan=bilan, to=to, reason="Le lot 2 manque.").state == to
        else:
            with pytest.raises(bilans.TransitionRefusedError):
                bilans.change_state(bilan=bilan, to=to, reason="Le lot 2 manque.")
            bilan.refresh_from_db()
            assert bilan.state == start


def test_return_needs_a_reason(world, member):
    bilan = made(world, ask(world, member))
    with scope.tenant(world.ours.tenant.pk):
        bilans.change_state(bilan=bilan, to=BilanState.SUBMITTED)
        with pytest.raises(bilans.TransitionRefusedError, match="motive"):
            bilans.change_state(bilan=bilan, to=BilanState.RETURNED, reason=" ")
