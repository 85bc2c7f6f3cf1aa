"""A lot's answer: its bar, its sentence, its months, who works there, what is missing."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from clauses.enums import LotStatus
from clauses.models import Lot
from clauses.selectors.progress import answer_of_lot
from clauses.tabs import lot_tabs
from lib.dates import month_fr, month_key, month_name_fr, today_paris
from reporting.selectors.lot_progress import LotMonthRow, at_work_on, missing_months, months_of_lot
from tenants.access import structure

_COLUMNS = [
    {"name": "Validées", "look": "validated"},
    {"name": "Déclarées, à valider", "look": "declared"},
    {"name": "Validées, cumul", "look": "cumulative"},
    {"name": "Attendues, cumul", "look": "expected"},
]


@structure("register.read")
def lot_progress(request: HttpRequest, pk: int) -> HttpResponse:
    lot = get_object_or_404(Lot.objects.select_related("contract__buyer", "progress"), pk=pk)
    contract = lot.contract
    today = today_paris()
    context: dict[str, Any] = {
        "title": str(lot),
        "lot": lot,
        "crumbs": [
            {"label": "Marchés", "url": reverse("clauses:contract_list")},
            {"label": contract.title, "url": reverse("clauses:contract_page", args=[contract.pk])},
            {"label": str(lot)},
        ],
        "tabs": lot_tabs(lot, "progress"),
        "people": at_work_on(lot, today),
    }
    progress = getattr(lot, "progress", None)
    if progress is not None:
        months = list(lot.months.order_by("month", "kind"))
        due = None if progress.status == LotStatus.A_CALIBRER else progress.due
        rows = months_of_lot(lot, due, months, progress.reference_date)
        context |= {
            "progress": progress,
            "answer": answer_of_lot(lot, progress, months, today),
            "chart": {"columns": _COLUMNS, "rows": [_chart_row(row) for row in rows]},
            "missing": _by_year(missing_months(rows, lot, progress.reference_date)),
        }
    return render(request, "reporting/lot_progress.html", context)


def _by_year(months: list[date]) -> list[dict[str, Any]]:
    """The latest year first: what can still be asked for."""
    years: dict[int, list[dict[str, str]]] = {}
    for month in months:
        years.setdefault(month.year, []).append({"label": month_name_fr(month), "key": month_key(month)})
    return [{"year": year, "months": years[year]} for year in sorted(years, reverse=True)]


def _chart_row(row: LotMonthRow) -> dict[str, Any]:
    declared = None if row.declared is None else row.declared - (row.validated or 0)
    return {"label": month_fr(row.month), "values": [row.validated, declared, row.cumulative, row.expected]}
