"""The sentence that opens the page of a person: where things stand, with dates."""

from collections.abc import Sequence
from datetime import date

from beneficiaries.models import Beneficiary, Eligibility, EmploymentContract
from lib.dates import date_fr
from lib.numbers import NNBSP


def person_answer(
    person: Beneficiary,
    contracts: Sequence[EmploymentContract],
    eligibilities: Sequence[Eligibility],
    today: date,
) -> str:
    """`contracts` latest first, `eligibilities` latest verification first."""
    parts = [_work(contracts, today), _eligibility(eligibilities, today)]
    return " ".join(f"{part[0].upper()}{part[1:]}." for part in parts)


def _work(contracts: Sequence[EmploymentContract], today: date) -> str:
    running = [one for one in contracts if one.starts_on <= today and (one.ends_on is None or one.ends_on >= today)]
    if running:
        one = running[0]
        until = f"jusqu'au {date_fr(one.ends_on)}" if one.ends_on else "sans date de fin"
        more = f", et {len(running) - 1} autre{'s' if len(running) > 2 else ''}" if len(running) > 1 else ""
        return f"en contrat chez {one.employer} {until}{more}"
    to_come = [one for one in contracts if one.starts_on > today]
    if to_come:
        return f"embauche prévue le {date_fr(to_come[-1].starts_on)} chez {to_come[-1].employer}"
    if contracts:
        last = max(contracts, key=lambda one: one.ends_on or date.min)
        return f"aucun contrat en cours{NNBSP}; le dernier s'est terminé le {date_fr(last.ends_on or last.starts_on)}"
    return "aucun contrat de travail pour l'instant"


def _eligibility(eligibilities: Sequence[Eligibility], today: date) -> str:
    if not eligibilities or eligibilities[0].verified_on is None:
        return "éligibilité à vérifier"
    latest = eligibilities[0]
    verified = f"éligibilité vérifiée le {date_fr(latest.verified_on)}" if latest.verified_on else ""
    if latest.valid_until is None:
        return verified
    if latest.valid_until < today:
        return f"{verified}, terminée depuis le {date_fr(latest.valid_until)}"
    return f"{verified}, valable jusqu'au {date_fr(latest.valid_until)}"
