"""The portfolio by the browser: a check that writes nothing, then the import, and the export, each as a job."""

from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Any

from django.db import transaction
from django.urls import reverse

from beneficiaries.portfolio.archive import ArchiveError, read_archive, write_archive
from beneficiaries.portfolio.columns import FILES
from beneficiaries.portfolio.importer import PortfolioRefusedError, import_portfolio
from beneficiaries.portfolio.issues import Issue, Severity
from beneficiaries.portfolio.tables import Portfolio
from beneficiaries.portfolio.writing.registers import Outcome
from lib.dates import today_paris
from lib.filetype import FileKind
from lib.tables import write_csv
from tenants import scope
from tenants.enums import JobState
from tenants.models import Document, Job, Tenant
from tenants.services.documents import Readable, delete_document, read_document, store_document
from tenants.services.jobs import JobRefused, LeaseKeeper, completing, start_job
from tenants.snapshots import one_snapshot

CHECK, IMPORT, EXPORT = "portfolio.check", "portfolio.import", "portfolio.export"
KINDS = (CHECK, IMPORT, EXPORT)
# What a page shows of a report; the whole of it is a file beside.
MOST_SHOWN = 1000
_HEADER = ("gravité", "fichier", "ligne", "colonne", "valeur", "raison")
_GONE = "Les fichiers de cet essai ne sont plus là. Déposez-les de nouveau."


class PortfolioError(ValueError):
    """What is asked for cannot be done as things are; the message is in French."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a check or an import found and did, as its job keeps it. `issues` are the first MOST_SHOWN."""

    errors: int
    warnings: int
    issues: list[Issue]
    outcomes: dict[str, Outcome]

    @property
    def is_sound(self) -> bool:
        return not self.errors


def request_check(*, content: bytes | Readable, name: str, member_id: int) -> Job:
    """Keep the archive and have it read. Raises lib.filetype.FileRefusedError."""
    discard_uploads()
    document = store_document(
        content=content, name=name, uploaded_by_id=member_id, allowed=(FileKind.ZIP,), read_action="data.import"
    )
    params = {"document": document.pk, "name": document.name}
    return start_job(kind=CHECK, params=params, created_by_id=member_id)


def request_import(*, check: Job, member_id: int) -> Job:
    """Import what a check found sound. Raises PortfolioError."""
    document_id = check.params.get("document")
    if check.kind != CHECK or check.state != JobState.DONE or not report_of(check).is_sound:
        raise PortfolioError("Seul un essai sans erreur peut être importé.")
    if not Document.objects.filter(pk=document_id).exists():
        raise PortfolioError(_GONE)
    return start_job(kind=IMPORT, params=check.params, created_by_id=member_id)


def request_export(*, member_id: int) -> Job:
    """Earlier exports go: each holds everything that the structure knows of people."""
    for job in Job.objects.filter(kind=EXPORT, state=JobState.DONE):
        _discard(job.result["document"])
    return start_job(kind=EXPORT, params={}, created_by_id=member_id)


def discard_uploads() -> None:
    """Archives that were checked and never imported hold personal data for nothing."""
    waiting = {job.params["document"] for job in Job.objects.filter(kind=IMPORT).exclude(state=JobState.DONE)}
    for job in Job.objects.filter(kind=CHECK, state=JobState.DONE):
        if job.params["document"] not in waiting:
            _discard(job.params["document"])


def _discard(document_id: int) -> None:
    document = Document.objects.filter(pk=document_id).first()
    if document is not None:
        delete_document(document=document)


def report_url(job: Job) -> str:
    return reverse("beneficiaries:portfolio_job", args=[job.pk])


def report_of(job: Job) -> Report:
    """The report of a check or an import that is done."""
    return Report(
        errors=job.result["errors"],
        warnings=job.result["warnings"],
        issues=[
            Issue(file, line, column, value, reason, Severity(severity))
            for severity, file, line, column, value, reason in job.result["issues"]
        ],
        outcomes={file: Outcome(*counts) for file, counts in job.result["outcomes"].items()},
    )


def run_check(job: Job, keeper: LeaseKeeper) -> None:
    """The import itself, undone: what the database alone would refuse shows too."""
    portfolio = _read(job, keeper)
    outcomes: dict[str, Outcome] = {}
    if portfolio.is_sound:
        with scope.tenant(job.tenant_id):
            outcomes = _import(portfolio, job, keeper)
            transaction.set_rollback(True)
    with completing(job) as result:
        _keep_report(job, portfolio, outcomes, result)
        if not portfolio.is_sound:
            _discard(job.params["document"])


def run_import(job: Job, keeper: LeaseKeeper) -> None:
    portfolio = _read(job, keeper)
    with completing(job) as result:
        outcomes = _import(portfolio, job, keeper) if portfolio.is_sound else {}
        _keep_report(job, portfolio, outcomes, result)
        _discard(job.params["document"])


def run_export(job: Job, keeper: LeaseKeeper) -> None:
    content = BytesIO()
    keeper.progress(0, 1, "Écriture des neuf fichiers")
    with one_snapshot(), scope.tenant(job.tenant_id):
        slug = Tenant.objects.values_list("slug", flat=True).get(pk=job.tenant_id)
        rows = write_archive(content)
    with completing(job) as result:
        document = store_document(
            content=content.getvalue(),
            name=f"portefeuille-{slug}-{today_paris():%Y-%m-%d}.zip",
            uploaded_by_id=job.created_by_id,
            allowed=(FileKind.ZIP,),
            read_action="data.export",
        )
        result.update(document=document.pk, rows=rows)


def _read(job: Job, keeper: LeaseKeeper) -> Portfolio:
    keeper.progress(0, len(FILES), "Lecture et vérification")
    with scope.tenant(job.tenant_id):
        document = Document.objects.filter(pk=job.params["document"]).first()
    if document is None:
        raise JobRefused(_GONE)
    try:
        return read_archive(read_document(document))
    except ArchiveError as error:
        raise JobRefused(str(error)) from error


def _import(portfolio: Portfolio, job: Job, keeper: LeaseKeeper) -> dict[str, Outcome]:
    try:
        return import_portfolio(portfolio=portfolio, member_id=job.created_by_id, tell=keeper.progress)
    except PortfolioRefusedError:
        # The structure changed since the check: the findings say how.
        return {}


def _keep_report(job: Job, portfolio: Portfolio, outcomes: dict[str, Outcome], result: dict[str, Any]) -> None:
    issues = list(portfolio.findings.in_order(tuple(file.filename for file in FILES)))
    rows = [[it.severity, it.file, it.line, it.column, it.shown, it.reason] for it in issues]
    result.update(
        errors=len(portfolio.findings.errors),
        warnings=len(portfolio.findings.warnings),
        issues=rows[:MOST_SHOWN],
        outcomes={name: [it.created, it.updated, it.unchanged] for name, it in outcomes.items()},
    )
    if issues:
        text = StringIO(newline="")
        write_csv(text, _HEADER, rows, for_spreadsheet=True)
        document = store_document(
            content=text.getvalue().encode(),
            name="anomalies-du-portefeuille.csv",
            uploaded_by_id=job.created_by_id,
            read_action="data.import",
        )
        result["report"] = document.pk
