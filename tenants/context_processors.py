"""What the frame of every page needs: organisations, navigation, banner."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from tenants import rights
from tenants.access import Area, active_area, areas_of
from tenants.enums import AreaKind

# (label, route, icon, action needed).
NAVIGATION: dict[str, list[tuple[str, str, str, str]]] = {
    AreaKind.TENANT: [
        ("Accueil", "reporting:home", "home", "register.read"),
        ("Saisie des heures", "beneficiaries:hours_grid", "clock-edit", "hours.read"),
        ("Marchés", "clauses:contract_list", "file-text", "register.read"),
        ("Bénéficiaires", "beneficiaries:beneficiary_list", "users", "person.read"),
        ("Entreprises", "contractors:company_list", "building", "register.read"),
        ("Bilans", "reporting:bilan_list", "report", "bilan.read"),
        ("Données", "beneficiaries:data", "database", "data.export"),
        ("Structure", "tenants:structure", "settings", "register.read"),
    ],
    AreaKind.BUYER: [
        ("Tableau de bord", "reporting:buyer_dashboard", "home", "dashboard.read"),
        ("Marchés", "reporting:buyer_contracts", "file-text", "dashboard.read"),
        ("Bilans", "reporting:buyer_bilans", "report", "bilan.read"),
        ("Compte", "tenants:buyer_account", "settings", "dashboard.read"),
    ],
    AreaKind.OPERATOR: [("Organisations", "tenants:operator_home", "settings", "organisation.manage")],
}


def _navigation(request: HttpRequest, area: Area) -> list[dict[str, Any]]:
    entries = []
    for label, route, icon, action in NAVIGATION[area.kind]:
        if not area.may(action):
            continue
        entries.append({"label": label, "url": reverse(route), "icon": icon, "active": False})
    # Some entries begin like others: « /bailleur/ » and « /bailleur/marches/ ».
    here = [entry for entry in entries if request.path.startswith(str(entry["url"]))]
    if here:
        max(here, key=lambda entry: len(str(entry["url"])))["active"] = True
    return entries


# Where the top bar searches, by kind of organisation.
SEARCHES: dict[str, tuple[str, str]] = {AreaKind.TENANT: ("reporting:search", "register.read")}


def _search_url(area: Area | None) -> str:
    if area is None or area.kind not in SEARCHES:
        return ""
    route, action = SEARCHES[area.kind]
    return reverse(route) if area.may(action) else ""


def frame(request: HttpRequest) -> dict[str, Any]:
    context: dict[str, Any] = {
        "nav": [],
        "areas": [],
        "area": None,
        "demo_banner": False,
        "may": Rights(None),
        "search_url": "",
        "foot_links": [{"label": "Accessibilité", "url": reverse("tenants:accessibility")}],
    }
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    area = getattr(request, "area", None) or active_area(request)
    return context | {
        "nav": _navigation(request, area) if area else [],
        "areas": areas_of(request),
        "area": area,
        "demo_banner": bool(area and area.is_demo),
        "may": Rights(area),
        "search_url": _search_url(area),
    }


class Rights:
    """In templates: ``{% if may.register_write %}`` asks rights.py for « register.write ».

    An action that no kind of organisation knows raises: a typo must not deny in silence.
    """

    def __init__(self, area: Area | None) -> None:
        self._granted = rights.granted(area.kind, area.role) if area else frozenset()

    def __getitem__(self, name: str) -> bool:
        action = name.replace("_", ".", 1)
        if not any(action in actions for actions in rights.KNOWN.values()):
            # Not a KeyError: templates take those for an absent variable.
            raise LookupError(f"unknown action: {action}")
        return action in self._granted
