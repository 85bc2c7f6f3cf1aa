"""Twelve months of one lot, with the cells of the grid."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from beneficiaries.forms.hours import YearForm
from beneficiaries.selectors.assignments import working_between
from beneficiaries.selectors.hours_grid import Grid, LotRows, lines_between, year_grid
from beneficiaries.views.hours_form import Problem, change_states, save_typed, ticked
from clauses.models import Lot
from clauses.tabs import lot_tabs
from clauses.views.lot import lot_crumbs
from lib.bar_text import lot_sentence
from lib.dates import SHORT_MONTHS, iter_months, today_paris
from lib.numbers import NNBSP
from tenants.access import structure


@dataclass(frozen=True, slots=True)
class YearPage:
    lot: Lot
    year: int
    with_training: bool
    grid: Grid


@structure("hours.read", "GET", "POST")
def hours_lot_year(request: HttpRequest, pk: int) -> HttpResponse:
    shown = _read(request, pk)
    if request.method == "POST":
        if not request.area.may("hours.write"):  # type: ignore[attr-defined]
            raise PermissionDenied
        problems = save_typed(request, shown.grid)
        return _show(request, shown, problems) if problems else redirect(request.get_full_path())
    return _show(request, shown)


@structure("hours.validate", "POST")
def hours_lot_status(request: HttpRequest, pk: int) -> HttpResponse:
    shown = _read(request, pk)
    if refusal := change_states(request, shown.grid):
        messages.error(request, refusal)
        return _show(request, shown, status=422)
    return redirect(_url("beneficiaries:hours_lot_year", request, shown))


def _read(request: HttpRequest, pk: int) -> YearPage:
    lot = get_object_or_404(Lot.objects.select_related("contract__buyer"), pk=pk)
    form = YearForm(request.GET)
    if not form.is_valid():
        messages.warning(request, f"Année ignorée{NNBSP}: {' '.join(form.errors['annee'])}")
    today = today_paris()
    year = form.cleaned_data.get("annee") or _default_year(lot, today)
    first, last = date(year, 1, 1), date(year, 12, 31)
    working = working_between(first, last, lot_id=lot.pk)
    lines = lines_between(working, first, last)
    writable = request.area.may("hours.write")  # type: ignore[attr-defined]
    grid = year_grid(working, list(iter_months(first, last)), lines, today=today, writable=writable)
    with_training = request.GET.get("formation") == "oui"
    return YearPage(lot, year, with_training, grid if with_training else _without_empty_training(grid))


def _default_year(lot: Lot, today: date) -> int:
    return min(max(today.year, lot.first_day.year), lot.last_day.year)


def _without_empty_training(grid: Grid) -> Grid:
    """Most people have hours worked only: their row of training shows when it is asked for."""
    return replace(grid, lots=[replace(lot, rows=[row for row in lot.rows if row.is_shown]) for lot in grid.lots])


def _show(
    request: HttpRequest, shown: YearPage, problems: Sequence[Problem] = (), *, status: int = 200
) -> HttpResponse:
    lot, year = shown.lot, shown.year
    rows: LotRows | None = shown.grid.lots[0] if shown.grid.lots else None
    context = {
        "title": str(lot),
        "crumbs": [*lot_crumbs(lot), {"label": "Heures"}],
        "tabs": lot_tabs(lot, "hours"),
        "lot": lot,
        "year": year,
        "before": year - 1,
        "after": year + 1,
        "rows": rows,
        "sentence": lot_sentence(rows.figures, today_paris()) if rows else "",
        "grid": shown.grid,
        "months": [(column.month_key, SHORT_MONTHS[column.month.month - 1]) for column in shown.grid.columns],
        "with_training": shown.with_training,
        "problems": problems,
        "here": _url("beneficiaries:hours_lot_year", request, shown),
        "status_url": _url("beneficiaries:hours_lot_status", request, shown),
        "ticked": ticked(request),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "beneficiaries/hours_lot_year.html", context, status=422 if problems else status)


def _url(route: str, request: HttpRequest, shown: YearPage) -> str:
    training = "&formation=oui" if shown.with_training else ""
    return f"{reverse(route, args=[shown.lot.pk])}?annee={shown.year}{training}"
