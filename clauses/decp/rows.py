"""One row of any of the formats, already a mapping, becomes a notice or a refusal.

The 2019 and 2022 formats name nearly all their fields alike, so one reading serves both.
When it can't be read, a value that only informs is dropped with a warning; one that the obligation rests on refuses
the row.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from clauses.decp.notice import DecpNotice, Holder, Modification, Place, Refusal
from clauses.decp.values import (
    MAX_DURATION_MONTHS,
    as_mapping,
    clean_text,
    items,
    parse_amount,
    parse_cpv,
    parse_date,
    parse_duration,
)
from lib.numbers import money_fr, number_fr

MAX_TITLE = 1000
MAX_NAME = 255
MAX_IDENTIFIER = 60
MAX_HOLDERS = 200
MAX_MODIFICATIONS = 200

T = TypeVar("T")

_CONCESSION_NATURES = ("concession", "délégation")


class _RowError(Exception):
    """The row can't be taken; the message says why."""


def read_row(index: int, data: object, *, concession: bool = False) -> DecpNotice | Refusal:
    if not isinstance(data, dict):
        return Refusal(index, "", "Cet élément n'est pas la description d'un marché.")
    label = _label(data)
    if concession or _is_concession(data):
        return Refusal(index, label, "Contrat de concession\u202f: seuls les marchés sont repris.")
    try:
        return _Row(index, data).notice()
    except _RowError as error:
        return Refusal(index, label, str(error))


def _label(data: dict[str, Any]) -> str:
    buyer = as_mapping(data.get("acheteur")) or as_mapping(data.get("autoriteConcedante"))
    return " / ".join(part for part in (clean_text(buyer.get("id")), clean_text(data.get("id"))) if part)[:MAX_NAME]


def _is_concession(data: dict[str, Any]) -> bool:
    if clean_text(data.get("_type")) == "Contrat de concession" or "autoriteConcedante" in data:
        return True
    return clean_text(data.get("nature")).casefold().startswith(_CONCESSION_NATURES)


