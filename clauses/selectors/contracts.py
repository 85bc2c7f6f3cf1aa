"""Marchés and lots as lists and pages read them."""

from collections import Counter
from dataclasses import dataclass, replace

from django.db import connection
from django.db.models import Count, Exists, Min, OuterRef, Prefetch, QuerySet
from django.db.models.functions import Coalesce, Length

from clauses.enums import BY_SEVERITY, LEAD_ROLES, LotStatus
from clauses.models import Lot, LotHolder, LotProgress, Obligation, PublicContract
from clauses.rules import due_steps
from clauses.selectors.progress import Bar, bar_of_progress, bar_of_sums, lot_sums, status_of_sums
from contractors.models import Company
from lib.bar_text import SEPARATOR
from lib.numbers import number_fr
from lib.obligation_rules import Rule, Terms

# Django cannot group what it has just grouped. Rows are those that row-level security lets through.
_CONTRACTS_BY_SEVERITY = """
SELECT severity, count(*) FROM (
  SELECT min(p.severity) AS severity
  FROM clauses_publiccontract c JOIN clauses_lot l ON l.contract_id = c.id JOIN clauses_lotprogress p ON p.lot_id = l.id
  WHERE c.archived_at IS NULL GROUP BY c.id
) worst GROUP BY severity
"""
# As text: of a page of marchés, joins cost Django more than they cost the database.
_NAMES = """
SELECT c.id, u.name, coalesce(o.name, ''), k.name
FROM clauses_publiccontract c
JOIN clauses_buyer u ON u.id = c.buyer_id
LEFT JOIN clauses_operation o ON o.id = c.operation_id
LEFT JOIN clauses_lot l ON l.contract_id = c.id
LEFT JOIN clauses_lotholder h ON h.lot_id = l.id AND h.role = ANY (%s)
LEFT JOIN contractors_company k ON k.id = h.company_id
WHERE c.id = ANY (%s)
ORDER BY l.number, h.id
"""
# Numbers are texts: 2 before 10, and 2A after 9.
IN_ORDER = (Length("number"), "number", "pk")


def with_sums(contracts: QuerySet[PublicContract]) -> QuerySet[PublicContract]:
    """Each of these marchés with the sums of its lots (lot_sums)."""
    return contracts.select_related("buyer", "operation").annotate(**lot_sums("lots"))


def contracts_with_sums() -> QuerySet[PublicContract]:
    return with_sums(PublicContract.objects.all())


def shown_in_list(contracts: QuerySet[PublicContract]) -> QuerySet[PublicContract]:
    """What contract_rows reads of them, its names apart."""
    return contracts.select_related(None).only("title", "number", "archived_at", "ends_on")


