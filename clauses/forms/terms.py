"""The parameters of an obligation, as typed on every page that sets one."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from clauses.enums import ObligationRule
from clauses.rules import SuggestedRate, due_steps
from lib.numbers import NNBSP
from lib.obligation_rules import LABELS, Rule, TermFault, Terms, due_hours, term_faults
from tenants.forms.fields import HoursField, MoneyField, PercentField

# What each rule reads: the rest is left out, and hidden by static/css/registers.css.
READ = {
    Rule.FIXED: ("fixed_hours", "labour_share", "hourly_cost", "offered_hours"),
    Rule.SHARE_OF_LABOUR: ("labour_share", "hourly_cost", "rate", "offered_hours"),
    Rule.NONE: ("exempt_reason",),
}
NEEDED = {"rule", "fixed_hours", "amount_ht", "labour_share", "hourly_cost", "rate", "exempt_reason"}
LATER = ("", "à calibrer plus tard")
# Above it a cost is most often a price of sale, which cuts the obligation by a quarter to a third.
HIGHEST_USUAL_COST = Decimal(35)


@dataclass(frozen=True, slots=True)
class Preview:
    """What the parameters give now: the steps, or in French what is missing."""

    due: Decimal | None
    steps: list[str]
    missing: list[str]


class TermsForm(forms.Form):
    """`settle` says what the terms are, once the amount and the suggested rate are known."""

    rule = forms.ChoiceField(
        label="obligation d'insertion",
        choices=[*ObligationRule.choices, LATER],
        widget=forms.RadioSelect,
        required=False,
        initial=ObligationRule.FIXED,
    )
    fixed_hours = HoursField(label="heures fixées au marché", required=False)
    labour_share = PercentField(
        label="part de main-d'œuvre (%)",
        required=False,
        help_text=f"Souvent 70{NNBSP}% en peinture, 50{NNBSP}% en maçonnerie, 30{NNBSP}% pour un bâtiment entier. "
        "Facultatif avec des heures fixées\u202f: sert alors à estimer les heures travaillées.",
    )
    hourly_cost = MoneyField(
        label="coût horaire (€)",
        required=False,
        help_text="Coût chargé d'une heure de travail, de 25 à 30\u202f€ le plus souvent, et non un prix de vente.",
    )
    rate = PercentField(label="taux d'insertion (%)", required=False)
    offered_hours = HoursField(
        label="heures proposées dans l'offre",
        required=False,
        help_text="Quand l'entreprise s'engage au-delà du minimum, c'est ce nombre qui est dû.",
    )
    exempt_reason = forms.CharField(
        label="motif de l'absence d'obligation", required=False, max_length=300, widget=forms.TextInput
    )

    terms: Terms | None = None
    faults: Sequence[TermFault] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields.keys() & NEEDED:
            self.fields[name].needed = True  # by the rule chosen (components/_field.html)

    def settle(self, amount: Decimal | None, suggestion: SuggestedRate | None) -> None:
        """After is_valid: fills `terms` (None: « à calibrer ») or adds the errors at their fields."""
        data = self.cleaned_data
        if not data.get("rule"):
            return
        rule = Rule(data["rule"])
        kept = {name: data.get(name) for name in READ[rule]}
        if rule == Rule.NONE:
            kept["exempt_reason"] = " ".join((data.get("exempt_reason") or "").split())
        if "rate" in kept and kept["rate"] is None and suggestion:
            kept["rate"] = suggestion.rate
        terms = Terms(rule, amount_ht=None if rule == Rule.NONE else amount, **kept)
        self.faults = faults = [fault for fault in term_faults(terms) if not fault.is_warning]
        for fault in faults:
            self.add_error(fault.field if fault.field in self.fields else None, fault.message)
        if not faults:
            self.terms = terms

    def preview(self, amount: Decimal | None, suggestion: SuggestedRate | None) -> Preview:
        """For a form that is still being filled: never an error, at most what is missing."""
        self.is_valid()
        data = getattr(self, "cleaned_data", {})
        if not data.get("rule") and "rule" not in self.errors:
            return Preview(None, [], [])
        refused = [str(error) for name in self.errors for error in self.errors[name]]
        if refused:
            return Preview(None, [], refused)
        self.settle(amount, suggestion)
        if self.terms is None:
            return Preview(None, [], _lacks(self.faults))
        due = due_hours(self.terms)
        steps = due_steps(self.terms, due)
        if suggestion and data.get("rate") is None and self.terms.rule == Rule.SHARE_OF_LABOUR:
            steps.insert(0, f"Taux proposé{NNBSP}: {suggestion.source}.")
        if self.terms.hourly_cost and self.terms.hourly_cost > HIGHEST_USUAL_COST:
            steps.append("Ce coût horaire ressemble à un prix de vente, qui réduirait l'obligation\u202f: vérifiez-le.")
        return Preview(due, steps, [])


def _lacks(faults: Sequence[TermFault]) -> list[str]:
    lacking = [LABELS[fault.field] for fault in faults if fault.is_missing]
    said = [fault.message for fault in faults if not fault.is_missing]
    return [f"Pour calculer les heures dues, il manque{NNBSP}: {', '.join(lacking)}.", *said] if lacking else said


def initial_of_terms(terms: Terms) -> dict[str, Any]:
    """What a new version starts from: the parameters in force."""
    return {name: getattr(terms, name) for name in ("rule", *{name for names in READ.values() for name in names})}
