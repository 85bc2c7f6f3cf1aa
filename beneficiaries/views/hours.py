"""The grid of hours of a month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from beneficiaries.enums import HourStatus
from beneficiaries.forms.hours import CellForm, GridFilter, MonthForm
from beneficiaries.models import Assignment, HourEntry
from beneficiaries.rules import month_to_declare
from beneficiaries.selectors.assignments import Working, working_between
from beneficiaries.selectors.hours_grid import Grid, Place, current_due, lines_between, lot_sums, month_grid
from beneficiaries.services.carry_over import CarriedOver, carry_over
from beneficiaries.services.hours import CellResult, Conflict, Refused, save_cell
from beneficiaries.views.hours_form import Problem, change_states, save_typed, ticked
from lib.dates import PARIS, add_months, last_day, month_fr, month_key, of_month_fr, today_paris
from lib.numbers import NNBSP, hours_fr, number_fr
from tenants.access import member_of, structure

ROWS = 200


@dataclass(frozen=True, slots=True)
class MonthPage:
    """A month narrowed by the filters of the query string. `working`: all its rows; `page`: those shown."""

    month: date
    filters: GridFilter
    working: Sequence[Working]
    lines: Mapping[Place, HourEntry]
    page: Page
    grid: Grid


@structure("hours.read", "GET", "POST")
def hours_grid(request: HttpRequest) -> HttpResponse:
    shown = read_page(request)
    if request.method == "POST":
        if not request.area.may("hours.write"):  # type: ignore[attr-defined]
            raise PermissionDenied
        problems = save_typed(request, shown.grid)
        return show_page(request, shown, problems) if problems else redirect(request.get_full_path())
    return show_page(request, shown)


@structure("hours.validate", "POST")
def hours_status(request: HttpRequest) -> HttpResponse:
    shown = read_page(request)
    if refusal := change_states(request, shown.grid):
        messages.error(request, refusal)
        return show_page(request, shown, status=422)
    return redirect(page_url(request))


@structure("hours.write", "POST")
def hours_carry_over(request: HttpRequest) -> HttpResponse:
    """Brings rows of the month before, those of the filters alone, and no hours."""
    month = _month(request)
    before = add_months(month, -1)
    rows = _filters(request, working_between(before, last_day(before))).narrow()
    _say_carried(request, month, carry_over(month=month, assignment_ids=[one.id for one in rows]))
    return redirect(page_url(request))


@structure("hours.write", "POST")
def hours_cell(request: HttpRequest) -> HttpResponse:
    """One cell, for static/js/hours_grid.js, whose header gives the answers."""
    form = CellForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"error": next(iter(form.errors.values()))[0]}, status=422)
    data = form.cleaned_data
    lot_id = Assignment.objects.filter(pk=data["assignment"]).values_list("lot_id", flat=True).first()
    if lot_id is None:
        raise Http404
    result = save_cell(
        assignment_id=data["assignment"],
        month=data["month"],
        kind=data["kind"],
        hours=data["hours"],
        version=data["version"],
        member_id=member_of(request),
    )
    return _cell_answer(result, lot_id)


def read_page(request: HttpRequest) -> MonthPage:
    month = _month(request)
    filters = _filters(request, working_between(month, last_day(month)))
    working = filters.narrow()
    lines = lines_between(working, month, month)
    page = Paginator(working, ROWS).get_page(request.GET.get("page"))
    writable = request.area.may("hours.write")  # type: ignore[attr-defined]
    grid = month_grid(list(page.object_list), month, lines, today=today_paris(), writable=writable)
    return MonthPage(month, filters, working, lines, page, grid)


def show_page(
    request: HttpRequest, shown: MonthPage, problems: Sequence[Problem] = (), *, status: int = 200
) -> HttpResponse:
    month = shown.month
    context = {
        "title": "Saisie des heures",
        "month": month,
        "month_value": month_key(month),
        "before": month_key(add_months(month, -1)),
        "after": month_key(add_months(month, 1)),
        "filters": shown.filters,
        "page": shown.page,
        "grid": shown.grid,
        "answer": _answer(shown),
        "problems": problems,
        "label": f"Heures {of_month_fr(month)}",
        "here": page_url(request),
        "status_url": reverse("beneficiaries:hours_status") + _query(request),
        "ticked": ticked(request),
        "reason": request.POST.get("reason", ""),
        "query": _query(request),
    }
    return render(request, "beneficiaries/hours_grid.html", context, status=422 if problems else status)


def page_url(request: HttpRequest) -> str:
    """The month's page with the filters that this address carries."""
    return reverse("beneficiaries:hours_grid") + _query(request)


