"""« Données »: a whole portfolio in, checked first, and out."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from beneficiaries.forms.portfolio import ArchiveForm, IssueFilter
from beneficiaries.portfolio.columns import FILES
from beneficiaries.portfolio.issues import Severity
from beneficiaries.services import portfolio
from lib.numbers import NNBSP, number_fr
from tenants.access import member_of, structure
from tenants.enums import JobState
from tenants.models import Document, Job
from tenants.services.jobs import registered

_SHOWN_JOBS = 10
_SHOWN_ISSUES = 50
_UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)


@structure("data.export")
def data_page(request: HttpRequest) -> HttpResponse:
    return _page(request, ArchiveForm())


def _page(request: HttpRequest, form: ArchiveForm, status: int = 200) -> HttpResponse:
    jobs = Job.objects.filter(kind__in=portfolio.KINDS).select_related("created_by").order_by("-pk")[:_SHOWN_JOBS]
    context = {
        "title": "Données",
        "form": form,
        "jobs": [{"job": job, "label": registered()[job.kind].label, "outcome": _outcome(job)} for job in jobs],
    }
    return render(request, "beneficiaries/portfolio_data.html", context, status=status)


def _outcome(job: Job) -> str:
    if job.state != JobState.DONE or job.kind == portfolio.EXPORT:
        return ""
    return _found(portfolio.report_of(job))


def _found(report: portfolio.Report) -> str:
    parts = [
        f"{number_fr(count)}{NNBSP}{word}{'s' if count > 1 else ''}"
        for count, word in ((report.errors, "erreur"), (report.warnings, "avertissement"))
        if count
    ]
    return ", ".join(parts) or "Aucune anomalie"


@structure("data.import", "POST")
def portfolio_check(request: HttpRequest) -> HttpResponse:
    form = ArchiveForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    archive = form.cleaned_data["archive"]
    job = portfolio.request_check(content=archive, name=archive.name, member_id=member_of(request))
    return redirect("beneficiaries:portfolio_job", job.pk)


@structure("data.import", "POST")
def portfolio_import(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        job = portfolio.request_import(check=_job(pk), member_id=member_of(request))
    except portfolio.PortfolioError as refusal:
        messages.error(request, str(refusal))
        return redirect("beneficiaries:portfolio_job", pk)
    return redirect("beneficiaries:portfolio_job", job.pk)


@structure("data.export", "POST")
def portfolio_export(request: HttpRequest) -> HttpResponse:
    job = portfolio.request_export(member_id=member_of(request))
    return redirect("beneficiaries:portfolio_job", job.pk)


def _job(pk: int) -> Job:
    return get_object_or_404(Job, pk=pk, kind__in=portfolio.KINDS)


@structure("data.export")
def portfolio_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The job's fragment, asked again every second; once it ended, htmx loads the page again with its report."""
    job = _job(pk)
    response = render(request, "beneficiaries/_portfolio_job.html", _job_context(job))
    if job.state not in _UNDER_WAY:
        response["HX-Refresh"] = "true"
    return response


@structure("data.export")
def portfolio_job(request: HttpRequest, pk: int) -> HttpResponse:
    job = _job(pk)
    context = _job_context(job) | {
        "title": registered()[job.kind].label,
        "crumbs": [
            {"label": "Données", "url": reverse("beneficiaries:data")},
            {"label": registered()[job.kind].label},
        ],
    }
    if job.state == JobState.DONE and job.kind != portfolio.EXPORT:
        context |= _report_context(request, job)
    return render(request, "beneficiaries/portfolio_job.html", context)


def _job_context(job: Job) -> dict[str, Any]:
    document_id = job.result.get("document")
    return {
        "job": job,
        "label": job.params.get("name", registered()[job.kind].label),
        "poll_url": reverse("beneficiaries:portfolio_progress", args=[job.pk]),
        "retry_url": reverse("tenants:job_retry", args=[job.pk]),
        "result_url": _download(document_id),
        "is_export_gone": job.state == JobState.DONE and job.kind == portfolio.EXPORT and not _download(document_id),
    }


def _download(document_id: int | None) -> str:
    """Empty once the document was taken away."""
    exists = document_id is not None and Document.objects.filter(pk=document_id).exists()
    return reverse("tenants:document_download", args=[document_id]) if exists else ""


def _report_context(request: HttpRequest, job: Job) -> dict[str, Any]:
    report = portfolio.report_of(job)
    form = IssueFilter(request.GET)
    shown = form.narrow(report.issues)
    page = Paginator(shown, _SHOWN_ISSUES).get_page(request.GET.get("page"))
    can_import = job.kind == portfolio.CHECK and report.is_sound
    return {
        "report": report,
        "found": _found(report),
        "outcomes": [
            {"file": file.filename, "outcome": report.outcomes[file.name]}
            for file in FILES
            if file.name in report.outcomes
        ],
        "is_check": job.kind == portfolio.CHECK,
        "import_url": reverse("beneficiaries:portfolio_import", args=[job.pk]) if can_import else "",
        "filter_form": form,
        "applied": bool(form.wanted()),
        "chips": _chips(report, form.wanted().get("gravite", "")),
        "page": page,
        "not_shown": report.errors + report.warnings - len(report.issues),
        "report_url": _download(job.result.get("report")),
    }


def _chips(report: portfolio.Report, current: str) -> list[dict[str, Any]]:
    counts = (("", "Tout", report.errors + report.warnings),)
    counts += ((Severity.ERROR, "Erreurs", report.errors), (Severity.WARNING, "Avertissements", report.warnings))
    return [
        {"label": label, "url": f"?gravite={value}" if value else "?", "count": count, "active": value == current}
        for value, label, count in counts
        if count
    ]
