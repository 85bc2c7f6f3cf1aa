"""Accueil: the day of a chargé de mission."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from beneficiaries.rules import month_to_declare
from clauses.enums import LotStatus
from clauses.selectors.contracts import lots_by_status
from clauses.selectors.progress import bar_of_progress
from lib.dates import month_fr, month_key, month_name_fr, of_month_fr, today_paris
from lib.numbers import NNBSP, number_fr
from lib.svg import parts_bar
from reporting.enums import Collected
from reporting.selectors import home
from reporting.selectors.month import MonthState, month_state
from reporting.tabs import home_tabs
from reporting.views.month import month_url
from tenants.access import structure

MOST_LOTS = 12
MOST_ENDINGS = 12
MOST_MONTHS = 3
# State, tone of its figure, part of the bar.
_MONTH_STATES = (
    (Collected.VALIDATED, "validated", "validated"),
    (Collected.RECEIVED, "", "declared"),
    (Collected.SILENT, "amber", "missing"),
    (Collected.IDLE, "", "idle"),
)


@structure("register.read")
def home_page(request: HttpRequest) -> HttpResponse:
    today = today_paris()
    tally, month = lots_by_status(), month_state(month_to_declare(today))
    lots = home.lots_in_need(MOST_LOTS)
    context = {
        "title": "Accueil",
        "tabs": home_tabs("home"),
        "answer": _answer(tally, month),
        "actions": _actions(tally, month, home.lines_to_validate()),
        "lots": [{"lot": lot, "bar": bar_of_progress(lot.progress)} for lot in lots],
        "month": {
            "of": of_month_fr(month.month),
            "states": _states(month),
            "bar": _month_bar(month),
        },
        "endings": home.ending_soon(today, MOST_ENDINGS),
        "is_new": not tally,
    }
    return render(request, "reporting/home.html", context)


def _answer(tally: Any, month: MonthState) -> str:
    late = tally[LotStatus.EN_RETARD]
    lost = tally[LotStatus.COMPROMIS]
    parts = [
        _count(late, "lot en retard", "lots en retard"),
        _count(lost, "compromis", "compromis"),
        _count(month.silent_companies, "entreprise n'a pas déclaré", "entreprises n'ont pas déclaré")
        + f" {month_name_fr(month.month)}",
    ]
    return ", ".join(parts) + "."


def _actions(tally: Any, month: MonthState, waiting: Sequence[tuple[date, int]]) -> list[dict[str, str]]:
    """What waits for the person, each with the page where it is done."""
    of, lots = f"pour {month_name_fr(month.month)}", reverse("clauses:lot_list")
    found = [
        *_to_validate(waiting),
        (
            month.count(Collected.SILENT),
            f"lot sans déclaration {of}",
            f"lots sans déclaration {of}",
            month_url(month.month, Collected.SILENT),
        ),
        (tally[LotStatus.A_CALIBRER], "lot à calibrer", "lots à calibrer", f"{lots}?status=a_calibrer"),
        (tally[LotStatus.COMPROMIS], "lot compromis", "lots compromis", f"{lots}?status=compromis"),
        (tally[LotStatus.EN_RETARD], "lot en retard", "lots en retard", f"{lots}?status=en_retard"),
    ]
    return [{"label": _count(count, one, many), "url": url} for count, one, many, url in found if count]


def _to_validate(waiting: Sequence[tuple[date, int]]) -> Iterator[tuple[int, str, str, str]]:
    """The lines of the latest months that have some, each month with its grid; the older ones with the oldest."""
    grid = reverse("beneficiaries:hours_grid")
    latest, older = waiting[:MOST_MONTHS], waiting[MOST_MONTHS:]
    groups = [(month, count, of_month_fr(month)) for month, count in latest]
    if older:
        total = sum(count for _, count in older)
        groups.append((older[-1][0], total, f"d'avant {month_fr(latest[-1][0])}"))
    for month, count, of in groups:
        url = f"{grid}?mois={month_key(month)}"
        yield count, f"ligne d'heures {of} à valider", f"lignes d'heures {of} à valider", url


def _states(month: MonthState) -> list[dict[str, Any]]:
    return [
        {
            "label": f"Lots {state.label}",
            "count": month.count(state),
            "tone": tone,
            "url": month_url(month.month, state),
        }
        for state, tone, _ in _MONTH_STATES
    ]


def _month_bar(month: MonthState) -> str:
    words = ", ".join(f"{number_fr(month.count(state))} {state.label}" for state, _, _ in _MONTH_STATES)
    parts = [(part, month.count(state)) for state, _, part in _MONTH_STATES]
    return parts_bar(parts, uid="month-bar", title=f"Lots{NNBSP}: {words}")


def _count(count: int, one: str, many: str) -> str:
    return f"{number_fr(count)} {one if count < 2 else many}"
