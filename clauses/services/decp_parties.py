"""Buyers and companies that a DECP file names: found by what identifies them, created where they are unknown."""

from collections.abc import Iterable, Sequence

from clauses.decp.facts import buyer_kind_of
from clauses.decp.grouping import buyer_ref
from clauses.decp.notice import DecpNotice, Holder
from clauses.models import Buyer
from contractors.enums import CompanyKind
from contractors.models import Company
from lib.siret import SiretVerdict, check_siret

HolderKey = tuple[str, str]


class Parties:
    """`buyers` by published identifier, `companies` by Holder.key; `warnings` as (row, label, text)."""

    def __init__(self, notices: Sequence[DecpNotice], earlier: Iterable[DecpNotice]) -> None:
        self.buyers: dict[str, Buyer] = {}
        self.companies: dict[HolderKey, Company] = {}
        self.warnings: list[tuple[int, str, str]] = []
        in_order = sorted(notices, key=lambda notice: notice.index)
        self._find_buyers(in_order)
        self._find_companies(in_order, earlier)

    def companies_of(self, notice: DecpNotice) -> list[Company]:
        """The holders' companies in published order, each once. One that was deleted since is left out."""
        found = (self.companies.get(holder.key) for holder in notice.holders)
        return list({company.pk: company for company in found if company is not None}.values())

    def _find_buyers(self, notices: list[DecpNotice]) -> None:
        first: dict[str, DecpNotice] = {}
        names: dict[str, str] = {}
        for notice in notices:
            first.setdefault(notice.buyer_id, notice)
            if notice.buyer_name:
                names.setdefault(notice.buyer_id, notice.buyer_name)
        verdicts = {buyer_id: check_siret(buyer_id) for buyer_id in first}
        refs = [buyer_ref(buyer_id) for buyer_id in first]
        by_ref = {buyer.external_ref: buyer for buyer in Buyer.objects.filter(external_ref__in=refs)}
        # Of several, the oldest.
        by_siret = {buyer.siret: buyer for buyer in Buyer.objects.filter(siret__in=_valid(verdicts)).order_by("-pk")}
        created = []
        for buyer_id, notice in first.items():
            verdict = verdicts[buyer_id]
            buyer = by_ref.get(buyer_ref(buyer_id)) or by_siret.get(verdict.siret or "")
            if buyer is None:
                buyer = _new_buyer(buyer_id, verdict, names.get(buyer_id, ""))
                created.append(buyer)
                self._warn_of_buyer(notice, buyer, verdict)
            self.buyers[buyer_id] = buyer
        Buyer.objects.bulk_create(created)

    def _find_companies(self, notices: list[DecpNotice], earlier: Iterable[DecpNotice]) -> None:
        cited = _cited(notices)
        before = {key: holder for key, (holder, _notice) in _cited(earlier).items() if key not in cited}
        holders = {key: holder for key, (holder, _notice) in cited.items()} | before
        verdicts = {key: _verdict(holder) for key, holder in holders.items()}
        refs = {key: _company_ref(holder, verdicts[key]) for key, holder in holders.items()}
        by_ref = {company.external_ref: company for company in Company.objects.filter(external_ref__in=refs.values())}
        by_siret = _by_siret(_valid(verdicts))
        created: dict[str, Company] = {}
        for key, (holder, notice) in cited.items():
            known = by_ref.get(refs[key]) or by_siret.get(verdicts[key].siret or "") or created.get(refs[key])
            if known is None:
                known = created[refs[key]] = _new_company(holder, refs[key], verdicts[key])
                self._warn_of_company(notice, known, holder, verdicts[key])
            self.companies[key] = known
        for key in before:
            known = by_ref.get(refs[key]) or by_siret.get(verdicts[key].siret or "")
            if known is not None:
                self.companies[key] = known
        Company.objects.bulk_create(created.values())

    def _warn_of_buyer(self, notice: DecpNotice, buyer: Buyer, verdict: SiretVerdict) -> None:
        if not verdict.valid:
            self._warn(notice, f"acheteur {buyer.name}, identifiant gardé tel quel. {verdict.reason}")
        if not notice.buyer_name:
            self._warn(notice, f"acheteur sans nom dans le fichier, enregistré sous «\u202f{buyer.name}\u202f»")

    def _warn_of_company(self, notice: DecpNotice, company: Company, holder: Holder, verdict: SiretVerdict) -> None:
        if holder.id_type in ("", "SIRET") and not verdict.valid:
            what = "identifiant gardé tel quel" if holder.id else "sans identifiant"
            self._warn(notice, f"titulaire {company.name}, {what}. {verdict.reason}")
        if not holder.name:
            self._warn(notice, f"titulaire sans nom dans le fichier, enregistré sous «\u202f{company.name}\u202f»")

    def _warn(self, notice: DecpNotice, text: str) -> None:
        self.warnings.append((notice.index, f"{notice.buyer_id} / {notice.number}", text))


def _cited(notices: Iterable[DecpNotice]) -> dict[HolderKey, tuple[Holder, DecpNotice]]:
    """Each holder once, as named where it is first named at all, with the first notice that cites it."""
    cited: dict[HolderKey, tuple[Holder, DecpNotice]] = {}
    for notice in notices:
        for holder in notice.holders:
            known = cited.setdefault(holder.key, (holder, notice))
            if holder.name and not known[0].name:
                cited[holder.key] = (holder, known[1])
    return cited


def _verdict(holder: Holder) -> SiretVerdict:
    if holder.id_type in ("", "SIRET"):
        return check_siret(holder.id)
    return SiretVerdict(holder.id, None, False, "")


def _valid(verdicts: dict[str, SiretVerdict] | dict[HolderKey, SiretVerdict]) -> set[str]:
    return {verdict.siret for verdict in verdicts.values() if verdict.siret}


def _by_siret(sirets: set[str]) -> dict[str, Company]:
    """Two kinds may share a SIRET: a holder is the company proper where there is one, else the oldest."""
    companies = Company.objects.filter(siret__in=sirets).order_by("-pk")
    ordered = sorted(companies, key=lambda company: company.kind == CompanyKind.COMPANY)
    return {company.siret: company for company in ordered}


def _company_ref(holder: Holder, verdict: SiretVerdict) -> str:
    if verdict.siret:
        return f"decp:{verdict.siret}"
    return f"decp:{holder.id_type}:{holder.id}" if holder.id else f"decp:nom:{holder.name.casefold()}"


def _new_buyer(buyer_id: str, verdict: SiretVerdict, name: str) -> Buyer:
    siret = verdict.siret or ""
    return Buyer(
        external_ref=buyer_ref(buyer_id), name=name or f"Acheteur {buyer_id}", siret=siret, kind=buyer_kind_of(siret)
    )


def _new_company(holder: Holder, ref: str, verdict: SiretVerdict) -> Company:
    return Company(
        external_ref=ref,
        name=holder.name or f"Entreprise {holder.id}",
        siret=verdict.siret or "",
        foreign_id="" if verdict.siret else holder.id,
    )
