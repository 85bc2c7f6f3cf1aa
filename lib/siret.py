"""SIRET numbers: one verdict, with the reason in French. Nothing but spaces is ever repaired.

Rules of INSEE by python-stdnum: 14 digits, Luhn on the whole and on the SIREN, and for La Poste (SIREN 356 000 000,
head office excepted) a sum of digits multiple of 5 instead of Luhn.
"""

import re
from dataclasses import dataclass

from stdnum import luhn
from stdnum.exceptions import ValidationError
from stdnum.fr import siret as stdnum_siret

from lib.numbers import NNBSP, quote

LA_POSTE = "356000000"

_DIGITS = re.compile(r"[0-9]+")
_SCIENTIFIC = re.compile(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+")
_DECIMAL_TAIL = re.compile(r"[0-9]+[.,]0+")
_VAT = re.compile(r"([A-Za-z]{2})(?=.*[0-9])[0-9A-Za-z]{6,13}")
_SPACES = re.compile(r"\s+")
_SEPARATORS = ".-_/,\u2010\u2011\u2012\u2013'"
_QUOTED_LENGTH = 40


@dataclass(frozen=True, slots=True)
class SiretVerdict:
    """`siret`: the 14 digits when valid, else None. `strict`: valid as received, without dropping a single space.

    `reason`: French sentence saying what is wrong and how to mend it; empty when valid.
    """

    raw: str
    siret: str | None
    strict: bool
    reason: str

    @property
    def valid(self) -> bool:
        return self.siret is not None


def check_siret(raw: str | None) -> SiretVerdict:
    """The verdict on one identifier as it was received."""
    text = raw or ""
    compact = normalise_siret(text)
    reason = _fault(compact)
    if reason:
        return SiretVerdict(text, None, False, reason)
    return SiretVerdict(text, compact, compact == text, "")


def normalise_siret(raw: str) -> str:
    """`raw` without its spaces of any kind (no-break ones too); everything else is kept, right or wrong."""
    return _SPACES.sub("", raw)


def siret_fr(siret: str) -> str:
    """« 356 000 000 12305 »; what is no SIRET is left as it is."""
    if len(siret) != 14:
        return siret
    return NNBSP.join((siret[:3], siret[3:6], siret[6:9], siret[9:]))


def _fault(text: str) -> str:
    if not text:
        return "Le SIRET est vide."
    if not _DIGITS.fullmatch(text):
        return _fault_of_characters(text)
    if len(text) != 14:
        return _fault_of_length(text)
    if _is_valid(text):
        return ""
    if text.startswith(LA_POSTE):
        return (
            "Ce SIRET de La Poste est faux"
            f"{NNBSP}: la somme de ses chiffres doit être un multiple de 5. Vérifiez chaque chiffre."
        )
    return f"La clé de contrôle de ce SIRET est fausse{NNBSP}: un chiffre est mal recopié. Vérifiez chaque chiffre."


def _fault_of_characters(text: str) -> str:
    shown = text[:_QUOTED_LENGTH]
    if _SCIENTIFIC.fullmatch(text):
        return (
            f"Un tableur a changé ce numéro en {quote(shown)}{NNBSP}: ses derniers chiffres sont perdus. "
            "Mettez la colonne au format texte et ressaisissez les 14 chiffres."
        )
    if _DECIMAL_TAIL.fullmatch(text):
        return f"Un tableur a ajouté une décimale ({quote(shown)}). Mettez la colonne au format texte."
    if vat := _VAT.fullmatch(text):
        return _fault_of_vat(vat[1].upper())
    if _DIGITS.fullmatch(text.translate({ord(mark): None for mark in _SEPARATORS})):
        return f"Un SIRET ne contient que des chiffres{NNBSP}: retirez points, tirets et autres de {quote(shown)}."
    wrong = next(char for char in text if not _DIGITS.fullmatch(char))
    return f"Un SIRET ne contient que 14 chiffres{NNBSP}; {quote(wrong)} n'en est pas un dans {quote(shown)}."


def _fault_of_vat(country: str) -> str:
    if country == "FR":
        return (
            f"C'est un numéro de TVA{NNBSP}; il faut le SIRET de l'établissement, 14 chiffres, "
            "qui commence par les 9 derniers de ce numéro."
        )
    return (
        f"C'est un identifiant étranger ({country}), pas un SIRET. "
        f"Une entreprise sans établissement en France n'en a pas{NNBSP}: laissez la case vide."
    )


def _fault_of_length(text: str) -> str:
    count = len(text)
    if count == 9 and luhn.is_valid(text):
        return f"C'est un SIREN (9 chiffres){NNBSP}: ajoutez les 5 chiffres de l'établissement pour avoir le SIRET."
    if count == 13:
        hint = f"«\u202f0{text}\u202f» serait valide. " if _is_valid("0" + text) else ""
        return (
            "13 chiffres au lieu de 14"
            f"{NNBSP}: un zéro de tête a sans doute été perdu dans un tableur. {hint}Ressaisissez le SIRET en texte."
        )
    if count > 14 and _is_valid(text[:14]):
        return (
            f"{count} chiffres au lieu de 14{NNBSP}: les 14 premiers forment un SIRET valide, "
            f"les {count - 14} derniers sont de trop."
        )
    plural = "s" if count > 1 else ""
    return f"{count} chiffre{plural} au lieu de 14."


def _is_valid(digits: str) -> bool:
    try:
        stdnum_siret.validate(digits)
    except ValidationError:
        return False
    return True
