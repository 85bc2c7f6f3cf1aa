"""Rules of obligations that pages explain: the rate to suggest, the steps of a result, the part of each holder."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from clauses.enums import OperationKind, ProgrammeKind
from lib.numbers import NNBSP, hours_fr, money_fr, percent_fr, round_half_up
from lib.obligation_rules import Rule, Terms, estimated_hours

_SHARE_DECIMALS = 6
_MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class SuggestedRate:
    """`source`: the text that sets it, in French, to be shown beside it."""

    rate: Decimal
    source: str


_WORKS = (OperationKind.TRAVAUX, OperationKind.INGENIERIE)
# The PNRU charter asks 10 % of hires, not of hours, in gestion urbaine de proximité: nothing to suggest there.
_CHARTERS: dict[tuple[str, str], SuggestedRate] = {
    **{
        (ProgrammeKind.NPNRU, kind): SuggestedRate(
            Decimal("0.05"), "charte nationale d'insertion du NPNRU (24 mars 2015), travaux et ingénierie"
        )
        for kind in _WORKS
    },
    (ProgrammeKind.NPNRU, OperationKind.GUP): SuggestedRate(
        Decimal("0.10"), "charte nationale d'insertion du NPNRU (24 mars 2015), gestion urbaine de proximité"
    ),
    **{
        (ProgrammeKind.PNRU, kind): SuggestedRate(
            Decimal("0.05"), "charte nationale d'insertion du PNRU (2005), travaux"
        )
        for kind in _WORKS
    },
}


def suggested_rate(programme_kind: str, operation_kind: str) -> SuggestedRate | None:
    return _CHARTERS.get((programme_kind, operation_kind))


def due_steps(terms: Terms, due: Decimal) -> list[str]:
    """How `due` comes out of `terms`, one line a step."""
    if terms.rule == Rule.NONE:
        return [f"Sans obligation{NNBSP}: {terms.exempt_reason}."]
    if terms.rule == Rule.FIXED:
        steps = [f"Heures fixées au marché{NNBSP}: {hours_fr(terms.fixed_hours or 0)}."]
    else:
        steps = _labour_steps(terms)
    if terms.offered_hours is not None:
        more = "plus que le minimum" if terms.offered_hours == due else "pas plus que le minimum"
        steps.append(f"L'offre de l'entreprise propose {hours_fr(terms.offered_hours)}, {more}.")
    steps.append(f"Heures dues{NNBSP}: {hours_fr(due)}.")
    return steps


def _labour_steps(terms: Terms) -> list[str]:
    amount, share, cost = Fraction(terms.amount_ht or 0), Fraction(terms.labour_share or 0), terms.hourly_cost or 0
    worked = estimated_hours(terms) or Fraction(0)
    owed = worked * Fraction(terms.rate or 0)
    rounded = round_half_up(owed, 0)
    result = hours_fr(owed) if owed == rounded else f"{hours_fr(owed)}, arrondies à {hours_fr(rounded)}"
    return [
        f"Main-d'œuvre{NNBSP}: {money_fr(terms.amount_ht or 0)} × {_part(share)} = {money_fr(amount * share)}.",
        f"Heures travaillées{NNBSP}: {money_fr(amount * share)} ÷ {money_fr(cost)} de l'heure = {hours_fr(worked)}.",
        f"Heures d'insertion{NNBSP}: {hours_fr(worked)} × {_part(Fraction(terms.rate or 0))} = {result}.",
    ]


def _part(share: Fraction) -> str:
    return percent_fr(share, _MOST_DECIMALS, strip=True)


def equal_shares(count: int) -> list[Decimal]:
    return exact_shares([Fraction(1, count)] * count) if count else []


def exact_shares(parts: Sequence[Fraction]) -> list[Decimal]:
    """Shares in proportion to `parts` (≥ 0, not all 0), with six decimals, whose sum is exactly 1."""
    return _largest_remainder(Decimal(1), parts, _SHARE_DECIMALS)


def split_hours(due: Decimal, shares: Sequence[Decimal]) -> list[Decimal]:
    """`due` shared out in whole hours (in hundredths when `due` is not whole); the parts add up to `due`."""
    decimals = 0 if due == due.to_integral_value() else 2
    return _largest_remainder(due, [Fraction(share) for share in shares], decimals)


def _largest_remainder(total: Decimal, parts: Sequence[Fraction], decimals: int) -> list[Decimal]:
    """Hamilton's method: each part rounded down, then one unit more to those that lost most (ties: the first)."""
    whole = sum(parts, Fraction(0))
    units = int(total.scaleb(decimals))
    exact = [Fraction(units) * part / whole for part in parts]
    given = [int(value) for value in exact]
    left = units - sum(given)
    by_loss = sorted(range(len(parts)), key=lambda index: given[index] - exact[index])
    for index in by_loss[:left]:
        given[index] += 1
    return [Decimal(value).scaleb(-decimals) for value in given]
