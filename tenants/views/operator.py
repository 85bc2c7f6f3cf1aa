"""The platform's operator: organisations, and nothing about people."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from lib.numbers import NNBSP, quote
from tenants.access import operator
from tenants.forms.organisations import AccountCreateForm, AdministratorForm, TenantCreateForm
from tenants.forms.sent import sent
from tenants.models import BuyerAccount, Tenant
from tenants.selectors.organisations import Overview, accounts_overview, tenants_overview
from tenants.services import organisations
from tenants.services.team import Team, TeamRefused
from tenants.views.registers import render_form

ACTION = "organisation.manage"


@operator(ACTION)
def operator_home(request: HttpRequest) -> HttpResponse:
    context = {
        "title": "Organisations",
        "groups": [
            _group("Structures", "tenant", tenants_overview()),
            _group("Comptes de donneurs d'ordre", "account", accounts_overview()),
        ],
    }
    return render(request, "tenants/operator_home.html", context)


def _group(title: str, prefix: str, rows: list[Overview]) -> dict[str, Any]:
    return {
        "title": title,
        "create_url": reverse(f"tenants:{prefix}_create"),
        "create_label": "Ajouter une structure" if prefix == "tenant" else "Ajouter un compte",
        "rows": [
            {
                "shown": row,
                "urls": {
                    name: reverse(f"tenants:{prefix}_{name}", args=[row.organisation.pk])
                    for name in ("close", "reopen", "invite")
                },
                "dialog_id": f"close-{prefix}-{row.organisation.pk}",
            }
            for row in rows
        ],
    }


@operator(ACTION, "GET", "POST")
def tenant_create(request: HttpRequest) -> HttpResponse:
    return _create(request, TenantCreateForm, organisations.create_tenant, "Ajouter une structure")


@operator(ACTION, "GET", "POST")
def account_create(request: HttpRequest) -> HttpResponse:
    return _create(request, AccountCreateForm, organisations.create_buyer_account, "Ajouter un compte")


def _create(request: HttpRequest, form_class: Any, create: Callable[..., Any], title: str) -> HttpResponse:
    form = form_class(sent(request))
    if request.method == "POST" and form.is_valid():
        made = create(**form.cleaned_data)
        email = form.cleaned_data["administrator_email"]
        messages.success(request, f"{quote(made.name)} est prêt. Une invitation part vers {email}.")
        return redirect("tenants:operator_home")
    return _form(request, form, title, title)


def _invite(request: HttpRequest, team: Team) -> HttpResponse:
    form = AdministratorForm(sent(request))
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["administrator_email"]
        try:
            organisations.invite_administrator(team=team, email=email)
        except TeamRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Une invitation part vers {email}.")
            return redirect("tenants:operator_home")
    return _form(request, form, f"Inviter à administrer {team.organisation}", "Envoyer l'invitation")


def _form(request: HttpRequest, form: Any, title: str, submit: str) -> HttpResponse:
    home = reverse("tenants:operator_home")
    crumbs = [{"label": "Organisations", "url": home}]
    return render_form(request, form, title=title, submit=submit, cancel_url=home, crumbs=crumbs)


@operator(ACTION, "GET", "POST")
def tenant_invite(request: HttpRequest, pk: int) -> HttpResponse:
    return _invite(request, organisations.team_of_tenant(get_object_or_404(Tenant, pk=pk)))


@operator(ACTION, "GET", "POST")
def account_invite(request: HttpRequest, pk: int) -> HttpResponse:
    return _invite(request, organisations.team_of_account(get_object_or_404(BuyerAccount, pk=pk)))


def _close(request: HttpRequest, organisation: Tenant | BuyerAccount) -> HttpResponse:
    if organisations.close(organisation=organisation):
        messages.success(
            request, f"{quote(organisation.name)} est fermé{NNBSP}: plus personne n'y entre, ses données restent."
        )
    return redirect("tenants:operator_home")


def _reopen(request: HttpRequest, organisation: Tenant | BuyerAccount) -> HttpResponse:
    if organisations.reopen(organisation=organisation):
        messages.success(request, f"{quote(organisation.name)} est rouvert à ses membres.")
    return redirect("tenants:operator_home")


@operator(ACTION, "POST")
def tenant_close(request: HttpRequest, pk: int) -> HttpResponse:
    return _close(request, get_object_or_404(Tenant, pk=pk))


@operator(ACTION, "POST")
def account_close(request: HttpRequest, pk: int) -> HttpResponse:
    return _close(request, get_object_or_404(BuyerAccount, pk=pk))


@operator(ACTION, "POST")
def tenant_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    return _reopen(request, get_object_or_404(Tenant, pk=pk))


@operator(ACTION, "POST")
def account_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    return _reopen(request, get_object_or_404(BuyerAccount, pk=pk))
