"""Which lot that an earlier file made does a row of a later file speak of?"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from clauses.decp.grouping import GroupedLot, holder_keys

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class KnownLot(Generic[K]):
    """A lot as the last file taken described it: later corrections made by hand play no part.

    `cpv` and `holders` are None for a lot that came otherwise (a portfolio that was exported), where they are unknown.
    """

    key: K
    title: str
    cpv: str | None
    amount: Decimal | None
    holders: frozenset[tuple[str, str]] | None


def match_lots(incoming: Sequence[GroupedLot], known: Sequence[KnownLot[K]]) -> list[K | None]:
    """For each incoming lot the key of its known one, or None for a new lot; no known lot is given twice.

    First those with the same object, CPV and amount. Then those of which exactly one of object, CPV, amount and holders
    has changed: with two changed, two lots of one marché published week after week would overwrite one another.
    """
    left = list(known)
    found: list[K | None] = [_take(lot, left, exact=True) for lot in incoming]
    return [key if key is not None else _take(lot, left, exact=False) for lot, key in zip(incoming, found, strict=True)]


def _take(lot: GroupedLot, left: list[KnownLot[K]], *, exact: bool) -> K | None:
    for candidate in left:
        if _same_key(lot, candidate) if exact else _agreement(lot, candidate) >= 3:
            left.remove(candidate)
            return candidate.key
    return None


def _same_key(lot: GroupedLot, known: KnownLot[K]) -> bool:
    notice = lot.notice
    return (notice.title, notice.amount) == (known.title, known.amount) and known.cpv in (None, notice.cpv)


def _agreement(lot: GroupedLot, known: KnownLot[K]) -> int:
    notice = lot.notice
    return sum(
        (
            notice.title == known.title,
            notice.cpv == known.cpv,
            notice.amount == known.amount,
            holder_keys(notice) == known.holders,
        )
    )
