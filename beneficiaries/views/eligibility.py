"""Eligibility of a person, and the criteria behind a click that is logged."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from beneficiaries.forms.person import EligibilityForm
from beneficiaries.forms.work import ReasonForm
from beneficiaries.models import Beneficiary, Eligibility, EmploymentContract
from beneficiaries.reference import criterion_label
from beneficiaries.selectors.people import LATEST_FIRST, readings_of
from beneficiaries.services import people
from beneficiaries.views.person import person_crumbs, person_url
from lib.dates import today_paris
from lib.numbers import NNBSP
from tenants.access import member_of, structure
from tenants.services.read_log import log_read
from tenants.views import registers

CRITERIA = "critères"


@structure("person.write", get_writes=True)
def beneficiary_criteria(request: HttpRequest, pk: int) -> HttpResponse:
    """The criteria of every verification and of every contract: the reading is written down first."""
    person = get_object_or_404(Beneficiary, pk=pk)
    log_read(member_id=member_of(request), obj=person, part=CRITERIA)
    verified = Eligibility.objects.filter(beneficiary=person).select_related("verified_by", "document")
    contracts = EmploymentContract.objects.filter(beneficiary=person).select_related("employer")
    context = {
        "title": f"Critères d'éligibilité{NNBSP}: {person}",
        "crumbs": [*person_crumbs(person), {"label": "Critères d'éligibilité"}],
        "person": person,
        "eligibilities": [(one, _labels(one.criteria)) for one in verified.order_by(*LATEST_FIRST)],
        "contracts": [(one, _labels(one.criteria)) for one in contracts.order_by("-starts_on", "-pk")],
        "readings": readings_of(person, CRITERIA),
        "reason_form": ReasonForm(),
    }
    return render(request, "beneficiaries/beneficiary_criteria.html", context)


@structure("person.write", "GET", "POST")
def eligibility_create(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Beneficiary, pk=pk)
    form = EligibilityForm(request.POST or None, request.FILES or None, initial={"verified_on": today_paris()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        file = data["file"]
        people.add_eligibility(
            person=person,
            criteria=data["criteria"],
            proof_kind=data["proof_kind"],
            proof_date=data["proof_date"],
            valid_until=data["valid_until"],
            verified_on=data["verified_on"],
            verified_by_id=member_of(request),
            file=people.Proof(file, file.name) if file else None,
        )
        messages.success(request, f"Éligibilité de {person} enregistrée. Vous pouvez ajouter son contrat de travail.")
        return redirect(person_url(person))
    return registers.render_form(
        request,
        form,
        title="Vérifier l'éligibilité",
        submit="Enregistrer l'éligibilité",
        cancel_url=person_url(person),
        crumbs=person_crumbs(person),
        template="beneficiaries/eligibility_form.html",
    )


@structure("person.write", "POST")
def eligibility_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """For what was entered by mistake: with a reason, that the history keeps."""
    eligibility = get_object_or_404(Eligibility.objects.select_related("beneficiary", "document"), pk=pk)
    person = eligibility.beneficiary
    form = ReasonForm(request.POST)
    if form.is_valid():
        people.remove_eligibility(eligibility=eligibility, reason=form.cleaned_data["reason"])
        messages.success(request, "Éligibilité retirée. Les contrats gardent ce qu'ils ont figé.")
    else:
        messages.error(request, f"Rien n'a été retiré{NNBSP}: {' '.join(form.errors['reason'])}")
    return redirect(reverse("beneficiaries:beneficiary_page", args=[person.pk]))


def _labels(codes: list[str]) -> list[str]:
    return [criterion_label(code) for code in codes]
