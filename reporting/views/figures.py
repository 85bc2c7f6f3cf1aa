"""The structure's figures for any perimeter and period: the four that it publishes, the rates, each breakdown."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from beneficiaries.enums import EducationLevel, EmploymentType, Modality, Sex
from beneficiaries.reference import criterion_label
from clauses.reference import qpv_name
from lib.dates import month_fr, parse_month
from lib.numbers import hours_fr, number_fr
from reporting.bilans.document import NOT_KNOWN, live_figures
from reporting.forms.bilan import PerimeterForm, default_choice
from reporting.indicators.document import as_document
from reporting.indicators.source import compute_indicators
from reporting.selectors.years import years_of_structure
from reporting.tabs import home_tabs
from tenants.access import structure

_GROUP_COLUMNS = [{"name": "Heures", "look": "validated"}, {"name": "Bénéficiaires", "look": ""}]


@structure("register.read")
def figures_page(request: HttpRequest) -> HttpResponse:
    form = PerimeterForm({**default_choice(), **request.GET.dict()})
    valid = form.is_valid()
    context: dict[str, Any] = {
        "title": "Chiffres de la structure",
        "tabs": home_tabs("figures"),
        "form": form,
        "years": _years(),
    }
    if valid:
        cleaned = form.cleaned_data
        indicators = as_document(compute_indicators(form.perimeter, cleaned["de"], cleaned["a"]))
        context |= {
            "figures": live_figures(indicators),
            "published": _published(indicators),
            "charts": _charts(indicators["by"], form.buyer_names),
        }
    return render(request, "reporting/figures.html", context, status=200 if valid else 422)


def _published(indicators: Mapping[str, Any]) -> list[dict[str, str]]:
    """The four figures of a structure's public page."""
    counts, hours = indicators["counts"], indicators["hours"]
    return [
        {"value": number_fr(counts["buyers"]), "label": "Donneurs d'ordre", "note": "avec des heures validées"},
        {"value": hours_fr(hours["validated"]), "label": "Heures d'insertion validées", "note": ""},
        {"value": number_fr(counts["employment_contracts"]), "label": "Contrats de travail", "note": ""},
        {"value": number_fr(counts["beneficiaries"]), "label": "Bénéficiaires", "note": "sans double compte"},
    ]


def _years() -> dict[str, Any] | None:
    years = years_of_structure()
    if not years:
        return None
    return {
        "columns": [
            {"name": "Heures", "look": "validated"},
            {"name": "Bénéficiaires", "look": ""},
            {"name": "Contrats", "look": ""},
        ],
        "rows": [
            {"label": str(year.year), "values": [year.hours, Decimal(year.beneficiaries), Decimal(year.contracts)]}
            for year in years
        ],
    }


def _charts(by: Mapping[str, Mapping[str, Any]], buyers: Mapping[str, str]) -> list[dict[str, Any]]:
    tables: list[tuple[str, str, Callable[[str], str]]] = [
        ("sex", "Sexe", lambda key: Sex(key).label),
        ("age", "Âge à l'embauche", lambda key: f"{key} ans"),
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
        {"label": NOT_KNOWN.get(key) or label(key), "values": [group["hours"], Decimal(group["beneficiaries"])]}
        for key, group in ordered
    ]
