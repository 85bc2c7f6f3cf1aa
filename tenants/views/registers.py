"""What the pages of every register share: a form and its answer, archiving, deleting."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lib.numbers import NNBSP
from tenants.models import RegisterModel
from tenants.redirects import next_path, with_parameters
from tenants.services import registers

Crumb = dict[str, str]


def render_form(
    request: HttpRequest,
    form: forms.BaseForm,
    *,
    title: str,
    submit: str,
    cancel_url: str,
    crumbs: list[Crumb],
    template: str = "tenants/register_form.html",
    refused: bool = False,
    **context: Any,
) -> HttpResponse:
    """A form's page; 422 when what was sent is refused. `submit` is a verb and its object.

    `refused`: something else of the page is at fault, such as a form beside `form`.
    """
    context |= {"form": form, "title": title, "submit": submit, "cancel_url": cancel_url, "next": next_path(request)}
    context["crumbs"] = [*crumbs, {"label": title}]
    return render(request, template, context, status=422 if refused or (form.is_bound and form.errors) else 200)


def saved(request: HttpRequest, row: RegisterModel, *, is_new: bool, page: str) -> HttpResponse:
    """Says what was saved, then goes where the form was asked from, with the new row's id, or to the row's own page."""
    messages.success(request, f"{'Ajout fait' if is_new else 'Modification faite'}{NNBSP}: «\u202f{row}\u202f».")
    following = next_path(request)
    return redirect(with_parameters(following, created=row.pk) if following else page)


def archive_and_return(request: HttpRequest, row: RegisterModel, to: str) -> HttpResponse:
    if registers.archive(row=row):
        messages.success(
            request,
            f"Archivage fait{NNBSP}: «\u202f{row}\u202f» ne paraît plus dans les listes, "
            "sauf avec le filtre «\u202farchivés\u202f».",
        )
    return redirect(to)


def restore_and_return(request: HttpRequest, row: RegisterModel, to: str) -> HttpResponse:
    if registers.restore(row=row):
        messages.success(request, f"Désarchivage fait{NNBSP}: «\u202f{row}\u202f» est de nouveau dans les listes.")
    return redirect(to)


def delete_and_return(request: HttpRequest, row: RegisterModel, *, done: str, refused: str) -> HttpResponse:
    name = str(row)
    try:
        registers.delete(row=row)
    except registers.InUseError as error:
        messages.error(request, str(error))
        return redirect(refused)
    messages.success(request, f"Suppression faite{NNBSP}: «\u202f{name}\u202f».")
    return redirect(done)
