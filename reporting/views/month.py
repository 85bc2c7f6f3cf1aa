"""The lots of a month by what came in for it: who has declared, who has not, what waits for a validation."""

from datetime import date
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from beneficiaries.forms.hours import FIRST_YEAR, LAST_YEAR
from lib.dates import add_months, month_fr, month_key, of_month_fr
from lib.numbers import NNBSP, number_fr
from reporting.enums import Collected
from reporting.forms.month import MonthLotFilter
from reporting.resources import MonthLotResource
from reporting.selectors.month import MonthState, lots_collected, month_state, shown_of_month, with_month
from tenants.access import structure
from tenants.listing import Chip, Column, Listing, text

MONTH_LOTS = Listing(
    noun="lot",
    columns=[
        Column("Lot", "title", text("title")),
        Column("Déclarées (h)", "declarees", "declared", numeric=True),
        Column("Validées (h)", "validees", "validated", numeric=True),
        Column("Dernier mois déclaré", "dernier", "last_month"),
        Column("Titulaire", "titulaire", text("lead")),
        Column("Marché", "marche", text("contract__title")),
    ],
    filters=MonthLotFilter,
    # The companies to call, one after the other.
    default_sort="titulaire",
    resource=MonthLotResource,
)


@structure("register.read")
def month_lots(request: HttpRequest, month: date, collected: str) -> HttpResponse:
    if not FIRST_YEAR <= month.year <= LAST_YEAR:
        raise Http404
    state = month_state(month)
    context = {
        "title": f"Lots {of_month_fr(month)}",
        "crumbs": [{"label": "Accueil", "url": reverse("reporting:home")}, {"label": f"Lots {of_month_fr(month)}"}],
        "answer": _answer(state),
        "month": month_key(month),
        "tabs": _tabs(state, collected),
        "before": month_url(add_months(month, -1), collected),
        "after": month_url(add_months(month, 1), collected),
    }
    return MONTH_LOTS.respond(
        request,
        lots_collected(state, collected),
        "reporting/month_lots.html",
        context,
        chips=[Chip("Mes marchés", {"mine": "oui"})],
        annotate=partial(with_month, month=month),
        narrow=shown_of_month,
    )


def month_url(month: date, collected: str) -> str:
    return reverse("reporting:month_lots", args=[month, collected])


def _tabs(state: MonthState, shown: str) -> list[dict[str, Any]]:
    return [
        {
            "label": one.label.capitalize(),
            "url": month_url(state.month, one),
            "count": state.count(one),
            "active": one == shown,
        }
        for one in Collected
    ]


def _answer(state: MonthState) -> str:
    """« Octobre 2026 : 38 lots non déclarés, de 21 entreprises ; 12 à valider ; 140 validés. »"""
    silent, received, validated = (
        state.count(one) for one in (Collected.SILENT, Collected.RECEIVED, Collected.VALIDATED)
    )
    companies = f"{number_fr(state.silent_companies)} entreprise{'s' if state.silent_companies > 1 else ''}"
    parts = [
        f"{number_fr(silent)} lot{_s(silent)} non déclaré{_s(silent)}{f', de {companies}' if silent else ''}",
        f"{number_fr(received)} à valider",
        f"{number_fr(validated)} validé{_s(validated)}",
    ]
    return f"{month_fr(state.month).capitalize()}{NNBSP}: {f'{NNBSP}; '.join(parts)}."


def _s(count: int) -> str:
    return "s" if count > 1 else ""
