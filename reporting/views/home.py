"""Accueil: the day of a chargé de mission."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from clauses.enums import LotStatus
from clauses.selectors.progress import bar_of_progress
from lib.dates import month_key, month_name_fr, of_month_fr, today_paris
from lib.numbers import NNBSP, number_fr
from lib.svg import parts_bar
from reporting.selectors import home
from reporting.tabs import home_tabs
from tenants.access import structure

MOST_LOTS = 12
MOST_ENDINGS = 12
_MONTH_STATES = (
    ("validated", "validés", "validated", "validated"),
    ("received", "reçus, à valider", "", "declared"),
    ("silent", "non déclarés", "amber", "missing"),
    ("idle", "sans personne au travail", "", "idle"),
)


@structure("register.read")
def home_page(request: HttpRequest) -> HttpResponse:
    today = today_paris()
    tally, month = home.status_tally(), home.month_state(today)
    waiting, latest = home.lines_to_validate()
    lots = home.lots_in_need(MOST_LOTS)
    context = {
        "title": "Accueil",
        "tabs": home_tabs("home"),
        "answer": _answer(tally, month),
        "actions": _actions(tally, month, waiting, latest and month_key(latest)),
        "lots": [{"lot": lot, "bar": bar_of_progress(lot.progress)} for lot in lots],
        "month": {
            "of": of_month_fr(month.month),
            "key": month_key(month.month),
            "states": _states(month),
            "bar": _month_bar(month),
        },
        "endings": home.ending_soon(today, MOST_ENDINGS),
        "is_new": not tally,
    }
    return render(request, "reporting/home.html", context)


def _answer(tally: Any, month: home.MonthState) -> str:
    late = tally[LotStatus.EN_RETARD]
    lost = tally[LotStatus.COMPROMIS]
    parts = [
        _count(late, "lot en retard", "lots en retard"),
        _count(lost, "compromis", "compromis"),
        _count(month.silent_companies, "entreprise n'a pas déclaré", "entreprises n'ont pas déclaré")
        + f" {month_name_fr(month.month)}",
    ]
    return ", ".join(parts) + "."


def _actions(tally: Any, month: home.MonthState, waiting: int, latest: str | None) -> list[dict[str, str]]:
    """What waits for the person, each with the page where it is done."""
    grid, of = reverse("beneficiaries:hours_grid"), f"pour {month_name_fr(month.month)}"
    contracts = reverse("clauses:contract_list")
    found = [
        (waiting, "ligne d'heures à valider", "lignes d'heures à valider", f"{grid}?mois={latest}"),
        (
            month.silent,
            f"lot sans déclaration {of}",
            f"lots sans déclaration {of}",
            f"{grid}?mois={month_key(month.month)}",
        ),
        (tally[LotStatus.A_CALIBRER], "lot à calibrer", "lots à calibrer", f"{contracts}?status=a_calibrer"),
        (tally[LotStatus.COMPROMIS], "lot compromis", "lots compromis", f"{contracts}?status=compromis"),
        (tally[LotStatus.EN_RETARD], "lot en retard", "lots en retard", f"{contracts}?status=en_retard"),
    ]
    return [{"label": _count(count, one, many), "url": url} for count, one, many, url in found if count]


def _states(month: home.MonthState) -> list[dict[str, Any]]:
    return [
        {"label": f"Lots {label}", "count": getattr(month, name), "tone": tone, "name": name}
        for name, label, tone, _ in _MONTH_STATES
    ]


def _month_bar(month: home.MonthState) -> str:
    words = ", ".join(f"{number_fr(getattr(month, name))} {label}" for name, label, _, _ in _MONTH_STATES)
    parts = [(part, getattr(month, name)) for name, _, _, part in _MONTH_STATES]
    return parts_bar(parts, uid="month-bar", title=f"Lots{NNBSP}: {words}")


def _count(count: int, one: str, many: str) -> str:
    return f"{number_fr(count)} {one if count < 2 else many}"
