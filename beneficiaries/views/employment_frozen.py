"""Correction of what a contract froze at hire: criteria show there, so that the reading is logged."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from beneficiaries.forms.work import FrozenForm
from beneficiaries.models import EmploymentContract
from beneficiaries.services import employments
from beneficiaries.views.eligibility import CRITERIA
from beneficiaries.views.employment import employment_crumbs, employment_url
from tenants.access import member_of, structure
from tenants.services.read_log import log_read
from tenants.views import registers


@structure("person.write", "GET", "POST", get_writes=True)
def employment_frozen(request: HttpRequest, pk: int) -> HttpResponse:
    employment = get_object_or_404(EmploymentContract.objects.select_related("beneficiary"), pk=pk)
    log_read(member_id=member_of(request), obj=employment.beneficiary, part=CRITERIA)
    form = FrozenForm(employment, request.POST or None)
    if request.method == "POST" and form.is_valid():
        employments.correct_frozen(employment=employment, frozen=form.frozen(), reason=form.cleaned_data["reason"])
        messages.success(request, "Correction enregistrée avec son motif. Les bilans déjà faits ne changent pas.")
        return redirect(employment_url(employment))
    return registers.render_form(
        request,
        form,
        title="Corriger ce qui a été figé à l'embauche",
        submit="Enregistrer la correction",
        cancel_url=employment_url(employment),
        crumbs=employment_crumbs(employment),
        template="beneficiaries/employment_frozen.html",
    )