def _query(request: HttpRequest) -> str:
    query = request.GET.urlencode()
    return f"?{query}" if query else ""


def _month(request: HttpRequest) -> date:
    form = MonthForm(request.GET)
    if not form.is_valid():
        messages.warning(request, f"Mois ignoré{NNBSP}: {' '.join(form.errors['mois'])}")
    return form.cleaned_data.get("mois") or month_to_declare(today_paris())


def _filters(request: HttpRequest, working: Sequence[Working]) -> GridFilter:
    form = GridFilter(request.GET, working)
    for name in form.errors:
        messages.warning(
            request, f"Filtre ignoré{NNBSP}: {form.fields[name].label}. Il ne désigne rien de la structure."
        )
    return form


def _answer(shown: MonthPage) -> str:
    """« Octobre 2026 : 4 512,5 h saisies pour 38 contrats, dont 3 900 h validées. Rien n'est saisi… »"""
    name = month_fr(shown.month).capitalize()
    if not shown.working:
        return f"{name}{NNBSP}: personne n'est au travail sur ces marchés."
    lines = [line for line in shown.lines.values() if line.status != HourStatus.REFUSED]
    contracts = {one.employment_id for one in shown.working}
    entered = sum((line.hours for line in lines), Decimal(0))
    validated = sum((line.hours for line in lines if line.status == HourStatus.VALIDATED), Decimal(0))
    missing = len(contracts - {line.employment_id for line in shown.lines.values()})
    plural = "s" if len(contracts) > 1 else ""
    if not shown.lines:
        return f"{name}{NNBSP}: rien n'est encore saisi pour {number_fr(len(contracts))} contrat{plural}."
    first = f"{name}{NNBSP}: {hours_fr(entered)} saisies pour {number_fr(len(contracts))} contrat{plural}"
    first += f", dont {hours_fr(validated)} validées." if entered else "."
    if not missing:
        return first
    return f"{first} Rien n'est encore saisi pour {number_fr(missing)} contrat{'s' if missing > 1 else ''}."


def _say_carried(request: HttpRequest, month: date, carried: CarriedOver) -> None:
    before, now = of_month_fr(add_months(month, -1)), month_fr(month)
    if carried.reopened:
        count = "Un contrat" if carried.reopened == 1 else f"{number_fr(carried.reopened)} contrats"
        many = carried.reopened > 1
        messages.success(
            request,
            f"{count} {before} repris{NNBSP}: {'leurs lignes sont ouvertes' if many else 'sa ligne est ouverte'} "
            f"en {now}, sans heures.",
        )
    elif carried.present:
        messages.info(request, f"Les contrats {before} qui courent encore sont déjà là.")
    else:
        messages.info(request, f"Aucun contrat {before} avec des heures ne court encore.")
    if carried.lot_ended:
        count = "Un contrat n'est" if carried.lot_ended == 1 else f"{number_fr(carried.lot_ended)} contrats ne sont"
        messages.warning(request, f"{count} pas repris{NNBSP}: l'exécution du lot est terminée.")


def _cell_answer(result: CellResult, lot_id: int) -> JsonResponse:
    if isinstance(result, Refused):
        return JsonResponse({"error": result.error}, status=422)
    if isinstance(result, Conflict):
        return JsonResponse(
            {
                "version": result.version or "",
                "yours": _plain(result.cell.hours),
                "theirs": _plain(result.theirs),
                "status": result.status,
                "by": result.by,
                "at": f"{result.at.astimezone(PARIS):%H:%M}" if result.at else "",
            },
            status=409,
        )
    sums = lot_sums([lot_id])[lot_id]
    groups = {
        "due": _plain(current_due(lot_id)),
        "total": _plain(sums.declared),
        "validated": _plain(sums.validated),
    }
    answer: dict[str, Any] = {
        "version": result.version or "",
        "hours": _plain(result.cell.hours),
        "status": result.status,
        "groups": {str(lot_id): groups},
        "warning": result.warning,
    }
    return JsonResponse(answer)


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value:.2f}"
