"""Rows of one pair (buyer, marché id) are one marché: the same row published again, or its lots."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile

from clauses.decp.notice import DecpNotice

_LOT_NUMBER = re.compile(r"\blots?\s*(?:n\s*[°o]?\s*)?[:.]?\s*(\d{1,3})\b", re.IGNORECASE)
_LOT_MARK = r"[\s:;,.–(/-]*(?:\blots?\b(?:\s*n\s*[°o]?)?)?[\s:;,.–(/-]*"
_TRAILING_MARK = re.compile(_LOT_MARK + r"0?$", re.IGNORECASE)
_LEADING_MARK = re.compile(r"\s*(?:[:;,.–(/-]|\blots?\b|$)", re.IGNORECASE)
_MIN_TITLE = 12


@dataclass(frozen=True, slots=True)
class GroupedLot:
    """The publication that stands, and those that it replaces."""

    notice: DecpNotice
    republications: tuple[DecpNotice, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupedContract:
    buyer_id: str
    number: str
    lots: tuple[GroupedLot, ...]

    @property
    def external_ref(self) -> str:
        return contract_ref(self.buyer_id, self.number)

    @property
    def title(self) -> str:
        return contract_title([lot.notice.title for lot in self.lots])


def buyer_ref(buyer_id: str) -> str:
    return f"decp:{buyer_id}"


def contract_ref(buyer_id: str, number: str) -> str:
    return f"decp:{buyer_id}:{number}"


def group(notices: Iterable[DecpNotice]) -> tuple[GroupedContract, ...]:
    """Marchés in the order of their first row; in each, lots in the order of theirs."""
    pairs: defaultdict[tuple[str, str], list[DecpNotice]] = defaultdict(list)
    for notice in notices:
        pairs[notice.pair].append(notice)
    return tuple(GroupedContract(*pair, _lots(rows)) for pair, rows in pairs.items())


def _lots(rows: list[DecpNotice]) -> tuple[GroupedLot, ...]:
    publications: defaultdict[tuple[str, str, Decimal | None], list[DecpNotice]] = defaultdict(list)
    for row in rows:
        publications[row.content_key].append(row)
    lots = [_standing(same) for same in publications.values()]
    return tuple(_with_doubts(lot, lots[:rank]) for rank, lot in enumerate(lots))


def _standing(same: list[DecpNotice]) -> GroupedLot:
    """The latest publication wins; of two on one day, the later in the file."""
    ordered = sorted(same, key=lambda notice: (publication_rank(notice), notice.index))
    return GroupedLot(ordered[-1], tuple(ordered[:-1]))


def publication_rank(notice: DecpNotice) -> str:
    """Sortable, a notice without publication date being the oldest."""
    return notice.published_on.isoformat() if notice.published_on else ""


def _with_doubts(lot: GroupedLot, earlier: list[GroupedLot]) -> GroupedLot:
    doubts = [
        f"même CPV, même montant et mêmes titulaires que le n° {other.notice.index}, seul l'objet diffère\u202f: "
        "peut-être une republication corrigée, à vérifier"
        for other in earlier
        if _nearly_same(lot.notice, other.notice)
    ]
    doubts += [
        f"le n° {old.index}, publié avec le même objet, le même CPV et le même montant, cite d'autres titulaires"
        for old in lot.republications
        if holder_keys(old) != holder_keys(lot.notice)
    ]
    return GroupedLot(lot.notice, lot.republications, tuple(doubts))


def _nearly_same(one: DecpNotice, other: DecpNotice) -> bool:
    return (one.cpv, one.amount, holder_keys(one)) == (other.cpv, other.amount, holder_keys(other)) and one.amount != 0


def holder_keys(notice: DecpNotice) -> frozenset[tuple[str, str]]:
    return frozenset(holder.key for holder in notice.holders)


def contract_title(titles: list[str]) -> str:
    """What all titles begin with, where that ends at punctuation or at « lot » in one of them; else the first title."""
    if len(set(titles)) == 1:
        return titles[0]
    prefix = _common_prefix(titles)
    words = prefix[: prefix.rfind(" ") + 1] if any(title[len(prefix) :][:1].isalnum() for title in titles) else prefix
    stem = _TRAILING_MARK.sub("", words)
    ends_well = any(_LEADING_MARK.match(title[len(stem) :]) for title in titles)
    return stem if ends_well and len(stem) >= _MIN_TITLE else titles[0]


def _common_prefix(titles: list[str]) -> str:
    first, last = min(titles), max(titles)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(character for character, _other in same)


def lot_numbers(titles: list[str], taken: Iterable[str] = ()) -> list[str]:
    """The number that each title gives (« Lot 12 : peinture »), where it is free; else the first free number."""
    used = set(taken)
    numbers: list[str] = []
    for title in titles:
        match = _LOT_NUMBER.search(title)
        number = str(int(match[1])) if match else ""
        if not number or number == "0" or number in used:
            number = _first_free(used)
        used.add(number)
        numbers.append(number)
    return numbers


def _first_free(used: set[str]) -> str:
    rank = 1
    while str(rank) in used:
        rank += 1
    return str(rank)
