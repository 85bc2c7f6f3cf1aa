"""The words under the obligation bar and the sentence of the lot: pages, PDF, spreadsheets and mails take them here."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from lib.dates import add_months, iter_months, long_date_fr, month_name_fr, month_of, of_month_fr
from lib.numbers import NNBSP, hours_fr, number_fr, percent_fr, round_half_up
from lib.progress_rules import FULL_TIME_WEEK, PACE_MONTHS, LotStatus, ProgressFigures

STATUS_LABELS = {
    LotStatus.A_CALIBRER: "À calibrer",
    LotStatus.SANS_OBLIGATION: "Sans obligation",
    LotStatus.ATTEINT: "Atteint",
    LotStatus.A_VENIR: "À venir",
    LotStatus.NON_ATTEINT: "Non atteint",
    LotStatus.COMPROMIS: "Compromis",
    LotStatus.EN_AVANCE: "En avance",
    LotStatus.A_SURVEILLER: "À surveiller",
    LotStatus.EN_RETARD: "En retard",
}
_COUNTS = ("", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")
_PERIODS = {
    1: ("le dernier mois déclaré", "du dernier mois déclaré"),
    2: ("les deux derniers mois déclarés", "des deux derniers mois déclarés"),
    PACE_MONTHS: ("les trois derniers mois", "des trois derniers mois"),
}
# A line never begins with the dot.
SEPARATOR = "\u00a0· "
_LOWEST_SHOWN = Decimal("0.05")


def bar_words(figures: ProgressFigures) -> str:
    """« 612,5 h validées sur 833 h (73,5 %) · attendu fin septembre 690 h · reste 220,5 h »."""
    if figures.due is None:
        parts = [_validated(figures), "obligation à calibrer"]
    elif figures.due == 0:
        parts = [_validated(figures), "sans obligation"]
    else:
        parts = [f"{_validated(figures)} sur {_share(figures.validated, figures.due)}", *_situation(figures)]
        if figures.remaining:
            parts.append(f"reste {hours_fr(figures.remaining)}{_somewhere(figures, figures.due)}")
    if pending := _pending(figures):
        parts.append(f"{_hours(pending, 'déclarée')} à valider")
    return SEPARATOR.join(parts)


def lot_sentence(figures: ProgressFigures, today: date) -> str:
    """What will happen to the lot and what it takes, in one to three sentences that agree with its status."""
    status = figures.status
    if status == LotStatus.A_CALIBRER or figures.due is None:
        return "L'obligation de ce lot n'est pas encore fixée. Calibrez-la pour suivre son avancement."
    if status == LotStatus.SANS_OBLIGATION:
        done = f" {_validated(figures)} quand même." if figures.validated else ""
        return f"Ce lot n'a pas d'obligation d'insertion.{done}"
    if status == LotStatus.ATTEINT:
        return _reached(figures, figures.due)
    if status is None or figures.starts_on is None or figures.ends_on is None:
        raise ValueError("A sum of lots has no sentence: it lacks a status and dates.")
    if status == LotStatus.A_VENIR:
        return _to_come(figures, figures.due, figures.starts_on, figures.ends_on)
    if status == LotStatus.NON_ATTEINT:
        return _missed(figures, figures.due, figures.ends_on)
    if today > figures.ends_on:
        return _waiting_for_declarations(figures, figures.due, figures.ends_on)
    sentences = [_rhythm(figures, figures.due), _need(figures, figures.ends_on), _last_day(figures, today)]
    return " ".join(sentence for sentence in sentences if sentence)


def people_fr(capacity: Decimal) -> str:
    """Hours a week as people: 70 → « deux personnes à temps plein », 52,5 → « 1,5 ETP »."""
    count = Fraction(capacity) / Fraction(FULL_TIME_WEEK)
    if count.denominator != 1 or not 0 < count < len(_COUNTS):
        return f"{number_fr(count)}{NNBSP}ETP"
    return f"{_COUNTS[int(count)]} {'personne' if count == 1 else 'personnes'} à temps plein"


def _situation(figures: ProgressFigures) -> list[str]:
    if figures.validated >= (figures.due or 0):
        return ["objectif atteint"] if not figures.remaining else []
    if figures.status == LotStatus.A_VENIR and figures.starts_on:
        return [f"début le {long_date_fr(figures.starts_on)}"]
    if figures.status == LotStatus.NON_ATTEINT and figures.ends_on:
        return [f"terminé le {long_date_fr(figures.ends_on)}"]
    if figures.expected and figures.reference_date:
        return [f"attendu fin {month_name_fr(figures.reference_date)} {hours_fr(figures.expected, 0)}"]
    return []


def _somewhere(figures: ProgressFigures, due: Decimal) -> str:
    """Of a sum: what one lot does beyond its hours does not make up for another."""
    return " sur certains lots" if figures.validated >= due else ""


def _reached(figures: ProgressFigures, due: Decimal) -> str:
    surplus = figures.validated - due
    more = f", soit {hours_fr(surplus)} de plus que dû" if surplus else ""
    return f"L'objectif est atteint{NNBSP}: {_share_done(figures.validated, due)}{more}."


def _to_come(figures: ProgressFigures, due: Decimal, starts_on: date, ends_on: date) -> str:
    pace = f", soit {_per_week(figures.weekly_needed)} ({_fte(figures.weekly_needed)})" if figures.weekly_needed else ""
    return (
        f"Le lot commence le {long_date_fr(starts_on)}{NNBSP}: "
        f"{hours_fr(due - figures.validated)} à faire jusqu'au {long_date_fr(ends_on)}{pace}."
    )


def _missed(figures: ProgressFigures, due: Decimal, ends_on: date) -> str:
    pending = _pending(figures)
    more = f" {_hours(pending, 'déclarée')} {'restent' if pending >= 2 else 'reste'} à valider." if pending else ""
    return f"{_ended(figures, due, ends_on)}{NNBSP}: il manque {hours_fr(figures.remaining)}.{more}"


def _waiting_for_declarations(figures: ProgressFigures, due: Decimal, ends_on: date) -> str:
    first = add_months(figures.reference_date, 1) if figures.reference_date else month_of(ends_on)
    awaited = " et ".join(of_month_fr(month) for month in iter_months(first, ends_on))
    return f"{_ended(figures, due, ends_on)}. Les heures {awaited} ne sont pas encore toutes rendues."


def _ended(figures: ProgressFigures, due: Decimal, ends_on: date) -> str:
    return f"Le lot s'est terminé le {long_date_fr(ends_on)} à {_share_done(figures.validated, due)}"


def _rhythm(figures: ProgressFigures, due: Decimal) -> str:
    if figures.forecast is None:
        if not figures.undeclared_months:
            return f"Le lot vient de commencer{NNBSP}: son rythme n'est pas encore connu."
        names = _months(figures.undeclared_months)
        return f"Le rythme n'est pas connu{NNBSP}: rien n'a été déclaré pour {names}."
    outcome = f"le lot finira à {_share_done(round_half_up(figures.forecast, 0), due, figures.forecast)}"
    the_period, of_the_period = _PERIODS.get(figures.pace_months, _PERIODS[PACE_MONTHS])
    missing = _not_declared(figures.undeclared_months)
    if not figures.pace_per_week:
        return f"Aucune heure sur {the_period}{missing}{NNBSP}: à ce rythme, {outcome}."
    return f"Au rythme {of_the_period}{missing}, {outcome}."


def _not_declared(months: Sequence[date]) -> str:
    return f" ({_months(months)} non déclaré{'s' if len(months) > 1 else ''})" if months else ""


def _need(figures: ProgressFigures, ends_on: date) -> str:
    needed = figures.weekly_needed
    if needed is None:
        return ""
    until = f"{_per_week(needed)} jusqu'au {long_date_fr(ends_on)}, soit {_fte(needed)}"
    if figures.status == LotStatus.COMPROMIS:
        return f"Pour tenir, il faudrait {until}{NNBSP}: plus que {people_fr(figures.capacity)}."
    return f"Pour tenir, il faut {until}."


def _last_day(figures: ProgressFigures, today: date) -> str:
    last, starts_on = figures.last_possible, figures.starts_on
    people = people_fr(figures.capacity)
    if last is None or starts_on is None:
        return ""
    if last < starts_on:
        return f"Même dès le premier jour, il fallait plus que {people}."
    if last < today:
        return f"Avec {people}, il fallait s'y mettre au plus tard le {long_date_fr(last)}."
    return f"Dernier jour pour y parvenir avec {people}{NNBSP}: {long_date_fr(last)}."


def _pending(figures: ProgressFigures) -> Decimal:
    return max(Decimal(0), figures.declared - figures.validated)


def _validated(figures: ProgressFigures) -> str:
    return _hours(figures.validated, "validée")


def _hours(value: Decimal, participle: str) -> str:
    return f"{hours_fr(value)} {participle}{'s' if value >= 2 else ''}"


def _share(part: Decimal, due: Decimal) -> str:
    return f"{hours_fr(due)} ({percent_fr(Fraction(part) / Fraction(due))})"


def _share_done(shown: Decimal, due: Decimal, exact: Decimal | None = None) -> str:
    rate = Fraction(shown if exact is None else exact) / Fraction(due)
    return f"{hours_fr(shown)} sur {hours_fr(due)} ({percent_fr(rate, strip=True)})"


def _per_week(needed: Decimal) -> str:
    shown = hours_fr(needed, 1) if needed >= _LOWEST_SHOWN else f"moins de {hours_fr(Decimal('0.1'), 1)}"
    return f"{shown} par semaine"


def _fte(needed: Decimal) -> str:
    count = Fraction(needed) / Fraction(FULL_TIME_WEEK)
    if count < Fraction(_LOWEST_SHOWN):
        return f"moins de 0,1{NNBSP}ETP"
    return f"{number_fr(count, 1)}{NNBSP}ETP"


def _months(months: Sequence[date]) -> str:
    names = [month_name_fr(month) for month in months]
    return " et ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
