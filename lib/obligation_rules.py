"""Hours due of a lot, and what each rule needs. Source: exchange format, “Hours due of a lot”; arithmetic is exact."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from lib.numbers import NNBSP, round_half_up


class Rule(StrEnum):
    FIXED = "fixed"
    SHARE_OF_LABOUR = "share_of_labour"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Terms:
    """What an obligation is computed from. Euros before tax, euros an hour, shares and rates from 0 to 1, hours."""

    rule: Rule
    amount_ht: Decimal | None = None
    fixed_hours: Decimal | None = None
    labour_share: Decimal | None = None
    hourly_cost: Decimal | None = None
    rate: Decimal | None = None
    offered_hours: Decimal | None = None
    exempt_reason: str = ""


@dataclass(frozen=True, slots=True)
class TermFault:
    """`field`: name in Terms. `is_warning`: the parameter is ignored, the terms hold. `is_missing`: it is not given."""

    field: str
    message: str
    is_warning: bool = False
    is_missing: bool = False


LABELS = {
    "amount_ht": "montant HT",
    "fixed_hours": "nombre d'heures",
    "labour_share": "part de main-d'œuvre",
    "hourly_cost": "coût horaire",
    "rate": "taux d'insertion",
    "offered_hours": "heures proposées dans l'offre",
    "exempt_reason": "motif",
}
REQUIRED = {
    Rule.FIXED: ("fixed_hours",),
    Rule.SHARE_OF_LABOUR: ("amount_ht", "labour_share", "hourly_cost", "rate"),
    Rule.NONE: ("exempt_reason",),
}
# Labour share and hourly cost of a fixed rule feed the estimate of the hours worked on the lot.
USELESS = {
    Rule.FIXED: ("rate", "exempt_reason"),
    Rule.SHARE_OF_LABOUR: ("fixed_hours", "exempt_reason"),
    Rule.NONE: (),
}
FORBIDDEN_WITH_NONE = ("fixed_hours", "labour_share", "hourly_cost", "rate", "offered_hours")


class ObligationError(ValueError):
    """Terms that give no result; the message lists the faults in French."""


def due_hours(terms: Terms) -> Decimal:
    """Hours due, with two decimals at most; half up to the hour for a share of labour. Raises ObligationError."""
    errors = [fault.message for fault in term_faults(terms) if not fault.is_warning]
    if errors:
        raise ObligationError(" ".join(errors))
    if terms.rule == Rule.NONE:
        return Decimal(0)
    if terms.rule == Rule.FIXED:
        due = terms.fixed_hours or Decimal(0)
    else:
        due = round_half_up((estimated_hours(terms) or 0) * Fraction(terms.rate or 0), 0)
    return max(due, terms.offered_hours or Decimal(0))


def estimated_hours(terms: Terms) -> Fraction | None:
    """All hours worked on the lot: amount × labour share ÷ hourly cost, unrounded; None when one of them is absent."""
    if terms.amount_ht is None or terms.labour_share is None or not terms.hourly_cost:
        return None
    factors = (terms.amount_ht, terms.labour_share, terms.hourly_cost)
    # One fraction rather than five: figures of a structure ask it of every lot that it ever had.
    (amount, amount_in), (share, share_in), (cost, cost_in) = (factor.as_integer_ratio() for factor in factors)
    return Fraction(amount * share * cost_in, amount_in * share_in * cost)


def term_faults(terms: Terms) -> list[TermFault]:
    """Every fault of the terms: missing, out of bounds, forbidden by the rule, or useless to it (a warning)."""
    missing = [
        TermFault(name, f"La règle demande une valeur{NNBSP}: {LABELS[name]}.", is_missing=True)
        for name in REQUIRED[terms.rule]
        if _absent(terms, name)
    ]
    return missing + _out_of_bounds(terms) + _out_of_place(terms)


def _out_of_bounds(terms: Terms) -> list[TermFault]:
    faults = []
    for name in ("amount_ht", "fixed_hours", "labour_share", "hourly_cost", "rate", "offered_hours"):
        value = getattr(terms, name)
        label = LABELS[name].capitalize()
        if value is None:
            continue
        if value < 0:
            faults.append(TermFault(name, f"{label}{NNBSP}: indiquez 0 ou plus."))
        elif name == "hourly_cost" and value == 0:
            faults.append(TermFault(name, f"{label}{NNBSP}: indiquez plus de 0."))
        elif name in ("labour_share", "rate") and value > 1:
            faults.append(TermFault(name, f"{label}{NNBSP}: indiquez 100{NNBSP}% au plus."))
    return faults


def _out_of_place(terms: Terms) -> list[TermFault]:
    if terms.rule == Rule.NONE:
        return [
            TermFault(name, f"Un lot sans obligation n'a pas de valeur{NNBSP}: {LABELS[name]}.")
            for name in FORBIDDEN_WITH_NONE
            if not _absent(terms, name)
        ]
    return [
        TermFault(name, f"La règle ignore cette valeur{NNBSP}: {LABELS[name]}.", is_warning=True)
        for name in USELESS[terms.rule]
        if not _absent(terms, name)
    ]


def _absent(terms: Terms, name: str) -> bool:
    value = getattr(terms, name)
    return value is None or (isinstance(value, str) and not value.strip())
