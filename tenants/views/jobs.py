"""Background work: list, page with its progress, another try."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from lib.numbers import NNBSP
from tenants.access import area_of, structure
from tenants.enums import JobState
from tenants.selectors.jobs import present, recent_jobs
from tenants.services import jobs
from tenants.views.spaces import space_context

ROWS_A_PAGE = 50


@structure("job.read")
def job_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(recent_jobs(), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = space_context(request, "tenants:job_list") | {
        "title": area_of(request).name,
        "page": page,
        "jobs": [present(job) for job in page],
    }
    return render(request, "tenants/job_list.html", context)


@structure("job.read")
def job_page(request: HttpRequest, pk: int) -> HttpResponse:
    shown = present(get_object_or_404(recent_jobs(), pk=pk))
    context = {
        "title": shown.label,
        "shown": shown,
        "may_retry": area_of(request).may("job.retry"),
        "crumbs": [{"label": "Travaux", "url": reverse("tenants:job_list")}, {"label": shown.label}],
    }
    return render(request, "tenants/job_page.html", context)


@structure("job.read")
def job_status(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress alone, asked again by htmx until the work ends; then the page that waits shows its result."""
    job = get_object_or_404(recent_jobs(), pk=pk)
    context = {
        "shown": present(job),
        "may_retry": area_of(request).may("job.retry"),
    }
    response = render(request, "tenants/_job_status.html", context)
    response["Cache-Control"] = "no-store"
    if job.state not in (JobState.QUEUED, JobState.RUNNING):
        response["HX-Refresh"] = "true"
    return response


@structure("job.retry", "POST")
def job_retry(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(recent_jobs(), pk=pk)
    if jobs.retry_job(job=job):
        messages.success(request, "Le travail est relancé.")
    else:
        messages.info(request, f"Rien à relancer{NNBSP}: ce travail n'est plus en échec, ou il ne se fait plus.")
    return redirect("tenants:job_page", pk=pk)
