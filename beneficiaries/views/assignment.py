"""Assignments: a work contract at the service of a lot."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from beneficiaries.forms.work import AssignmentForm
from beneficiaries.models import Assignment, EmploymentContract
from beneficiaries.selectors.assignments import lead_holders
from beneficiaries.services import employments
from beneficiaries.views.employment import employment_crumbs, employment_url
from lib.dates import today_paris
from tenants.access import member_of, structure
from tenants.views import registers


@structure("person.write", "GET", "POST")
def assignment_create(request: HttpRequest, pk: int) -> HttpResponse:
    employment = get_object_or_404(EmploymentContract.objects.select_related("beneficiary"), pk=pk)
    form = AssignmentForm(
        request.POST or None, instance=Assignment(employment=employment), initial={"accepted_on": today_paris()}
    )
    if request.method == "POST" and form.is_valid():
        assignment = form.instance
        if assignment.holder_id is None and (lead := lead_holders([assignment.lot_id]).get(assignment.lot_id)):
            assignment.holder_id = lead[0]
        employments.assign(assignment=assignment, member_id=member_of(request))
        messages.success(
            request, f"Contrat affecté à «\u202f{assignment.lot}\u202f». Ses heures se saisissent chaque mois."
        )
        return redirect(employment_url(employment))
    return _show(request, form, employment, title="Affecter à un lot", submit="Affecter au lot")


@structure("person.write", "GET", "POST")
def assignment_edit(request: HttpRequest, pk: int) -> HttpResponse:
    assignment = get_object_or_404(Assignment.objects.select_related("employment__beneficiary", "lot__contract"), pk=pk)
    form = AssignmentForm(request.POST or None, instance=assignment)
    if request.method == "POST" and form.is_valid():
        try:
            employments.change_assignment(assignment=assignment, member_id=member_of(request))
        except employments.EmploymentError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Mise à l'emploi enregistrée sur «\u202f{assignment.lot}\u202f».")
            return redirect(employment_url(assignment.employment))
    title = f"Mise à l'emploi sur {assignment.lot}"
    return _show(request, form, assignment.employment, title=title, submit="Enregistrer la mise à l'emploi")


@structure("person.write", "POST")
def assignment_delete(request: HttpRequest, pk: int) -> HttpResponse:
    assignment = get_object_or_404(Assignment.objects.select_related("employment", "lot"), pk=pk)
    page, lot = employment_url(assignment.employment), str(assignment.lot)
    try:
        employments.remove_assignment(assignment=assignment)
    except employments.EmploymentError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Le contrat n'est plus affecté à «\u202f{lot}\u202f».")
    return redirect(page)


def _show(request: HttpRequest, form: AssignmentForm, employment: EmploymentContract, **page: Any) -> HttpResponse:
    return registers.render_form(
        request, form, cancel_url=employment_url(employment), crumbs=employment_crumbs(employment), **page
    )
