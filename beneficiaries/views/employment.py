"""Register of work contracts: hire, change, prolong, end."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst

from beneficiaries.enums import EducationLevel
from beneficiaries.forms.work import ChangeForm, EndForm, HireForLotForm, HireForm
from beneficiaries.forms.work_filter import EmploymentFilter
from beneficiaries.models import Assignment, Beneficiary, EmploymentContract
from beneficiaries.reference import rome_label
from beneficiaries.resources import EmploymentResource
from beneficiaries.selectors.assignments import lead_holders
from beneficiaries.selectors.employments import (
    assignments_of,
    employment_rows,
    employment_with_all,
    employments_listed,
    lines_of_employment,
)
from beneficiaries.selectors.people import contract_end
from beneficiaries.services import employments
from beneficiaries.tabs import employment_tabs
from beneficiaries.views.person import list_crumb, person_crumbs, person_url
from clauses.models import Lot
from clauses.reference import qpv_name
from clauses.views.lot import lot_crumbs
from contractors.models import Company
from lib.bar_text import SEPARATOR
from lib.dates import date_fr, today_paris
from lib.numbers import NNBSP, hours_fr
from tenants.access import member_of, structure
from tenants.listing import Chip, Column, Listing
from tenants.selectors.history import Children
from tenants.views import registers
from tenants.views.history import render_history

EMPLOYMENTS = Listing(
    noun="contrat de travail",
    plural="contrats de travail",
    columns=[
        Column("Personne", "person", "beneficiary__sort_key"),
        Column("Employeur", "employer", "employer__name"),
        Column("Type", "type"),
        Column("Embauche", "start", "starts_on", numeric=True),
        Column("Fin", "end", "ends_on", numeric=True),
        Column("Lots"),
    ],
    filters=EmploymentFilter,
    default_sort="-start",
    resource=EmploymentResource,
)


def employment_url(employment: EmploymentContract) -> str:
    return reverse("beneficiaries:employment_page", args=[employment.pk])


def employment_crumbs(employment: EmploymentContract) -> list[dict[str, str]]:
    return [*person_crumbs(employment.beneficiary), {"label": str(employment), "url": employment_url(employment)}]


@structure("person.read")
def employment_list(request: HttpRequest) -> HttpResponse:
    chips = [
        Chip("En cours", {"etat": "en_cours"}),
        Chip("Se terminent bientôt", {"etat": "fin_proche"}),
        Chip("Sans lot", {"affectation": "non"}),
    ]
    context = {"title": "Contrats de travail", "crumbs": [list_crumb(), {"label": "Contrats de travail"}]}
    template = "beneficiaries/employment_list.html"
    return EMPLOYMENTS.respond(request, employments_listed(), template, context, chips=chips, present=employment_rows)


@structure("person.read")
def employment_page(request: HttpRequest, pk: int) -> HttpResponse:
    employment = get_object_or_404(employment_with_all(pk))
    person, rows = employment.beneficiary, assignments_of(employment)
    context = {
        "title": capfirst(f"{employment}{SEPARATOR}{person}"),
        "crumbs": [*person_crumbs(person), {"label": str(employment)}],
        "tabs": employment_tabs(employment, "page"),
        "employment": employment,
        "answer": _answer(employment, rows),
        "person": person,
        "facts": _facts(employment),
        "frozen": _frozen(employment),
        "assignments": rows,
        "lines": lines_of_employment(employment),
        "end_form": EndForm(initial={"ends_on": employment.ends_on or today_paris()}),
    }
    return render(request, "beneficiaries/employment_page.html", context)


@structure("person.write", "GET", "POST")
def employment_create(request: HttpRequest, pk: int) -> HttpResponse:
    """From a person."""
    person = get_object_or_404(Beneficiary, pk=pk)
    if person.is_anonymised:
        messages.error(request, f"{person} ne peut plus être embauché·e{NNBSP}: la fiche est anonymisée.")
        return redirect(person_url(person))
    form = HireForm(request.POST or None, instance=EmploymentContract(beneficiary=person), initial=_last_terms(person))
    if request.method == "POST" and form.is_valid():
        return _hire(request, form.instance, form.cleaned_data["lot"])
    return registers.render_form(
        request,
        form,
        title="Nouveau contrat de travail",
        submit="Ajouter le contrat",
        cancel_url=person_url(person),
        crumbs=person_crumbs(person),
    )


@structure("person.write", "GET", "POST")
def employment_create_for_lot(request: HttpRequest, pk: int) -> HttpResponse:
    """From a lot: its lead is the employer or the user company until one says otherwise."""
    lot = get_object_or_404(Lot.objects.select_related("contract__buyer"), pk=pk)
    form = HireForLotForm(request.POST or None, instance=EmploymentContract(), initial=_lead_terms(lot), lot=lot)
    if request.method == "POST" and form.is_valid():
        form.instance.beneficiary = form.cleaned_data["beneficiary"]
        return _hire(request, form.instance, lot)
    return registers.render_form(
        request,
        form,
        title="Nouveau contrat de travail sur le lot",
        submit="Ajouter le contrat",
        cancel_url=reverse("beneficiaries:hours_lot_year", args=[lot.pk]),
        crumbs=lot_crumbs(lot),
    )


def _answer(employment: EmploymentContract, rows: list[Any]) -> str:
    """Hours so far and until when it runs."""
    if not rows:
        return "Ce contrat n'est affecté à aucun lot."
    declared, validated = (sum((getattr(row, sort) for row in rows), Decimal(0)) for sort in ("declared", "validated"))
    lots = f"sur {len(rows)}{NNBSP}lot{'s' if len(rows) > 1 else ''}"
    hours = f"{hours_fr(declared)} {lots}, dont {hours_fr(validated)} validées" if declared else f"Aucune heure {lots}"
    return f"{hours}{NNBSP}; contrat {contract_end(employment)}."


def _last_terms(person: Beneficiary) -> dict[str, Any]:
    last = EmploymentContract.objects.filter(beneficiary=person).order_by("-starts_on", "-pk").first()
    if last is None:
        return {}
    return {
        "employer": last.employer_id,
        "user_company": last.user_company_id,
        "modality": last.modality,
        "type": last.type,
        "weekly_hours": last.weekly_hours,
        "rome_code": last.rome_code,
    }


def _lead_terms(lot: Lot) -> dict[str, Any]:
    lead = lead_holders([lot.pk]).get(lot.pk)
    return {"employer": lead[0], "starts_on": max(lot.first_day, today_paris())} if lead else {}


def _hire(request: HttpRequest, employment: EmploymentContract, lot: Lot | None) -> HttpResponse:
    lead = lead_holders([lot.pk]).get(lot.pk) if lot else None
    holder = Company.objects.get(pk=lead[0]) if lead else None
    warnings = employments.hire(employment=employment, lot=lot, holder=holder, member_id=member_of(request))
    person = employment.beneficiary
    if lot:
        messages.success(
            request, f"{person} est à l'emploi sur «\u202f{lot}\u202f». Ses heures se saisissent chaque mois."
        )
    else:
        messages.success(request, f"Contrat de {person} ajouté. Affectez-le à un lot pour saisir ses heures.")
    for warning in warnings:
        messages.warning(request, warning)
    return redirect(employment_url(employment))


@structure("person.write", "GET", "POST")
def employment_edit(request: HttpRequest, pk: int) -> HttpResponse:
    employment = get_object_or_404(EmploymentContract.objects.select_related("beneficiary"), pk=pk)
    form = ChangeForm(request.POST or None, instance=employment)
    if request.method == "POST" and form.is_valid():
        try:
            employments.change_employment(employment=employment, reason=form.cleaned_data["reason"])
        except employments.EmploymentError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Contrat enregistré{NNBSP}: {employment}.")
            return redirect(employment_url(employment))
    return registers.render_form(
        request,
        form,
        title="Modifier le contrat",
        submit="Enregistrer le contrat",
        cancel_url=employment_url(employment),
        crumbs=employment_crumbs(employment),
    )


@structure("person.write", "POST")
def employment_prolong(request: HttpRequest, pk: int) -> HttpResponse:
    return _new_end(request, pk, employments.prolong_employment, "Contrat prolongé jusqu'au")


@structure("person.write", "POST")
def employment_end(request: HttpRequest, pk: int) -> HttpResponse:
    return _new_end(request, pk, employments.end_employment, "Contrat terminé le")


def _new_end(request: HttpRequest, pk: int, change: Any, done: str) -> HttpResponse:
    employment = get_object_or_404(EmploymentContract, pk=pk)
    form = EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"Rien n'a changé{NNBSP}: {' '.join(form.errors['ends_on'])}")
        return redirect(employment_url(employment))
    ends_on = form.cleaned_data["ends_on"]
    try:
        change(employment=employment, ends_on=ends_on)
    except employments.EmploymentError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{done} {date_fr(ends_on)}.")
    return redirect(employment_url(employment))


@structure("person.write", "POST")
def employment_delete(request: HttpRequest, pk: int) -> HttpResponse:
    employment = get_object_or_404(EmploymentContract.objects.select_related("beneficiary"), pk=pk)
    page, person = employment_url(employment), employment.beneficiary
    try:
        employments.delete_employment(employment=employment)
    except employments.EmploymentError as error:
        messages.error(request, str(error))
        return redirect(page)
    messages.success(request, f"Contrat de {person} supprimé.")
    return redirect(person_url(person))


@structure("history.read")
def employment_history(request: HttpRequest, pk: int) -> HttpResponse:
    employment = get_object_or_404(employment_with_all(pk))
    return render_history(
        request,
        employment,
        title=capfirst(f"{employment} · {employment.beneficiary}"),
        crumbs=[*employment_crumbs(employment), {"label": "Journal"}],
        related=[Children(Assignment, "employment", employment)],
        context={"tabs": employment_tabs(employment, "history")},
    )


def _facts(employment: EmploymentContract) -> list[dict[str, Any]]:
    weekly = f"{hours_fr(employment.weekly_hours)} par semaine" if employment.weekly_hours is not None else ""
    user = employment.user_company
    return [
        {"label": "Personne", "value": str(employment.beneficiary), "url": person_url(employment.beneficiary)},
        {"label": "Employeur", "value": employment.employer.name, "url": _company_url(employment.employer_id)},
        {
            "label": "Entreprise utilisatrice",
            "value": user.name if user else "",
            "url": _company_url(user.pk) if user else "",
        },
        {"label": "Modalité", "value": employment.get_modality_display()},
        {"label": "Type", "value": employment.get_type_display()},
        {"label": "Embauche", "value": date_fr(employment.starts_on)},
        {"label": "Fin", "value": date_fr(employment.ends_on) if employment.ends_on else "sans date de fin"},
        {"label": "Temps de travail", "value": weekly},
        {"label": "Métier", "value": rome_label(employment.rome_code) if employment.rome_code else ""},
    ]


def _company_url(pk: int) -> str:
    return reverse("contractors:company_page", args=[pk])


def _frozen(employment: EmploymentContract) -> list[dict[str, Any]]:
    """All but the criteria, which show behind a click that is logged."""
    level = dict(EducationLevel.choices).get(employment.education_level)
    code = employment.qpv_code
    generation = f" ({employment.get_qpv_generation_display()})" if employment.qpv_generation else ""
    age = employment.age_at_hire
    return [
        {"label": "Âge", "value": f"{age} ans" if age is not None else "non connu"},
        {"label": "Niveau de formation", "value": level or employment.education_level or "non connu"},
        {
            "label": "Quartier prioritaire",
            "value": f"{code} {qpv_name(code)}".strip() + generation if code else "hors quartier prioritaire",
        },
    ]
