"""Background work as people see it."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from tenants.enums import JobState
from tenants.models import Job
from tenants.services import jobs


@dataclass(frozen=True)
class JobView:
    """`job` with its words and links; `result_url` once it is done and its kind has one."""

    job: Job
    label: str
    page_url: str
    poll_url: str
    retry_url: str
    result_url: str
    result_label: str


def recent_jobs() -> QuerySet[Job]:
    return Job.objects.select_related("created_by").order_by("-pk")


def present(job: Job) -> JobView:
    kind = jobs.registered().get(job.kind)
    has_result = job.state == JobState.DONE and kind is not None and kind.result_url is not None
    return JobView(
        job=job,
        label=kind.label if kind else job.kind,
        page_url=reverse("tenants:job_page", args=[job.pk]),
        poll_url=reverse("tenants:job_status", args=[job.pk]),
        retry_url=reverse("tenants:job_retry", args=[job.pk]),
        result_url=kind.result_url(job) if has_result and kind and kind.result_url else "",
        result_label=kind.result_label if kind else "",
    )
