"""A password that is long and still in every guesser's list: refused from a list kept here, without asking anybody."""

import re
from functools import cache
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

FEWEST_CHARACTERS = 6
_SHORTEST_WORD = 4
_NOT_A_LETTER = re.compile(r"[\W\d_]+")


@cache
def common_passwords() -> frozenset[str]:
    """Django's list of the 20 000 most used."""
    return frozenset(CommonPasswordValidator().passwords)


class PaddedPasswordValidator:
    """Refuses length by repetition: few characters, a pattern, one or two common passwords in a row."""

    def validate(self, password: str, user: Any = None) -> None:
        lowered = password.lower()
        if len(set(lowered)) < FEWEST_CHARACTERS:
            raise ValidationError("Ce mot de passe répète trop peu de caractères différents.", code="few_characters")
        if _is_repeated(lowered):
            raise ValidationError("Ce mot de passe répète un même motif.", code="repeated")
        if _is_common(_NOT_A_LETTER.sub("", lowered)) or _is_common(lowered):
            raise ValidationError("Ce mot de passe assemble des mots de passe très courants.", code="common")

    def get_help_text(self) -> str:
        return "Une phrase de quelques mots sans lien entre eux convient bien. Ne répétez pas un mot de passe courant."


def _is_repeated(text: str) -> bool:
    """Whether `text` is a shorter text several times, the last time perhaps cut short."""
    return any(text == (text[:size] * (len(text) // size + 1))[: len(text)] for size in range(1, len(text) // 2 + 1))


def _is_common(text: str) -> bool:
    known = common_passwords()
    if text in known:
        return True
    cuts = range(_SHORTEST_WORD, len(text) - _SHORTEST_WORD + 1)
    return any(text[:cut] in known and text[cut:] in known for cut in cuts)