def contracts_in_status(status: str) -> QuerySet[PublicContract]:
    """Marchés whose lot in most need is in this status."""
    worst = PublicContract.objects.order_by().annotate(worst=Min("lots__progress__severity"))
    return worst.filter(worst=BY_SEVERITY.index(LotStatus(status)) + 1)


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A marché in a table: `status` is that of its lot in most need.

    `operation`: its name, empty where there is none or where the marché bears it. `holder`: the first of its titulaires
    and mandataires; `others`: how many there are beside. `details`: its number, its lots, whether it is archived.
    """

    contract: PublicContract
    details: str
    buyer: str
    operation: str
    holder: str
    others: str
    bar: Bar
    status: str


@dataclass(frozen=True, slots=True)
class LotRow:
    """A lot in a table. `bar` is None until its answer is computed, a second after it was made.

    `holders`: names, in the register of lots.
    """

    lot: Lot
    obligation: Obligation | None
    bar: Bar | None
    status: str
    holders: str = ""


def contract_rows(contracts: list[PublicContract]) -> list[ContractRow]:
    """Of marchés read by contracts_with_sums or shown_in_list. One query for all of them."""
    names = _names(contracts)
    return [_row(contract, *names[contract.pk]) for contract in contracts]


def _row(contract: PublicContract, buyer: str, operation: str, holders: list[str]) -> ContractRow:
    others = len(holders) - 1
    return ContractRow(
        contract=contract,
        details=_details(contract),
        buyer=buyer,
        operation="" if operation == contract.title else operation,
        holder=holders[0] if holders else "–",
        others=f"et {others} autre{'s' if others > 1 else ''}" if others > 0 else "",
        bar=bar_of_sums(contract),
        status=status_of_sums(contract),
    )


def _details(contract: PublicContract) -> str:
    lots: int = contract.lot_count  # type: ignore[attr-defined]  # annotated by lot_sums
    parts = [f"n°\u00a0{contract.number}" if contract.number else "", f"{number_fr(lots)} lot{'s' if lots > 1 else ''}"]
    return SEPARATOR.join(part for part in (*parts, "archivé" if contract.archived_at else "") if part)


def in_force(lot: Lot) -> Obligation | None:
    """The current obligation of a lot read by lots_of or lot_with_all."""
    return next(iter(lot.in_force), None)  # type: ignore[attr-defined]  # prefetched


def lot_row(lot: Lot, obligation: Obligation | None) -> LotRow:
    """`obligation`: its current one."""
    progress: LotProgress | None = getattr(lot, "progress", None)
    if progress is None:
        return LotRow(lot, obligation, None, "" if obligation else LotStatus.A_CALIBRER)
    return LotRow(lot, obligation, bar_of_progress(progress), progress.status)


def _names(contracts: list[PublicContract]) -> dict[int, tuple[str, str, list[str]]]:
    """Of each marché, the names of its donneur d'ordre, of its operation, and of its titulaires and mandataires."""
    names: dict[int, tuple[str, str, list[str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [[role.value for role in LEAD_ROLES], [contract.pk for contract in contracts]])
        for pk, buyer, operation, holder in cursor.fetchall():
            _, _, holders = names.setdefault(pk, (buyer, operation, []))
            if holder and holder not in holders:
                holders.append(holder)
    return names


def held_by(companies: QuerySet[Company]) -> Exists:
    """Whether one of `companies` is on a lot of the marché, in any role."""
    return Exists(LotHolder.objects.filter(lot__contract=OuterRef("pk"), company__in=companies))


def contracts_by_status() -> Counter[str]:
    """How many marchés are in each status, that of their lot in most need; archived ones left out."""
    with connection.cursor() as cursor:
        cursor.execute(_CONTRACTS_BY_SEVERITY)
        return Counter({BY_SEVERITY[severity - 1]: count for severity, count in cursor.fetchall()})


def lots_of(contract: PublicContract) -> QuerySet[Lot]:
    """The lots of a marché in their order, each with its answer, its holders and `in_force`: its current obligation."""
    return _with_all(contract.lots.all()).order_by(*IN_ORDER)


def lot_with_all(pk: int) -> QuerySet[Lot]:
    return _with_all(Lot.objects.filter(pk=pk))


def lots_with_answers() -> QuerySet[Lot]:
    """Every lot of the structure, for its register: answer, marché, holders, and its days (`begins`, `ends`)."""
    return (
        Lot.objects.select_related("contract__buyer", "progress")
        .prefetch_related(Prefetch("holders", LotHolder.objects.select_related("company").order_by("pk")))
        .annotate(
            begins=Coalesce("starts_on", "contract__starts_on"),
            ends=Coalesce("ends_on", "contract__ends_on"),
        )
    )


def listed_lots(lots: list[Lot]) -> list[LotRow]:
    """Of lots read by lots_shown_in_list. One query for all of them."""
    names: dict[int, list[str]] = {lot.pk: [] for lot in lots}
    held = LotHolder.objects.filter(lot__in=names).order_by("pk").values_list("lot_id", "company__name")
    for lot_id, name in held:
        names[lot_id].append(name)
    return [replace(lot_row(lot, None), holders=", ".join(names[lot.pk])) for lot in lots]


def lots_shown_in_list(lots: QuerySet[Lot]) -> QuerySet[Lot]:
    """Of lots_with_answers, what listed_lots reads, the holders apart."""
    progress = ("lot", "status", "due", "validated", "declared", "remaining", "expected", "reference_date")
    return lots.prefetch_related(None).only(
        "title",
        "number",
        "archived_at",
        "contract__title",
        "contract__buyer__name",
        *(f"progress__{name}" for name in progress),
    )


def lots_by_status() -> Counter[str]:
    """How many lots are in each status, those archived or of an archived marché left out."""
    shown = LotProgress.objects.filter(lot__archived_at__isnull=True, lot__contract__archived_at__isnull=True)
    counted = shown.order_by().values_list("status")
    return Counter(dict(counted.annotate(Count("pk"))))


def lots_of_company(company: Company) -> QuerySet[LotHolder]:
    return (
        LotHolder.objects.filter(company=company)
        .select_related("lot__contract__buyer", "lot__progress")
        .order_by("-lot__contract__starts_on", "lot__number", "pk")
    )


def terms_of(obligation: Obligation) -> Terms:
    """The parameters that a version was frozen with."""
    return Terms(
        rule=Rule(obligation.rule),
        amount_ht=obligation.amount_ht,
        fixed_hours=obligation.fixed_hours,
        labour_share=obligation.labour_share,
        hourly_cost=obligation.hourly_cost,
        rate=obligation.rate,
        offered_hours=obligation.offered_hours,
        exempt_reason=obligation.exempt_reason,
    )


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an obligation with how its result was reached."""

    obligation: Obligation
    steps: list[str]


def versions_of(lot: Lot) -> list[Version]:
    """Latest first."""
    versions = lot.obligations.select_related("amendment", "set_by").order_by("-version")
    return [Version(one, due_steps(terms_of(one), one.due)) for one in versions]


def obligations_of(contract: PublicContract) -> QuerySet[Obligation]:
    """Every version of every lot, by lot, latest first."""
    versions = Obligation.objects.filter(lot__contract=contract).select_related("lot", "amendment", "set_by")
    return versions.order_by(Length("lot__number"), "lot__number", "lot", "-version")


def _with_all(lots: QuerySet[Lot]) -> QuerySet[Lot]:
    return lots.select_related("contract__buyer", "contract__operation__programme", "progress").prefetch_related(
        Prefetch("holders", LotHolder.objects.select_related("company").order_by("pk")),
        Prefetch("obligations", Obligation.objects.filter(is_current=True).order_by("pk"), to_attr="in_force"),
    )
