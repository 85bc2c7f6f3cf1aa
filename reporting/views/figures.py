"""The structure's figures for any perimeter and period: the four that it publishes, the rates, each breakdown."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from beneficiaries.enums import EducationLevel, EmploymentType, Modality, Sex
from beneficiaries.reference import criterion_label
from clauses.reference import qpv_name
from lib.dates import month_fr, parse_month
from lib.numbers import hours_fr, number_fr
from reporting.bilans.answer import people_answer, rates_figures
from reporting.bilans.document import NOT_KNOWN
from reporting.forms.bilan import PerimeterForm, default_choice
from reporting.indicators.document import breakdowns_document, hours_document, rates_document
from reporting.indicators.population import AGE_LABELS, Breakdowns, Counts
from reporting.indicators.source import compute_rates, compute_work
from reporting.selectors.years import years_of_structure
from reporting.tabs import home_tabs
from tenants.access import structure

TITLE = "Chiffres de la structure"
_GROUP_COLUMNS = [{"name": "Heures", "look": "validated"}, {"name": "Bénéficiaires", "look": ""}]


@structure("register.read")
def figures_page(request: HttpRequest) -> HttpResponse:
    """Who worked, and how much. The page shows the two below too, each read by a request of its own."""
    form = _choice(request)
    shown: dict[str, Any] = {}
    if form.is_valid():
        counts, by = compute_work(form.perimeter, form.cleaned_data["de"], form.cleaned_data["a"])
        shown = {
            "published": _published(counts, by),
            "people": people_answer(asdict(counts)),
            "charts": _charts(breakdowns_document(by), form.buyer_names),
        }
    return _answer(request, "reporting/figures.html", form, shown)


@structure("register.read")
def figures_rates(request: HttpRequest) -> HttpResponse:
    form = _choice(request)
    shown: dict[str, Any] = {}
    if form.is_valid():
        hours, rates = compute_rates(form.perimeter, form.cleaned_data["de"], form.cleaned_data["a"])
        shown = {"figures": rates_figures(hours_document(hours), rates_document(rates))}
    return _answer(request, "reporting/figures_rates.html", form, shown)


@structure("register.read")
def figures_years(request: HttpRequest) -> HttpResponse:
    context = {"title": TITLE, "tabs": home_tabs("figures"), "years": _years()}
    return render(request, "reporting/figures_years.html", context)


def _choice(request: HttpRequest) -> PerimeterForm:
    return PerimeterForm({**default_choice(), **request.GET.dict()})


def _answer(request: HttpRequest, template: str, form: PerimeterForm, shown: dict[str, Any]) -> HttpResponse:
    context = {"title": TITLE, "tabs": home_tabs("figures"), "form": form, "query": request.GET.urlencode(), **shown}
    return render(request, template, context, status=200 if form.is_valid() else 422)


def _published(counts: Counts, by: Breakdowns) -> list[dict[str, str]]:
    """The four figures of a structure's public page."""
    hours = sum(by.month.values(), Decimal(0))
    return [
        {"value": number_fr(counts.buyers), "label": "Donneurs d'ordre", "note": "avec des heures validées"},
        {"value": hours_fr(hours), "label": "Heures d'insertion validées", "note": ""},
        {"value": number_fr(counts.employment_contracts), "label": "Contrats de travail", "note": ""},
        {"value": number_fr(counts.beneficiaries), "label": "Bénéficiaires", "note": "sans double compte"},
    ]


def _years() -> dict[str, Any]:
    return {
        "columns": [
            {"name": "Heures", "look": "validated"},
            {"name": "Bénéficiaires", "look": ""},
            {"name": "Contrats", "look": ""},
        ],
        "rows": [
            {"label": str(year.year), "values": [year.hours, year.beneficiaries, year.contracts]}
            for year in years_of_structure()
        ],
    }


def _charts(by: Mapping[str, Mapping[str, Any]], buyers: Mapping[str, str]) -> list[dict[str, Any]]:
    tables: list[tuple[str, str, Callable[[str], str]]] = [
        ("sex", "Sexe", lambda key: Sex(key).label),
        ("age", "Âge à l'embauche", AGE_LABELS.__getitem__),
        ("education", "Niveau de formation", lambda key: EducationLevel(key).label),
        ("criterion", "Critère principal", criterion_label),
        ("qpv", "Quartier de résidence", lambda key: f"{key} {qpv_name(key)}".strip()),
        ("modality", "Modalité", lambda key: Modality(key).label),
        ("contract_type", "Type de contrat", lambda key: EmploymentType(key).label),
        ("buyer", "Donneur d'ordre", lambda key: buyers.get(key, key)),
    ]
    charts = [
        {
            "id": name,
            "title": title,
            "first": title,
            "lying": True,
            "columns": _GROUP_COLUMNS,
            "rows": _rows(by[name], label),
        }
        for name, title, label in tables
        if by[name]
    ]
    if by["month"]:
        charts.append(
            {
                "id": "month",
                "title": "Mois",
                "first": "Mois",
                "lying": False,
                "columns": [{"name": "Heures validées", "look": "validated"}],
                "rows": [
                    {"label": month_fr(parse_month(key)), "values": [value["hours"]]}
                    for key, value in sorted(by["month"].items())
                ],
            }
        )
    return charts


def _rows(groups: Mapping[str, Mapping[str, Any]], label: Callable[[str], str]) -> list[dict[str, Any]]:
    ordered = sorted(groups.items(), key=lambda item: (-item[1]["hours"], item[0]))
    return [
        {"label": NOT_KNOWN.get(key) or label(key), "values": [group["hours"], group["beneficiaries"]]}
        for key, group in ordered
    ]
