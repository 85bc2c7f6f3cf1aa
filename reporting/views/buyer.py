"""The bailleur's space: dashboard, marchés with their lots and months, bilans handed to it. It types nothing."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from clauses.enums import LotStatus
from clauses.reference import qpv_name
from clauses.selectors.progress import Bar
from lib.bar_text import bar_words, lot_sentence
from lib.dates import month_fr, today_paris
from lib.numbers import NNBSP, hours_fr, number_fr, percent_fr
from lib.progress_rules import ProgressFigures
from lib.svg import obligation_bar
from reporting.bilans.answer import rate_rows
from reporting.indicators.document import rates_document
from reporting.models import Bilan
from reporting.selectors.buyer_space import (
    WILL_MISS,
    AccountFigures,
    BuyerContract,
    BuyerMonth,
    contract_of_account,
    contracts_of_account,
    figures_of_account,
    months_of_lots,
    sum_of_lots,
)
from tenants.access import bailleur

_MONTH_COLUMNS = [
    {"name": "Validées", "look": "validated"},
    {"name": "Déclarées, à valider", "look": "declared"},
    {"name": "Validées, cumul", "look": "cumulative"},
]
_MOST_MONTHS = 36
RUNNING_NEEDS = (LotStatus.COMPROMIS, LotStatus.EN_RETARD, LotStatus.A_SURVEILLER)


@bailleur("dashboard.read")
def dashboard(request: HttpRequest) -> HttpResponse:
    contracts = contracts_of_account()
    lots = [lot for contract in contracts for lot in contract.lots]
    figures = figures_of_account(contracts)
    context = {
        "title": "Tableau de bord",
        "answer": _answer(contracts, figures),
        "bar": _bar(sum_of_lots(lots), "account"),
        "rates": rate_rows(rates_document(figures.rates)),
        "needs": [_row(contract) for contract in contracts if contract.status in RUNNING_NEEDS],
        "chart": _chart(months_of_lots(lots)),
        "groups": _groups(contracts),
        "contracts_url": reverse("reporting:buyer_contracts"),
        "contract_count": len(contracts),
    }
    return render(request, "reporting/buyer_dashboard.html", context)


def _answer(contracts: Sequence[BuyerContract], figures: AccountFigures) -> str:
    """« Vos 14 marchés doivent 18 420 h ; 11 230 h sont validées (61,0 %) ; … »."""
    count = len(contracts)
    whose = f"Vos {number_fr(count)} marchés doivent" if count > 1 else "Votre marché doit"
    parts = [
        f"{whose} {hours_fr(figures.hours.due)}",
        f"{hours_fr(figures.hours.validated_to_date)} sont validées ({percent_fr(figures.rates.obligation)})",
    ]
    works = figures.anru.works
    if works.value is not None:
        target = f" pour {percent_fr(works.target)} attendus" if works.target is not None else ""
        parts.append(
            f"sur vos opérations ANRU, {percent_fr(works.value)} des heures travaillées{target}, dont "
            f"{percent_fr(works.qpv)} par des habitants de QPV"
        )
    parts.append(_needs(contracts))
    return f"{NNBSP}; ".join(parts) + "."


def _needs(contracts: Sequence[BuyerContract]) -> str:
    lost = sum(contract.status == LotStatus.COMPROMIS for contract in contracts)
    late = sum(contract.status == LotStatus.EN_RETARD for contract in contracts)
    if not lost and not late:
        return "aucun n'est en retard"
    parts = []
    if lost:
        verb = "n'atteindra pas son" if lost == 1 else "n'atteindront pas leur"
        parts.append(f"{number_fr(lost)} {verb} objectif")
    if late:
        parts.append(f"{number_fr(late)} {'est' if late == 1 else 'sont'} en retard")
    return ", ".join(parts)


@bailleur("dashboard.read")
def contract_list(request: HttpRequest) -> HttpResponse:
    """`?statut=`: only the marchés in that status; a status that does not exist shows them all."""
    contracts = contracts_of_account()
    wanted = request.GET.get("statut", "")
    shown = (
        [contract for contract in contracts if contract.status == wanted] if wanted in LotStatus.values else contracts
    )
    tally: dict[str, int] = defaultdict(int)
    for contract in contracts:
        tally[contract.status] += 1
    chips = [
        {"label": status.label, "status": status.value, "count": tally[status], "active": status == wanted}
        for status in LotStatus
        if tally[status]
    ]
    context = {
        "title": "Marchés",
        "rows": [_row(contract) for contract in shown],
        "chips": chips,
        "wanted": wanted,
        "total": len(contracts),
    }
    return render(request, "reporting/buyer_contracts.html", context)


@bailleur("dashboard.read")
def contract_page(request: HttpRequest, pk: int) -> HttpResponse:
    contract = contract_of_account(pk)
    if contract is None:
        raise Http404
    today = today_paris()
    context = {
        "title": contract.title,
        "crumbs": [{"label": "Marchés", "url": reverse("reporting:buyer_contracts")}, {"label": contract.title}],
        "contract": contract,
        "bar": _bar(contract.sums, "contract"),
        "lots": [
            {
                "lot": lot,
                "bar": lot.figures and _bar(lot.figures, f"lot-{lot.id}"),
                "sentence": lot.figures and lot_sentence(lot.figures, today),
            }
            for lot in contract.lots
        ],
        "chart": _chart(months_of_lots(contract.lots)),
        "missed": [lot for lot in contract.lots if lot.status in WILL_MISS],
    }
    return render(request, "reporting/buyer_contract.html", context)


@bailleur("bilan.read")
def bilan_list(request: HttpRequest) -> HttpResponse:
    bilans = Bilan.objects.order_by("-pk").defer("figures", "comments")
    return render(request, "reporting/buyer_bilans.html", {"title": "Bilans", "bilans": bilans})


def _row(contract: BuyerContract) -> dict[str, Any]:
    return {"contract": contract, "bar": _bar(contract.sums, f"contract-{contract.id}")}


def _bar(figures: ProgressFigures, uid: str) -> Bar:
    svg = obligation_bar(figures.due, figures.validated, figures.declared, figures.expected, uid=uid)
    return Bar(svg, bar_words(figures))


def _chart(months: Sequence[BuyerMonth]) -> dict[str, Any]:
    """By month, or by year when the months are too many to be told apart."""
    if len(months) > _MOST_MONTHS:
        years: dict[int, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
        for month in months:
            sums = years[month.month.year]
            sums[0] += month.validated
            sums[1] += month.declared - month.validated
        rows = [{"label": str(year), "values": values} for year, values in sorted(years.items())]
        return {"columns": _MONTH_COLUMNS[:2], "rows": rows, "title": "Heures par année", "first": "Année"}
    rows, cumulative = [], Decimal(0)
    for month in months:
        cumulative += month.validated
        pending = month.declared - month.validated
        rows.append({"label": month_fr(month.month), "values": [month.validated, pending, cumulative]})
    return {"columns": _MONTH_COLUMNS, "rows": rows, "title": "Heures par mois", "first": "Mois"}


def _groups(contracts: Sequence[BuyerContract]) -> list[dict[str, Any]]:
    """The same sums by operation, year and neighbourhood: numerators and denominators are added, never rates."""
    keys: list[tuple[str, str, Callable[[BuyerContract], str]]] = [
        ("operations", "Opération", lambda contract: contract.operation or "sans opération"),
        ("years", "Année de début", lambda contract: str(contract.year)),
        ("neighbourhoods", "Quartier", _neighbourhood),
    ]
    groups = []
    for uid, title, key in keys:
        grouped: dict[str, list[BuyerContract]] = defaultdict(list)
        for contract in contracts:
            grouped[key(contract)].append(contract)
        rows = [
            {
                "label": label,
                "count": len(members),
                "bar": _bar(sum_of_lots(lot for member in members for lot in member.lots), f"{uid}-{rank}"),
            }
            for rank, (label, members) in enumerate(sorted(grouped.items()))
        ]
        groups.append({"id": uid, "title": title, "rows": rows})
    return groups


def _neighbourhood(contract: BuyerContract) -> str:
    code = contract.qpv_code
    return f"{code} {qpv_name(code)}".strip() if code else "sans quartier"
