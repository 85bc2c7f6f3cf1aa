"""One cell to one value: what each kind of column admits, and the reason told when it does not."""

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from enum import Enum

from stdnum import luhn

from beneficiaries.portfolio.columns import HORS_QPV, NON_CONNU, Column, Kind
from lib.dates import MonthError, parse_month
from lib.siret import check_siret, normalise_siret

_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Far beyond any figure; short of what would take a database hours to multiply.
_MOST_DIGITS = 40
_MOST_AGE_DIGITS = 4
_WHOLE = re.compile(r"[0-9]+")


class Absence(Enum):
    """A value that is known to be absent, where an empty cell leaves it to be frozen from the person."""

    KNOWN = "known"


class CellError(ValueError):
    """The cell cannot be taken; the message is the reason, in French."""


def convert(column: Column, cell: str) -> object:
    """The value of a stripped, non-empty cell; raises CellError."""
    if "\0" in cell:
        raise CellError("caractère nul dans la cellule. Supprimez-le.")
    if column.unknown and cell == column.unknown:
        return Absence.KNOWN
    if cell == HORS_QPV:
        raise CellError("«\u202fhors_qpv\u202f» n'est admis que dans une colonne qpv_code.")
    if len(cell) > column.longest:
        raise CellError(f"texte de {len(cell)} caractères, {column.longest} au plus. Abrégez-le.")
    converter = _CONVERTERS.get(column.kind)
    return cell if converter is None else converter(column, cell)


def _code(column: Column, cell: str) -> str:
    if cell not in column.codes:
        admitted = ", ".join((*column.codes, column.unknown) if column.unknown else column.codes)
        raise CellError(f"code inconnu. Codes admis, majuscules et minuscules comprises\u202f: {admitted}.")
    return cell


def _date(column: Column, cell: str) -> datetime.date:
    if not _DATE.fullmatch(cell):
        raise CellError("date mal formée. Écrivez-la AAAA-MM-JJ, par exemple 2024-03-31.")
    try:
        return datetime.date.fromisoformat(cell)
    except ValueError:
        raise CellError("cette date n'existe pas. Corrigez le jour ou le mois.") from None


def _month(column: Column, cell: str) -> datetime.date:
    try:
        return parse_month(cell)
    except MonthError as error:
        raise CellError(str(error)) from None


def _decimal(column: Column, cell: str) -> Decimal:
    if not _DECIMAL.fullmatch(cell):
        if cell.startswith("-") and _DECIMAL.fullmatch(cell[1:]):
            raise CellError("nombre négatif. Écrivez un nombre positif ou nul.")
        raise CellError(
            "nombre mal formé. Écrivez des chiffres et un point décimal, sans espace ni exposant\u202f: 1024.5."
        )
    if len(cell) > _MOST_DIGITS:
        raise CellError(f"nombre de plus de {_MOST_DIGITS} chiffres. Vérifiez-le.")
    return Decimal(cell)


def _hours(column: Column, cell: str) -> Decimal:
    value = _decimal(column, cell)
    if "." in cell and len(cell) - cell.index(".") > 3:
        raise CellError("plus de deux décimales. Arrondissez les heures au centième.")
    return value


def _share(column: Column, cell: str) -> Decimal:
    value = _decimal(column, cell)
    if value > 1:
        raise CellError("nombre supérieur à 1. Écrivez une part de 0 à 1\u202f: 0.05 pour 5 %.")
    return value


def _cost(column: Column, cell: str) -> Decimal:
    value = _decimal(column, cell)
    if not value:
        raise CellError("coût horaire nul. Écrivez un coût supérieur à 0, ou laissez la cellule vide.")
    return value


def _age(column: Column, cell: str) -> int:
    if not _WHOLE.fullmatch(cell):
        raise CellError("âge mal formé. Écrivez un nombre entier d'années, ou «\u202fnon_connu\u202f».")
    if len(cell) > _MOST_AGE_DIGITS:
        raise CellError("âge hors de portée. Vérifiez-le.")
    return int(cell)


def _siret(column: Column, cell: str) -> str:
    verdict = check_siret(cell)
    if verdict.siret is not None:
        return verdict.siret
    digits = normalise_siret(cell)
    # The format asks for the key of the 14 digits alone, where a form asks for that of the SIREN too.
    if len(digits) == 14 and digits.isascii() and digits.isdigit() and luhn.is_valid(digits):
        return digits
    raise CellError(verdict.reason)


def _criteria(column: Column, cell: str) -> tuple[str, ...] | Absence | None:
    criteria = tuple(filter(None, map(str.strip, cell.split(";"))))
    if HORS_QPV in criteria:
        raise CellError("«\u202fhors_qpv\u202f» n'est admis que dans une colonne qpv_code.")
    if criteria == (NON_CONNU,):
        return Absence.KNOWN
    return criteria or None


def _qpv(column: Column, cell: str) -> str:
    if cell == NON_CONNU:
        raise CellError(
            "«\u202fnon_connu\u202f» n'est pas admis ici. Écrivez «\u202fhors_qpv\u202f» pour une résidence hors QPV."
        )
    return cell


_CONVERTERS: dict[Kind, Callable[[Column, str], object]] = {
    Kind.CODE: _code,
    Kind.DATE: _date,
    Kind.MONTH: _month,
    Kind.AMOUNT: _decimal,
    Kind.COST: _cost,
    Kind.SHARE: _share,
    Kind.HOURS: _hours,
    Kind.AGE: _age,
    Kind.SIRET: _siret,
    Kind.CRITERIA: _criteria,
    Kind.QPV: _qpv,
}
