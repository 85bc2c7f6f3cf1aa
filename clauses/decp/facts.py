"""What the registers take from notices: a marché, its lot, its avenants. Pure, so that two files can be compared."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from clauses.decp.grouping import contract_title
from clauses.decp.notice import DecpNotice, Holder, Modification, Place, end_of
from clauses.enums import BuyerKind, ContractNature, Mechanism

MAX_SOCIAL = 200
MAX_SUBJECT = 500

# CPV divisions: 45 works; 03 to 48 otherwise supplies; 71 and 73 architecture, engineering and research, 794 advice.
_INTELLECTUAL = ("71", "73", "794")
_CCAG_NATURES = {
    "Travaux": ContractNature.TRAVAUX,
    "Maitrise d'œuvre": ContractNature.PI,
    "Prestations intellectuelles": ContractNature.PI,
}
# SIREN of local authorities begin with their legal category (INSEE).
_BUYER_KINDS = {
    "21": BuyerKind.COMMUNE,
    "22": BuyerKind.DEPARTEMENT,
    "23": BuyerKind.REGION,
    "24": BuyerKind.EPCI,
}


@dataclass(frozen=True, slots=True)
class ContractFacts:
    title: str
    nature: str
    mechanism: str
    cpv: str
    social_considerations: str
    notified_on: date | None
    starts_on: date
    ends_on: date
    amount_ht: Decimal | None


@dataclass(frozen=True, slots=True)
class LotFacts:
    title: str
    amount_ht: Decimal | None
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class AmendmentFacts:
    subject: str
    signed_on: date | None
    amount_ht: Decimal | None
    ends_on: date | None


def contract_facts(notices: Sequence[DecpNotice]) -> ContractFacts:
    """Of a marché by its lots' notices, in the order of the lots."""
    amounts = [notice.amount for notice in notices if notice.amount is not None]
    social = tuple(dict.fromkeys(text for notice in notices for text in notice.social))
    return ContractFacts(
        title=contract_title([notice.title for notice in notices]),
        nature=nature_of(notices[0].cpv, notices[0].ccag),
        mechanism=mechanism_of(social),
        cpv=notices[0].cpv,
        social_considerations=", ".join(social)[:MAX_SOCIAL],
        notified_on=min((notice.notified_on for notice in notices if notice.notified_on), default=None),
        starts_on=min(notice.starts_on for notice in notices),
        ends_on=max(notice.ends_on for notice in notices),
        amount_ht=sum(amounts, Decimal(0)) if amounts else None,
    )


def lot_facts(notice: DecpNotice) -> LotFacts:
    return LotFacts(notice.title, notice.amount, notice.starts_on, notice.ends_on)


def amendment_facts(notice: DecpNotice, modification: Modification) -> AmendmentFacts:
    """`ends_on` only where the duration changes: most platforms repeat the initial one."""
    months = modification.duration_months
    return AmendmentFacts(
        subject=(modification.title or f"Modification n° {modification.number}")[:MAX_SUBJECT],
        signed_on=modification.notified_on or modification.published_on,
        amount_ht=modification.amount,
        ends_on=end_of(notice.starts_on, months) if months and months != notice.duration_months else None,
    )


def nature_of(cpv: str, ccag: str) -> str:
    if ccag in _CCAG_NATURES:
        return _CCAG_NATURES[ccag]
    if cpv.startswith("45"):
        return ContractNature.TRAVAUX
    if cpv.startswith(_INTELLECTUAL):
        return ContractNature.PI
    return ContractNature.FOURNITURES if "00000001" <= cpv < "49" else ContractNature.SERVICES


def mechanism_of(social: Sequence[str]) -> str:
    """« Marché réservé » does not say for whom: the widest of the reserved kinds, for people to make precise."""
    if "Marché réservé" in social:
        return Mechanism.RESERVE_MIXTE
    return Mechanism.EXECUTION_CRITERE if "Critère social" in social else Mechanism.EXECUTION


def buyer_kind_of(siret: str) -> str:
    return _BUYER_KINDS.get(siret[:2], BuyerKind.AUTRE)


def same_facts(one: DecpNotice, other: DecpNotice) -> bool:
    """Whether the registers would take the same from both: dates of publication, names and places play no part."""
    return (
        contract_facts([one]) == contract_facts([other])
        and [holder.key for holder in one.holders] == [holder.key for holder in other.holders]
        and one.modifications == other.modifications
    )


def to_json(notice: DecpNotice) -> dict[str, Any]:
    """The notice as the database keeps it, beside its date of publication; its rank and its warnings go."""
    fields = asdict(notice)
    del fields["index"], fields["warnings"], fields["published_on"]
    return {name: _plain(value) for name, value in fields.items()}


def from_json(content: dict[str, Any], published_on: date | None) -> DecpNotice:
    """The notice that to_json wrote, of rank 0."""
    return DecpNotice(
        **{
            **content,
            "index": 0,
            "amount": _decimal(content["amount"]),
            "notified_on": _date(content["notified_on"]),
            "published_on": published_on,
            "place": Place(**content["place"]) if content["place"] else None,
            "holders": _holders(content["holders"]),
            "modifications": tuple(_modification(fields) for fields in content["modifications"]),
            "social": tuple(content["social"]),
        }
    )


def _modification(fields: dict[str, Any]) -> Modification:
    return Modification(
        **{
            **fields,
            "amount": _decimal(fields["amount"]),
            "notified_on": _date(fields["notified_on"]),
            "published_on": _date(fields["published_on"]),
            "holders": _holders(fields["holders"]),
        }
    )


def _holders(entries: list[dict[str, str]]) -> tuple[Holder, ...]:
    return tuple(Holder(**fields) for fields in entries)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None else None
