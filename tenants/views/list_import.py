"""Import of a list from a file, the same page for every register: send, see what it would do, confirm.

Between the two the rows travel in the page itself, signed: nothing is kept of a file that is not confirmed.
"""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from import_export.resources import ModelResource

from lib.numbers import NNBSP, number_fr
from lib.table_reading import SourceRow, cell_text, read_csv, read_xlsx
from lib.xlsx_guard import MEGABYTE, Limits, TableError
from tenants.services.list_import import MOST_ROWS, ImportPlan, apply_import, plan_import
from tenants.views.registers import Crumb

_SALT = "clauseo.list-import"
_CONFIRM_WITHIN = timedelta(hours=2)
_LIMITS = Limits(max_bytes=5 * MEGABYTE, max_rows=MOST_ROWS + 1_000)
_SHOWN = 100


class ListFileForm(forms.Form):
    file = forms.FileField(
        label="fichier",
        max_length=500,
        help_text=f"Excel (.xlsx) ou CSV, 5 Mo et {number_fr(MOST_ROWS)} lignes au plus. "
        "La première ligne donne les titres des colonnes.",
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide."},
    )

    def clean(self) -> dict[str, Any]:
        """Adds `rows`, those of the file."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if file := data.get("file"):
            try:
                content = file.read(_LIMITS.max_bytes + 1)
                read = read_xlsx if content.startswith(b"PK") else read_csv
                data["rows"] = read(content, limits=_LIMITS)
            except TableError as error:
                self.add_error("file", str(error))
        return data


def import_list(
    request: HttpRequest,
    resource: type[ModelResource],
    *,
    noun: str,
    plural: str,
    crumbs: list[Crumb],
    done: str,
) -> HttpResponse:
    """The view `noun_import`, marked ``structure("data.import", "GET", "POST")``. `done`: where it goes at the end."""
    context: dict[str, Any] = {
        "title": f"Importer des {plural}",
        "crumbs": [*crumbs, {"label": "Importer"}],
        "columns": [one.column_name for one in resource().get_import_fields() if not one.readonly],
        "noun": noun,
        "plural": plural,
        "list_url": done,
    }
    if request.method != "POST":
        return _page(request, context, ListFileForm())
    form, confirmed = ListFileForm(request.POST, request.FILES), "rows" in request.POST
    rows = _unpacked(request.POST["rows"]) if confirmed else _sent(form)
    if confirmed and rows is None:
        messages.error(request, "Cet essai a expiré. Envoyez de nouveau le fichier.")
        return redirect(request.path)
    if rows is None or (plan := _plan(resource, rows, form)) is None:
        return _page(request, context, form, status=422)
    if confirmed and plan.may_apply:
        apply_import(plan, resource())
        messages.success(request, f"Import fait{NNBSP}: {_summary(plan)}.")
        return redirect(done)
    return _page(request, context, ListFileForm(), plan, rows, status=422 if plan.faults else 200)


def _sent(form: ListFileForm) -> list[SourceRow] | None:
    """Those of the file, None when it cannot be read; the form says why."""
    rows: list[SourceRow] | None = form.cleaned_data.get("rows") if form.is_valid() else None
    return rows


def _plan(resource: type[ModelResource], rows: list[SourceRow], form: ListFileForm) -> ImportPlan | None:
    try:
        return plan_import(resource(), rows)
    except TableError as error:
        form.is_valid()
        form.add_error("file", str(error))
        return None


def _page(
    request: HttpRequest,
    context: dict[str, Any],
    form: ListFileForm,
    plan: ImportPlan | None = None,
    rows: list[SourceRow] | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = {
        **context,
        "form": form,
        "plan": plan,
        "faults": plan.faults[:_SHOWN] if plan else [],
        "changes": plan.changes[:_SHOWN] if plan else [],
        "summary": _summary(plan) if plan else "",
        "packed": _packed(rows) if plan and rows and plan.may_apply else "",
    }
    return render(request, "tenants/list_import.html", shown, status=status)


def _summary(plan: ImportPlan) -> str:
    return (
        f"{_count(plan.created, 'ligne ajoutée', 'lignes ajoutées')}, "
        f"{_count(plan.updated, 'modifiée', 'modifiées')}, {_count(plan.unchanged, 'inchangée', 'inchangées')}"
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number_fr(number)}{NNBSP}{many if number > 1 else one}"


def _packed(rows: list[SourceRow]) -> str:
    plain = [[row.line, [cell_text(cell) for cell in row.cells]] for row in rows]
    return signing.dumps(plain, salt=_SALT, compress=True)


def _unpacked(packed: str) -> list[SourceRow] | None:
    try:
        plain = signing.loads(packed, salt=_SALT, max_age=_CONFIRM_WITHIN)
    except signing.BadSignature:
        return None
    return [SourceRow(line, cells) for line, cells in plain]
