"""One page that makes a marché and its lots.

What was typed survives a detour to make a donneur d'ordre, an operation or a company: it waits in the session.
"""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from clauses.forms.contract import LOTS, ContractCreation
from clauses.forms.lot import MOST_LOTS
from clauses.services.contracts import create_contract
from clauses.views.contract import list_crumb
from lib.numbers import NNBSP
from tenants.access import member_of, structure
from tenants.redirects import with_parameters

DRAFT = "contract_draft"
# Where a detour leads, by the field that it fills; any other field is the holder of a lot.
_DETOURS = {"buyer": "clauses:buyer_create", "operation": "clauses:operation_create"}


@structure("register.write", "GET", "POST")
def contract_create(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, _from_draft(request))
    if "detour" in request.POST:
        return _leave(request, request.POST["detour"])
    if "add_lot" in request.POST or "remove_lot" in request.POST:
        return _page(request, _with_other_lots(request))
    creation = ContractCreation(request.POST)
    if not creation.is_valid():
        return _page(request, creation, status=422)
    contract = create_contract(contract=creation.contract, lots=creation.new_lots(), member_id=member_of(request))
    request.session.pop(DRAFT, None)
    messages.success(request, f"Ajout fait{NNBSP}: «\u202f{contract}\u202f». {_next_step(creation)}")
    return redirect("clauses:contract_page", contract.pk)


def _next_step(creation: ContractCreation) -> str:
    if any(form.terms is None for form in creation.lots.forms):
        return "Il reste à calibrer l'obligation."
    return "Prochaine étape\u202f: les personnes mises à l'emploi sur ses lots."


def _page(request: HttpRequest, creation: ContractCreation, status: int = 200) -> HttpResponse:
    context = {
        "title": "Nouveau marché",
        "crumbs": [list_crumb(), {"label": "Nouveau marché"}],
        "form": creation.form,
        "lots": creation.lots,
        "may_add": len(creation.lots.forms) < MOST_LOTS,
        "cancel_url": reverse("clauses:contract_list"),
    }
    return render(request, "clauses/contract_create.html", context, status=status)


def _raw(request: HttpRequest) -> dict[str, str]:
    return {key: value for key, value in request.POST.items() if key not in ("csrfmiddlewaretoken", "detour")}


def _lot_count(raw: dict[str, str]) -> int:
    total = raw.get(f"{LOTS}-TOTAL_FORMS", "")
    return min(max(int(total), 1), MOST_LOTS) if total.isascii() and total.isdecimal() and len(total) < 5 else 1


def _with_other_lots(request: HttpRequest) -> ContractCreation:
    """The same page with one lot more, or without the one whose button was pressed."""
    raw = _raw(request)
    count = _lot_count(raw)
    if "add_lot" in raw:
        return ContractCreation(raw=raw, lot_count=min(count + 1, MOST_LOTS))
    removed = raw["remove_lot"]
    index = int(removed) if removed.isascii() and removed.isdecimal() and len(removed) < 5 else count
    return ContractCreation(raw=_without_lot(raw, index, count), lot_count=max(count - (index < count), 1))


def _without_lot(raw: dict[str, str], removed: int, count: int) -> dict[str, str]:
    kept = {key: value for key, value in raw.items() if not key.startswith(f"{LOTS}-")}
    places = [index for index in range(count) if index != removed]
    for place, index in enumerate(places):
        prefix = f"{LOTS}-{index}-"
        kept |= {f"{LOTS}-{place}-{key.removeprefix(prefix)}": v for key, v in raw.items() if key.startswith(prefix)}
    return kept


def _leave(request: HttpRequest, field: str) -> HttpResponse:
    """To the page that makes a donneur d'ordre, an operation or the company of a lot, keeping what was typed."""
    raw = _raw(request)
    request.session[DRAFT] = {"data": urlencode(raw), "field": field}
    route = _DETOURS.get(field, "contractors:company_create")
    known = {"buyer": raw["buyer"]} if field == "operation" and raw.get("buyer") else {}
    back = with_parameters(reverse("clauses:contract_create"), draft=1)
    return redirect(with_parameters(reverse(route), next=back, **known))


def _from_draft(request: HttpRequest) -> ContractCreation:
    draft = request.session.get(DRAFT)
    if "draft" not in request.GET or not draft:
        asked = {name: request.GET[name] for name in ("buyer", "operation") if name in request.GET}
        return ContractCreation(initial={"followed_by": member_of(request), **asked})
    raw: dict[str, Any] = dict(parse_qsl(draft["data"], keep_blank_values=True))
    if request.GET.get("created"):
        raw[draft["field"]] = request.GET["created"]
    return ContractCreation(raw=raw, lot_count=_lot_count(raw))
