"""Import of open data on marchés: send a file, see the trial, take it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from clauses.forms.decp import DecpUploadForm
from clauses.services import decp_jobs
from lib.numbers import NNBSP, number_fr
from tenants.access import member_of, structure
from tenants.enums import JobState
from tenants.models import Job
from tenants.selectors.jobs import present

TITLE = "Reprise de marchés publiés (DECP)"
_MOST_JOBS = 20


@structure("data.import", "GET", "POST")
def decp_import(request: HttpRequest) -> HttpResponse:
    form = DecpUploadForm(request.POST, request.FILES) if request.method == "POST" else DecpUploadForm()
    if request.method == "POST" and form.is_valid():
        job = decp_jobs.request_trial(
            content=form.cleaned_data["content"],
            name=form.cleaned_data["file"].name,
            member_id=member_of(request),
        )
        return redirect("clauses:decp_report", job.pk)
    context = {
        "title": TITLE,
        "crumbs": [_data_crumb(), {"label": TITLE}],
        "form": form,
        "jobs": Job.objects.filter(kind__in=decp_jobs.KINDS).select_related("created_by").order_by("-pk")[:_MOST_JOBS],
    }
    return render(request, "clauses/decp_import.html", context, status=422 if form.is_bound and form.errors else 200)


@structure("data.import")
def decp_report(request: HttpRequest, pk: int) -> HttpResponse:
    job = _get(pk)
    is_trial = job.kind == decp_jobs.TRIAL
    title = f"{'Essai' if is_trial else 'Reprise'} de {job.params['name']}"
    context = {
        "title": title,
        "crumbs": [_data_crumb(), {"label": TITLE, "url": reverse("clauses:decp_import")}, {"label": title}],
        "job": job,
        "shown": present(job),
        "is_trial": is_trial,
        "answer": _answer(job, is_trial) if job.state == JobState.DONE else "",
        "lists": _lists(job.result) if job.state == JobState.DONE else [],
        "may_take": is_trial and job.state == JobState.DONE and _changes(job.result) > 0,
    }
    return render(request, "clauses/decp_report.html", context)


@structure("data.import", "POST")
def decp_take(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        job = decp_jobs.request_import(trial=_get(pk), member_id=member_of(request))
    except decp_jobs.DecpRequestError as refusal:
        messages.error(request, str(refusal))
        return redirect("clauses:decp_report", pk)
    return redirect("clauses:decp_report", job.pk)


def _data_crumb() -> dict[str, str]:
    return {"label": "Données", "url": reverse("beneficiaries:data")}


def _get(pk: int) -> Job:
    return get_object_or_404(Job.objects.filter(kind__in=decp_jobs.KINDS), pk=pk)


def _changes(result: dict[str, Any]) -> int:
    return int(result["counts"]["created"] + result["counts"]["updated"])


def _answer(job: Job, is_trial: bool) -> str:
    counts = job.result["counts"]
    if not _changes(job.result):
        done = "rien ne changerait" if is_trial else "rien n'a changé"
        return f"Lignes lues{NNBSP}: {number_fr(counts['read'])}. D'après ce fichier, {done} dans vos marchés."
    labels = ("lignes lues", "lots à créer" if is_trial else "lots créés", "mis à jour", "inchangés", "refusés")
    keys = ("read", "created", "updated", "unchanged", "refused")
    parts = [f"{label}{NNBSP}: {number_fr(counts[key])}" for label, key in zip(labels, keys, strict=True)]
    return f"{' · '.join(parts).capitalize()}."


def _lists(result: dict[str, Any]) -> list[dict[str, Any]]:
    titles = {
        "refused": "Lignes refusées",
        "warnings": "À vérifier",
        "republications": "Publications remplacées par une plus récente",
    }
    return [
        {"key": key, "title": title, "rows": result[key], "count": result["counts"][key]}
        for key, title in titles.items()
        if result[key]
    ]
