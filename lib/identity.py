"""Who is the same person, and how French text sorts. Rules: exchange format, “Counts”."""

import hashlib
import re
import unicodedata
from datetime import date
from functools import lru_cache

# NFKD leaves these letters whole; casefold alone would not part them either.
_WHOLE_LETTERS = str.maketrans(
    {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "ł": "l", "Ł": "l"}
)
_NAMED = re.compile("n:[0-9a-f]{32}")
_LONGEST_KEY = 500


def person_identity(last_name: str, first_name: str, birth_date: date) -> str:
    """Key equal for two records of one person: names compared separately, without case, accents or punctuation.

    Returns "n:" and 32 hexadecimal digits, stable across processes and versions. It is a key, not an anonymisation:
    whoever knows the name and the date can compute it again.
    """
    return "n:" + _digest("\x1f".join((normalise_name(last_name), normalise_name(first_name), birth_date.isoformat())))


def anonymous_identity(person_key: str) -> str:
    """Key of an anonymised record from its `person_key`; one of `person_identity` only where it was made from it.

    A record anonymised here is exported under the key that it had while it was named, and must find it again; one that
    came anonymised is exported without the "k:".
    """
    return person_key if _NAMED.fullmatch(person_key) else f"k:{person_key}"


@lru_cache(maxsize=4096)
def normalise_name(name: str) -> str:
    """One name reduced to its letters and decimal digits (categories L* but Lm, and Nd)."""
    folded = unicodedata.normalize("NFKD", name.translate(_WHOLE_LETTERS).casefold()).casefold()
    return "".join(char for char in folded if _is_kept(unicodedata.category(char)))


def sort_key(text: str) -> str:
    """Key that sorts French text like unaccent(lower(x)): « école » between « eau » and « zeta ».

    Cut to what an index entry holds, whatever a letter is worth once normalised.
    """
    folded = unicodedata.normalize("NFKD", text.translate(_WHOLE_LETTERS).casefold())
    return " ".join("".join(char for char in folded if not unicodedata.combining(char)).split())[:_LONGEST_KEY]


def _is_kept(category: str) -> bool:
    return category == "Nd" or (category.startswith("L") and category != "Lm")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
