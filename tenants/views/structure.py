"""A structure and a buyer account about themselves."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from lib.numbers import NNBSP, number_fr
from lib.siret import siret_fr
from tenants.access import area_of, bailleur, structure
from tenants.forms.organisations import StructureForm
from tenants.forms.sent import sent
from tenants.models import BuyerAccount, Tenant
from tenants.views.registers import render_form
from tenants.views.spaces import space_context, team_of


@structure("register.read")
def structure_page(request: HttpRequest) -> HttpResponse:
    tenant = Tenant.objects.get(pk=area_of(request).id)
    rows = [
        {"label": "Nom", "value": tenant.name},
        {"label": "Heures d'un ETP annuel", "value": f"{number_fr(tenant.etp_divisor)}{NNBSP}h"},
        {"label": "Membres", "value": number_fr(team_of(request).members().count())},
        {"label": "Identifiant", "value": tenant.slug, "note": "pour les commandes d'import et d'export"},
    ]
    context = space_context(request, "tenants:structure") | {"title": tenant.name, "rows": rows}
    return render(request, "tenants/structure_page.html", context)


@structure("structure.edit", "GET", "POST")
def structure_edit(request: HttpRequest) -> HttpResponse:
    tenant = Tenant.objects.get(pk=area_of(request).id)
    form = StructureForm(sent(request), instance=tenant)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "La structure est modifiée.")
        return redirect("tenants:structure")
    page = reverse("tenants:structure")
    crumbs = [{"label": area_of(request).name, "url": page}]
    title = "Modifier la structure"
    return render_form(request, form, title=title, submit="Enregistrer la structure", cancel_url=page, crumbs=crumbs)


@bailleur("dashboard.read")
def buyer_account(request: HttpRequest) -> HttpResponse:
    account = BuyerAccount.objects.get(pk=area_of(request).id)
    groups = [account.code[start : start + 4] for start in range(0, len(account.code), 4)]
    rows = [
        {"label": "Nom", "value": account.name},
        {"label": "SIRET", "value": siret_fr(account.siret)},
        {"label": "Membres", "value": number_fr(team_of(request).members().count())},
    ]
    context = space_context(request, "tenants:buyer_account") | {
        "title": account.name,
        "rows": rows,
        "code": "-".join(groups),
    }
    return render(request, "tenants/buyer_account.html", context)
