"""Rules about hours and hires, without models: the same for the grid, the forms and whatever writes in bulk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from beneficiaries.enums import HORS_QPV, NON_CONNU
from lib.dates import add_months, age_on, date_fr, last_day, month_of
from lib.hours import MONTH_MAXIMUM
from lib.numbers import NNBSP, hours_fr

USUAL_MAXIMUM = Decimal(220)
YOUNGEST, OLDEST = 16, 75

Span = tuple[date | None, date | None]


def month_to_declare(today: date) -> date:
    """The last whole month: companies declare a month once it is over."""
    return add_months(month_of(today), -1)


def touches(month: date, span: Span) -> bool:
    """Whether `month` and a span of days have one day at least in common; None leaves that side open."""
    first, last = span
    return (first is None or month_of(first) <= month) and (last is None or month <= last)


def month_outside(month: date, spans: Iterable[tuple[str, Span]]) -> str:
    """Why hours cannot stand in `month`, from spans named as after « hors » (« du contrat »); empty: they can."""
    for name, span in spans:
        if not touches(month, span):
            return f"Ce mois est hors {name} ({span_fr(span)}). Corrigez le mois ou les dates."
    return ""


def span_fr(span: Span) -> str:
    """« du 12/01/2026 au 31/03/2026 », « depuis le 12/01/2026 »."""
    first, last = span
    if first and last:
        return f"du {date_fr(first)} au {date_fr(last)}"
    if first:
        return f"depuis le {date_fr(first)}"
    return f"jusqu'au {date_fr(last)}" if last else "sans dates"


def month_sum_problem(total: Decimal) -> tuple[str, str]:
    """(error, warning) on the hours not refused of one work contract in one month, each empty when there is none."""
    if total > MONTH_MAXIMUM:
        maximum = hours_fr(MONTH_MAXIMUM)
        return (
            f"Le contrat totaliserait {hours_fr(total)} ce mois, qui n'en contient que {maximum}. Corrigez ses lignes.",
            "",
        )
    if total > USUAL_MAXIMUM:
        return "", f"Le contrat totalise {hours_fr(total)} ce mois, ce qui est inhabituel. Vérifiez ses lignes."
    return "", ""


@dataclass(frozen=True, slots=True)
class FrozenAtHire:
    """What a work contract keeps of the person for ever. Empty is known to be absent."""

    age_at_hire: int | None
    education_level: str
    criteria: tuple[str, ...]
    qpv_code: str
    qpv_generation: str


def freeze_at_hire(
    *,
    starts_on: date,
    birth_date: date | None,
    education_level: str,
    criteria: Sequence[str],
    qpv_code: str,
    qpv_generation: str,
) -> FrozenAtHire:
    """The person as on the day of the hire; `non_connu` and `hors_qpv` of the record become empty."""
    lives_in_qpv = qpv_code not in ("", HORS_QPV)
    return FrozenAtHire(
        age_at_hire=None if birth_date is None else age_on(birth_date, starts_on),
        education_level="" if education_level == NON_CONNU else education_level,
        criteria=tuple(code for code in criteria if code != NON_CONNU),
        qpv_code=qpv_code if lives_in_qpv else "",
        qpv_generation=qpv_generation if lives_in_qpv else "",
    )


def proof_end(proof_date: date, validity_months: int) -> date:
    """Last day on which a proof of `proof_date` may still be shown at a hire: 31/01 + 1 month is 28/02."""
    month = add_months(proof_date, validity_months)
    return min(last_day(month), month + timedelta(days=proof_date.day - 1))


def age_warning(age: int | None) -> str:
    if age is None or YOUNGEST <= age <= OLDEST:
        return ""
    return f"Âge à l'embauche inhabituel{NNBSP}: {age} ans. Vérifiez la date de naissance et celle de l'embauche."


def eligibility_warning(starts_on: date, verified_on: date | None, valid_until: date | None) -> str:
    """What is missing for the hours to be counted: eligibility is verified before the job starts."""
    if verified_on is None:
        return "L'éligibilité n'est pas vérifiée. Enregistrez le justificatif avant l'embauche."
    if verified_on > starts_on:
        return f"L'éligibilité a été vérifiée le {date_fr(verified_on)}, après l'embauche du {date_fr(starts_on)}."
    if valid_until is not None and valid_until < starts_on:
        return f"L'éligibilité n'était valable que jusqu'au {date_fr(valid_until)}, avant l'embauche."
    return ""
