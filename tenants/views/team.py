"""Members of a structure and of a buyer account: the same pages, each in its own scope."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from lib.numbers import NNBSP
from tenants.access import area_of, bailleur, structure
from tenants.forms.sent import sent
from tenants.forms.team import DepartureForm, InviteForm, RoleForm
from tenants.models import Member, SignedLink
from tenants.services import handover
from tenants.services.team import TeamRefused, change_role, end_membership, invite, revoke_invitation
from tenants.views.spaces import route, space_context, team_of


def _list(request: HttpRequest) -> HttpResponse:
    team, area = team_of(request), area_of(request)
    may_manage = area.may("member.manage")
    context = space_context(request, route(request, "member_list")) | {
        "title": area.name,
        "members": [
            {
                "member": member,
                "is_me": member.pk == area.member_id,
                "role_url": reverse(route(request, "member_role"), args=[member.pk]),
                "end_url": reverse(route(request, "member_end"), args=[member.pk]),
            }
            for member in team.members()
        ],
        "may_manage": may_manage,
        "invite_url": reverse(route(request, "member_invite")),
        "invitations": [
            {
                "link": link,
                "role": team.roles(link.role).label,
                "revoke_url": reverse(route(request, "invitation_revoke"), args=[link.pk]),
            }
            for link in (team.invitations() if may_manage else ())
        ],
    }
    return render(request, "tenants/member_list.html", context)


def _invite(request: HttpRequest) -> HttpResponse:
    team = team_of(request)
    form = InviteForm(team, sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            invite(team=team, **form.cleaned_data)
        except TeamRefused as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(
                request, f"Une invitation part vers {form.cleaned_data['email']}. Son lien est valable sept jours."
            )
            return redirect(route(request, "member_list"))
    context = _form_context(request, "Inviter une personne") | {"form": form, "confirm": "Envoyer l'invitation"}
    return render(request, "tenants/member_form.html", context, status=422 if request.method == "POST" else 200)


def _role(request: HttpRequest, pk: int) -> HttpResponse:
    team = team_of(request)
    member = get_object_or_404(team.members(), pk=pk)
    form = RoleForm(team, sent(request), initial={"role": member.role})
    if request.method == "POST" and form.is_valid():
        try:
            change_role(team=team, member=member, role=form.cleaned_data["role"])
        except TeamRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            label = team.roles(form.cleaned_data["role"]).label
            messages.success(request, f"{member.name} a désormais le rôle{NNBSP}: {label}.")
            return redirect(route(request, "member_list") if _still_in(request, member.pk) else "tenants:home")
    context = _form_context(request, f"Rôle de {member.name}") | {"form": form, "confirm": "Changer le rôle"}
    return render(request, "tenants/member_form.html", context, status=422 if request.method == "POST" else 200)


def _still_in(request: HttpRequest, changed_id: int) -> bool:
    """Whoever changes its own place may have lost the page that follows."""
    return changed_id != area_of(request).member_id


def _end(request: HttpRequest, pk: int) -> HttpResponse:
    team = team_of(request)
    member = get_object_or_404(team.members(), pk=pk)
    left = handover.counts(member) if isinstance(member, Member) else []
    form = DepartureForm(team, member, bool(left), sent(request))
    if request.method == "POST" and form.is_valid():
        successor = form.cleaned_data.get("successor")
        try:
            end_membership(team=team, member=member, successor=successor)
        except TeamRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            taken_over = f" {successor.name} reprend ce qui lui était confié." if successor else ""
            messages.success(request, f"{member.name} ne fait plus partie de {team.organisation}.{taken_over}")
            return redirect(route(request, "member_list") if _still_in(request, pk) else "tenants:home")
    context = _form_context(request, f"Départ de {member.name}") | {"form": form, "member": member, "left": left}
    return render(request, "tenants/member_end.html", context, status=422 if request.method == "POST" else 200)


def _revoke(request: HttpRequest, pk: int) -> HttpResponse:
    team = team_of(request)
    link = get_object_or_404(SignedLink, pk=pk, purpose=team.purpose, **team.key)
    if revoke_invitation(team=team, link_id=link.pk):
        messages.success(request, f"L'invitation est retirée{NNBSP}: son lien ne mène plus nulle part.")
    else:
        messages.warning(request, "Cette invitation avait déjà servi ou pris fin.")
    return redirect(route(request, "member_list"))


def _form_context(request: HttpRequest, title: str) -> dict[str, object]:
    back = reverse(route(request, "member_list"))
    base = space_context(request, "")["base_template"]
    crumbs = [{"label": area_of(request).name, "url": back}, {"label": "Membres", "url": back}, {"label": title}]
    return {"title": title, "crumbs": crumbs, "back_url": back, "base_template": base}


member_list = structure("register.read")(_list)
member_invite = structure("member.manage", "GET", "POST")(_invite)
member_role = structure("member.manage", "GET", "POST")(_role)
member_end = structure("member.manage", "GET", "POST")(_end)
invitation_revoke = structure("member.manage", "POST")(_revoke)

buyer_member_list = bailleur("dashboard.read")(_list)
buyer_member_invite = bailleur("member.manage", "GET", "POST")(_invite)
buyer_member_role = bailleur("member.manage", "GET", "POST")(_role)
buyer_member_end = bailleur("member.manage", "GET", "POST")(_end)
buyer_invitation_revoke = bailleur("member.manage", "POST")(_revoke)
