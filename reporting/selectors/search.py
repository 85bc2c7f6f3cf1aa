"""What the search of the top bar finds: the first of each register, by the same rules as its list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from beneficiaries.forms.person_filter import PersonFilter
from beneficiaries.models import Beneficiary
from clauses.forms.filters import ContractFilter, LotFilter
from clauses.models import Lot, PublicContract
from contractors.forms.company import CompanyFilter
from contractors.models import Company
from lib.dates import date_fr
from tenants.access import area_of
from tenants.listing import ListFilter

MOST = 8


@dataclass(frozen=True)
class Hit:
    label: str
    note: str
    url: str


@dataclass(frozen=True)
class Group:
    """`more_url`: the list where the rest is, empty when everything is here."""

    title: str
    icon: str
    hits: Sequence[Hit]
    more_url: str


@dataclass(frozen=True)
class _Register:
    title: str
    icon: str
    action: str
    filters: type[ListFilter]
    rows: Callable[[], QuerySet]
    page: str
    listing: str
    note: Callable[[Any], str]


REGISTERS = (
    _Register(
        "Marchés",
        "file-text",
        "register.read",
        ContractFilter,
        lambda: PublicContract.objects.select_related("buyer").order_by("-ends_on", "pk"),
        "clauses:contract_page",
        "clauses:contract_list",
        lambda row: " · ".join(filter(None, (row.number and f"n° {row.number}", row.buyer.name))),
    ),
    _Register(
        "Lots",
        "stack-2",
        "register.read",
        LotFilter,
        lambda: Lot.objects.select_related("contract").order_by("-contract__ends_on", "contract_id", "number", "pk"),
        "clauses:lot_page",
        "clauses:lot_list",
        lambda row: row.contract.title,
    ),
    _Register(
        "Bénéficiaires",
        "users",
        "person.read",
        PersonFilter,
        lambda: Beneficiary.objects.order_by("sort_key", "pk"),
        "beneficiaries:beneficiary_page",
        "beneficiaries:beneficiary_list",
        lambda row: date_fr(row.birth_date) if row.birth_date else "",
    ),
    _Register(
        "Entreprises",
        "building",
        "register.read",
        CompanyFilter,
        lambda: Company.objects.order_by("name", "pk"),
        "contractors:company_page",
        "contractors:company_list",
        lambda row: " · ".join(filter(None, (row.get_kind_display(), row.city))),
    ),
)


def search(request: HttpRequest, text: str) -> list[Group]:
    """Registers where `text` is found, among those that the person may read; one query each."""
    area = area_of(request)
    groups = [_group(request, register, text) for register in REGISTERS if area.may(register.action)]
    return [group for group in groups if group.hits]


def _group(request: HttpRequest, register: _Register, text: str) -> Group:
    found = register.filters({"q": text}, queryset=register.rows(), request=request).qs
    rows = list(found[: MOST + 1])
    more = f"{reverse(register.listing)}?{urlencode({'q': text})}" if len(rows) > MOST else ""
    hits = [Hit(str(row), register.note(row), reverse(register.page, args=[row.pk])) for row in rows[:MOST]]
    return Group(register.title, register.icon, hits, more)
