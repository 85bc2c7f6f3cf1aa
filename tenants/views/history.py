"""The history page of an object, the same in every app."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenants.selectors.history import Children, read_history

SHOWN = 50


class _PageForm(forms.Form):
    avant = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)


def render_history(
    request: HttpRequest,
    obj: Model,
    *,
    crumbs: list[dict[str, Any]],
    title: str,
    related: Iterable[Children] = (),
    template: str = "tenants/history_page.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """For the view `noun_history` of an app, marked ``structure("history.read")``.

    `related`: the rows that are part of the object, ``Children(LotHolder, "lot", lot)``. A template of the app's own
    (tabs, header) includes ``tenants/_history.html with changes=changes older_url=older_url only``.
    """
    form = _PageForm(request.GET)
    before = form.cleaned_data["avant"] if form.is_valid() else None
    may_read_people = request.area.may("person.read")  # type: ignore[attr-defined]
    history = read_history([obj], related=related, limit=SHOWN, before_id=before, may_read_people=may_read_people)
    shown = {
        "title": title,
        "crumbs": crumbs,
        "changes": history.changes,
        "older_url": f"?avant={history.next_id}" if history.next_id else "",
    }
    return render(request, template, {**(context or {}), **shown})
