"""A DECP file sent by the browser: a trial that writes nothing, then the import of the same file, each as a job."""

import gzip
from dataclasses import asdict
from io import BytesIO
from typing import Any

from django.db import transaction
from django.urls import reverse

from clauses.decp.notice import DecpFile, DecpFileError
from clauses.decp.reader import GZIP_MAGIC, read_decp
from clauses.services.decp import DecpReport, import_decp
from lib.filetype import FileKind
from tenants import scope
from tenants.enums import JobState
from tenants.models import Document, Job
from tenants.services.documents import read_document, store_document
from tenants.services.jobs import JobRefused, LeaseKeeper, completing, start_job

TRIAL, IMPORT = "decp.trial", "decp.import"
KINDS = (TRIAL, IMPORT)
# What a page shows of each list; the command prints them whole.
MOST_SHOWN = 500
_GONE = "Le fichier de cet essai n'est plus là. Déposez-le de nouveau."


class DecpRequestError(ValueError):
    """What is asked for cannot be done as things are; the message is in French."""


def request_trial(*, content: bytes, name: str, member_id: int) -> Job:
    """Keep the file, compressed, and have it tried. Raises DecpFileError."""
    read_decp(BytesIO(content))
    if not content.startswith(GZIP_MAGIC):
        content = gzip.compress(content, mtime=0)
    if not name.lower().endswith(".gz"):
        name = f"{name}.gz"
    document = store_document(
        content=content, name=name, uploaded_by_id=member_id, allowed=(FileKind.GZIP,), read_action="data.import"
    )
    return start_job(kind=TRIAL, params={"document": document.pk, "name": document.name}, created_by_id=member_id)


def request_import(*, trial: Job, member_id: int) -> Job:
    """Take the file that was tried. Raises DecpRequestError."""
    if trial.kind != TRIAL or trial.state != JobState.DONE:
        raise DecpRequestError("Seul un essai terminé peut être repris.")
    if not Document.objects.filter(pk=trial.params["document"]).exists():
        raise DecpRequestError(_GONE)
    return start_job(kind=IMPORT, params=trial.params, created_by_id=member_id)


def report_url(job: Job) -> str:
    return reverse("clauses:decp_report", args=[job.pk])


def run_trial(job: Job, keeper: LeaseKeeper) -> None:
    """The import itself, undone: what the database alone would refuse shows too."""
    file = _read(job, keeper)
    with scope.tenant(job.tenant_id):
        report = import_decp(file)
        transaction.set_rollback(True)
    with completing(job) as result:
        result.update(_kept(report))


def run_import(job: Job, keeper: LeaseKeeper) -> None:
    file = _read(job, keeper)
    with completing(job) as result:
        result.update(_kept(import_decp(file)))


def _read(job: Job, keeper: LeaseKeeper) -> DecpFile:
    keeper.progress(0, 1, "Lecture du fichier")
    with scope.tenant(job.tenant_id):
        document = Document.objects.filter(pk=job.params["document"]).first()
        if document is None:
            raise JobRefused(_GONE)
        content = read_document(document)
    try:
        file = read_decp(BytesIO(content))
    except DecpFileError as error:
        raise JobRefused(str(error)) from error
    keeper.progress(0, 1, "Reprise des marchés")
    return file


def _kept(report: DecpReport) -> dict[str, Any]:
    """The report as the job keeps it: counts of each list, and what a page shows of it."""
    lists = {name: getattr(report, name) for name in ("refused", "republications", "warnings")}
    return {
        "format": report.format,
        "notes": report.notes,
        "summary": report.summary,
        "counts": {
            "read": report.read,
            "created": report.created,
            "updated": report.updated,
            "unchanged": report.unchanged,
            **{name: len(rows) for name, rows in lists.items()},
        },
        **{name: [asdict(row) for row in rows[:MOST_SHOWN]] for name, rows in lists.items()},
    }
