"""Where the link of an invitation leads."""

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from tenants.access import choose_area, public, user_of
from tenants.forms.sent import sent
from tenants.forms.team import NewcomerForm
from tenants.models import User
from tenants.redirects import with_parameters
from tenants.services.links import FoundLink, find_link
from tenants.services.team import TeamRefused, accept_as_newcomer, accept_invitation, team_of_link


@never_cache
@sensitive_post_parameters()
def _invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever has an account logs in first, then accepts; others open one here. The link serves once."""
    link = find_link(token)
    if link is None:
        return render(request, "tenants/invitation_ended.html", {"title": "Invitation périmée"}, status=410)
    if request.user.is_authenticated:
        return _for_person(request, link)
    if User.objects.filter(email=link.email).exists():
        return redirect(with_parameters(reverse("tenants:login"), next=request.path))
    return _for_newcomer(request, link)


invitation = public("GET", "POST")(_invitation)


def _for_person(request: HttpRequest, link: FoundLink) -> HttpResponse:
    user = user_of(request)
    if user.email != link.email:
        return render(request, "tenants/invitation_other.html", _context(link) | {"user": user}, status=409)
    if request.method != "POST":
        return render(request, "tenants/invitation_accept.html", _context(link))
    try:
        accept_invitation(link=link, user=user)
    except TeamRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("tenants:home")
    return _welcome(request, link)


def _for_newcomer(request: HttpRequest, link: FoundLink) -> HttpResponse:
    form = NewcomerForm(link.email, sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            user = accept_as_newcomer(link=link, name=form.cleaned_data["name"], password=form.cleaned_data["password"])
        except TeamRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("tenants:login")
        login(request, user)
        return _welcome(request, link)
    context = _context(link) | {"form": form}
    return render(request, "tenants/invitation_newcomer.html", context, status=422 if request.method == "POST" else 200)


def _welcome(request: HttpRequest, link: FoundLink) -> HttpResponse:
    team = team_of_link(link)
    choose_area(request, team.kind, team.organisation_id)
    messages.success(request, f"Bienvenue. Vous travaillez désormais pour {link.organisation}.")
    return redirect("tenants:home")


def _context(link: FoundLink) -> dict[str, object]:
    return {
        "title": f"Rejoindre {link.organisation}",
        "link": link,
        "role": team_of_link(link).roles(link.role).label,
    }