class _Row:
    def __init__(self, index: int, data: dict[str, Any]) -> None:
        self.index = index
        self.data = data
        self.warnings: list[str] = []

    def notice(self) -> DecpNotice:
        buyer = as_mapping(self.data.get("acheteur"))
        buyer_id = self._identifier(buyer.get("id"), "L'identifiant de l'acheteur")
        number = self._identifier(self.data.get("id"), "L'identifiant du marché")
        title = self._title()
        notified_on, published_on = self._dates()
        return DecpNotice(
            index=self.index,
            buyer_id=buyer_id,
            buyer_name=self._text(buyer.get("nom"), "nom de l'acheteur", MAX_NAME),
            number=number,
            title=title,
            cpv=self._lenient(self.data.get("codeCPV"), parse_cpv, "code CPV", ""),
            nature=clean_text(self.data.get("nature"))[:MAX_NAME],
            procedure=clean_text(self.data.get("procedure"))[:MAX_NAME],
            ccag=clean_text(self.data.get("ccag"))[:MAX_NAME],
            amount=self._amount(),
            duration_months=self._duration(),
            notified_on=notified_on,
            published_on=published_on,
            place=self._place(),
            holders=self._own_holders(),
            modifications=self._modifications(),
            social=self._social(),
            warnings=tuple(self.warnings),
        )

    def _identifier(self, value: object, what: str) -> str:
        text = clean_text(value)
        if not text:
            raise _RowError(f"{what} est absent.")
        if len(text) > MAX_IDENTIFIER:
            raise _RowError(f"{what} dépasse {MAX_IDENTIFIER} caractères.")
        return text

    def _title(self) -> str:
        title = self._text(self.data.get("objet"), "objet", MAX_TITLE)
        if not title:
            raise _RowError("L'objet du marché est absent.")
        return title

    def _text(self, value: object, what: str, limit: int) -> str:
        text = clean_text(value)
        if len(text) > limit:
            self.warnings.append(f"{what} coupé à {number_fr(limit)} caractères")
            return text[:limit].rstrip()
        return text

    def _lenient(self, value: object, parse: Callable[[object], T], what: str, absent: T) -> T:
        try:
            return parse(value)
        except ValueError:
            self.warnings.append(f"{what} illisible («\u202f{clean_text(value)[:40]} »), laissé vide")
            return absent

    def _dates(self) -> tuple[date | None, date | None]:
        notified_on = self._lenient(self.data.get("dateNotification"), parse_date, "date de notification", None)
        published_on = self._lenient(self.data.get("datePublicationDonnees"), parse_date, "date de publication", None)
        if notified_on is None and published_on is None:
            raise _RowError(
                "Ni date de notification ni date de publication lisible\u202f: le début du marché est inconnu."
            )
        if notified_on is None:
            self.warnings.append("date de notification absente, celle de la publication en tient lieu")
        return notified_on, published_on

    def _amount(self) -> Decimal | None:
        value = self.data.get("montant")
        try:
            amount = parse_amount(value)
        except ValueError:
            raise _RowError(f"Le montant «\u202f{clean_text(value)[:40]}\u202f» n'est pas un montant.") from None
        if amount is None:
            self.warnings.append("montant absent")
        elif amount == 0:
            self.warnings.append("montant de 0 €, à vérifier")
        elif amount >= 10**9 or (amount >= 10**6 and set(str(int(amount))) == {"9"}):
            self.warnings.append(f"montant de {money_fr(amount)} peu vraisemblable, à vérifier")
        return amount

    def _duration(self) -> int:
        value = self.data.get("dureeMois")
        try:
            duration = parse_duration(value)
        except ValueError:
            raise _RowError(
                f"La durée «\u202f{clean_text(value)[:40]}\u202f» n'est pas un nombre de mois"
                f" entre 1 et {MAX_DURATION_MONTHS}."
            ) from None
        if duration is None:
            raise _RowError("La durée est absente\u202f: la fin du marché est inconnue.")
        return duration

    def _place(self) -> Place | None:
        place = as_mapping(self.data.get("lieuExecution"))
        code, name = clean_text(place.get("code")), clean_text(place.get("nom"))
        if not code and not name:
            return None
        return Place(code[:MAX_IDENTIFIER], clean_text(place.get("typeCode"))[:MAX_IDENTIFIER], name[:MAX_NAME])

    def _own_holders(self) -> tuple[Holder, ...]:
        holders = self._holders(self.data.get("titulaires"))
        if not holders:
            self.warnings.append("aucun titulaire")
        return holders

    def _holders(self, value: object) -> tuple[Holder, ...]:
        holders: dict[tuple[str, str], Holder] = {}
        for entry in items(value, "titulaire"):
            fields = as_mapping(entry)
            holder = Holder(
                id=clean_text(fields.get("id"))[:MAX_IDENTIFIER],
                id_type=clean_text(fields.get("typeIdentifiant"))[:MAX_IDENTIFIER].upper(),
                name=clean_text(fields.get("denominationSociale"))[:MAX_NAME],
            )
            if not holder.id and not holder.name:
                self.warnings.append("titulaire sans identifiant ni nom, ignoré")
            elif holder.key in holders:
                self.warnings.append(f"titulaire {holder.id or holder.name} cité deux fois, retenu une fois")
            elif len(holders) == MAX_HOLDERS:
                raise _RowError(f"Le marché a plus de {MAX_HOLDERS} titulaires.")
            else:
                holders[holder.key] = holder
        return tuple(holders.values())

    def _modifications(self) -> tuple[Modification, ...]:
        entries = list(items(self.data.get("modifications"), "modification"))
        if len(entries) > MAX_MODIFICATIONS:
            raise _RowError(f"Le marché a plus de {MAX_MODIFICATIONS} modifications.")
        read = [self._modification(rank, entry) for rank, entry in enumerate(entries, start=1)]
        return tuple(modification for modification in read if modification is not None)

    def _modification(self, rank: int, entry: object) -> Modification | None:
        if not isinstance(entry, dict):
            self.warnings.append(f"modification {rank} illisible, ignorée")
            return None
        what = f"de la modification {rank}"
        return Modification(
            number=rank,
            title=self._text(entry.get("objetModification"), f"objet {what}", MAX_TITLE),
            notified_on=self._lenient(entry.get("dateNotificationModification"), parse_date, f"date {what}", None),
            published_on=self._lenient(
                entry.get("datePublicationDonneesModification"), parse_date, f"date de publication {what}", None
            ),
            amount=self._lenient(entry.get("montant"), parse_amount, f"montant {what}", None),
            duration_months=self._lenient(entry.get("dureeMois"), parse_duration, f"durée {what}", None),
            holders=self._holders(entry.get("titulaires")),
        )

    def _social(self) -> tuple[str, ...]:
        texts = (
            clean_text(entry)[:MAX_NAME]
            for entry in items(self.data.get("considerationsSociales"), "considerationSociale")
        )
        return tuple(dict.fromkeys(text for text in texts if text))
