"""What the pages of an organisation about itself share, in a structure as in a buyer account: frame, tabs, names."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from tenants.access import area_of
from tenants.enums import AreaKind
from tenants.services.team import Team

# (label, route, action needed).
TABS: dict[str, list[tuple[str, str, str]]] = {
    AreaKind.TENANT: [
        ("Structure", "tenants:structure", "register.read"),
        ("Membres", "tenants:member_list", "register.read"),
        ("Comptes de donneurs d'ordre", "clauses:buyer_link_list", "register.read"),
        ("Travaux", "tenants:job_list", "job.read"),
        ("Courriels", "tenants:mail_list", "member.manage"),
        ("Consultations", "tenants:read_log_list", "log.read"),
    ],
    AreaKind.BUYER: [
        ("Compte", "tenants:buyer_account", "dashboard.read"),
        ("Membres", "tenants:buyer_member_list", "dashboard.read"),
        ("Structures", "clauses:account_link_list", "dashboard.read"),
    ],
}


def team_of(request: HttpRequest) -> Team:
    area = area_of(request)
    return Team(AreaKind(area.kind), area.id, area.name)


def route(request: HttpRequest, name: str) -> str:
    """« member_list » → « tenants:member_list » in a structure, « tenants:buyer_member_list » in a buyer account."""
    return f"tenants:{'buyer_' if area_of(request).kind == AreaKind.BUYER else ''}{name}"


def space_context(request: HttpRequest, active: str) -> dict[str, Any]:
    """Frame and tabs of a page of the organisation about itself; `active` is the route of the tab shown."""
    area = area_of(request)
    tabs = [
        {"label": label, "url": reverse(name), "count": None, "active": name == active}
        for label, name, action in TABS[area.kind]
        if area.may(action)
    ]
    base = "base_buyer.html" if area.kind == AreaKind.BUYER else "base.html"
    return {"base_template": base, "tabs": tabs, "tabs_label": f"Pages de {area.name}"}
