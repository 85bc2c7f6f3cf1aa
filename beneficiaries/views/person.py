"""Register of people."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from beneficiaries.charts import contracts_over_time
from beneficiaries.enums import HORS_QPV, NON_CONNU
from beneficiaries.forms.person import PersonForm
from beneficiaries.forms.person_filter import PersonFilter
from beneficiaries.models import Beneficiary, Eligibility, EmploymentContract
from beneficiaries.resources import PersonResource
from beneficiaries.selectors.answers import person_answer
from beneficiaries.selectors.people import (
    contracts_of,
    eligibilities_without_criteria,
    hours_of,
    people_with_contracts,
    person_rows,
)
from beneficiaries.services.people import delete_person, save_person
from beneficiaries.tabs import person_tabs
from clauses.reference import qpv_name
from lib.dates import age_on, date_fr, today_paris
from lib.numbers import NNBSP
from tenants.access import structure
from tenants.listing import Chip, Column, Listing
from tenants.selectors.history import Children
from tenants.services.registers import InUseError
from tenants.views import registers
from tenants.views.history import render_history

MONTHS_ON_PAGE = 12

PEOPLE = Listing(
    noun="bénéficiaire",
    columns=[
        Column("Nom", "name", "sort_key"),
        Column("Né·e le", "birth", "birth_date", numeric=True),
        Column("Commune", "city"),
        Column("Quartier prioritaire", "qpv", "qpv_code"),
        Column("Contrat en cours"),
        Column("Éligibilité"),
    ],
    filters=PersonFilter,
    default_sort="name",
    resource=PersonResource,
)


def list_crumb() -> dict[str, str]:
    return {"label": "Bénéficiaires", "url": reverse("beneficiaries:beneficiary_list")}


def person_url(person: Beneficiary) -> str:
    return reverse("beneficiaries:beneficiary_page", args=[person.pk])


def person_crumbs(person: Beneficiary) -> list[dict[str, str]]:
    return [list_crumb(), {"label": str(person), "url": person_url(person)}]


@structure("person.read")
def beneficiary_list(request: HttpRequest) -> HttpResponse:
    chips = [
        Chip("En contrat", {"en_contrat": "oui"}),
        Chip("Éligibilité qui se termine", {"eligibilite": "ending"}),
        Chip("Éligibilité à vérifier", {"eligibilite": "missing"}),
        Chip("Habitants de QPV", {"qpv": "oui"}),
    ]
    context = {"title": "Bénéficiaires", "today": today_paris()}
    people, template = people_with_contracts(today_paris()), "beneficiaries/beneficiary_list.html"
    return PEOPLE.respond(request, people, template, context, chips=chips, present=person_rows)


@structure("person.read")
def beneficiary_page(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Beneficiary, pk=pk)
    today = today_paris()
    contracts = contracts_of(person)
    eligibilities = list(eligibilities_without_criteria().filter(beneficiary=person).select_related("verified_by"))
    context = {
        "title": str(person),
        "crumbs": [list_crumb(), {"label": str(person)}],
        "tabs": person_tabs(person, "page"),
        "person": person,
        "answer": person_answer(person, contracts, eligibilities, today),
        "facts": _facts(person),
        "eligibilities": eligibilities,
        "contracts": contracts,
        "over_time": contracts_over_time(contracts, today) if contracts else "",
        "months": hours_of(person, MONTHS_ON_PAGE),
        "today": today,
    }
    return render(request, "beneficiaries/beneficiary_page.html", context)


@structure("person.read")
def beneficiary_hours(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Beneficiary, pk=pk)
    context = {
        "title": str(person),
        "crumbs": [*person_crumbs(person), {"label": "Heures"}],
        "tabs": person_tabs(person, "hours"),
        "months": hours_of(person),
    }
    return render(request, "beneficiaries/beneficiary_hours.html", context)


@structure("person.write", "GET", "POST")
def beneficiary_create(request: HttpRequest) -> HttpResponse:
    return _edit(
        request,
        Beneficiary(),
        title="Nouveau bénéficiaire",
        submit="Ajouter la personne",
        cancel_url=reverse("beneficiaries:beneficiary_list"),
        crumbs=[list_crumb()],
    )


@structure("person.write", "GET", "POST")
def beneficiary_edit(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Beneficiary, pk=pk)
    if person.is_anonymised:
        messages.error(request, "Cette personne est anonymisée\u202f: sa fiche ne se modifie plus.")
        return redirect(person_url(person))
    return _edit(
        request,
        person,
        title="Modifier la fiche",
        submit="Enregistrer la fiche",
        cancel_url=person_url(person),
        crumbs=person_crumbs(person),
    )


def _edit(request: HttpRequest, person: Beneficiary, **page: Any) -> HttpResponse:
    form = PersonForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        is_new = person.pk is None
        save_person(person=person)
        if is_new:
            messages.success(request, f"Fiche ajoutée{NNBSP}: {person}. Vérifiez maintenant son éligibilité.")
        else:
            messages.success(request, f"Fiche enregistrée{NNBSP}: {person}.")
            _warn_of_frozen_ages(request, person)
        return redirect(person_url(person))
    return registers.render_form(
        request, form, template="beneficiaries/beneficiary_form.html", duplicates=form.duplicates, **page
    )


def _warn_of_frozen_ages(request: HttpRequest, person: Beneficiary) -> None:
    """A corrected birth date leaves what contracts froze: they are corrected one by one, with a reason."""
    assert person.birth_date is not None
    frozen = EmploymentContract.objects.filter(beneficiary=person, age_at_hire__isnull=False).order_by("pk")
    differing = [one for one in frozen if one.age_at_hire != age_on(person.birth_date, one.starts_on)]
    if differing:
        starts = ", ".join(date_fr(one.starts_on) for one in differing)
        messages.warning(
            request,
            f"L'âge figé à l'embauche ne correspond plus à la date de naissance (contrats du {starts}). "
            "Corrigez-le sur chaque contrat, avec un motif.",
        )


@structure("person.write", "POST")
def beneficiary_archive(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Beneficiary, pk=pk)
    return registers.archive_and_return(request, person, person_url(person))


@structure("person.write", "POST")
def beneficiary_restore(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Beneficiary, pk=pk)
    return registers.restore_and_return(request, person, person_url(person))


@structure("person.write", "POST")
def beneficiary_delete(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Beneficiary, pk=pk)
    name = str(person)
    try:
        delete_person(person=person)
    except InUseError as error:
        messages.error(request, str(error))
        return redirect(person_url(person))
    messages.success(request, f"Suppression faite{NNBSP}: «\u202f{name}\u202f».")
    return redirect("beneficiaries:beneficiary_list")


@structure("history.read")
def beneficiary_history(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Beneficiary, pk=pk)
    return render_history(
        request,
        person,
        title=str(person),
        crumbs=[*person_crumbs(person), {"label": "Journal"}],
        related=[Children(Eligibility, "beneficiary", person), Children(EmploymentContract, "beneficiary", person)],
        context={"tabs": person_tabs(person, "history")},
    )


def _facts(person: Beneficiary) -> list[dict[str, Any]]:
    born = f"{date_fr(person.birth_date)} ({age_on(person.birth_date, today_paris())} ans)" if person.birth_date else ""
    level = "" if person.education_level == NON_CONNU else person.get_education_level_display()
    return [
        {"label": "Date de naissance", "value": born},
        {"label": "Sexe", "value": person.get_sex_display()},
        {"label": "Commune", "value": f"{person.postcode} {person.city}".strip()},
        {"label": "Quartier prioritaire", "value": quarter(person)},
        {"label": "Niveau de formation", "value": level},
        {"label": "Téléphone", "value": person.phone},
        {"label": "Adresse électronique", "value": person.email},
        {"label": "Référence", "value": person.external_ref},
    ]


def quarter(person: Beneficiary) -> str:
    """« QN03101M Izards (QPV 2024), vérifié le 12/01/2026 »."""
    if person.qpv_code == HORS_QPV:
        shown = "n'habite pas un quartier prioritaire"
    elif not person.qpv_code:
        return ""
    else:
        generation = f" ({person.get_qpv_generation_display()})" if person.qpv_generation else ""
        shown = f"{person.qpv_code} {qpv_name(person.qpv_code)}".strip() + generation
    return f"{shown}, vérifié le {date_fr(person.qpv_checked_on)}" if person.qpv_checked_on else shown
