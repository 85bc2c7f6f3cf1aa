"""A new version of a lot's obligation: what is typed."""

from typing import Any

from django import forms

from clauses.enums import ObligationRule
from clauses.forms.contract import rate_for
from clauses.forms.terms import TermsForm, initial_of_terms
from clauses.models import Lot
from clauses.selectors.contracts import terms_of
from tenants.forms.fields import DayField, MoneyField


class ObligationForm(TermsForm):
    field_order = ("rule", "fixed_hours", "amount_ht")

    rule = forms.ChoiceField(label="règle", choices=ObligationRule.choices, widget=forms.RadioSelect)
    amount_ht = MoneyField(label="montant HT qui sert de base (€)", required=False)
    signed_on = DayField(
        label="en vigueur depuis le", required=False, help_text="Date de l'acte qui fixe l'obligation."
    )

    def __init__(self, *args: Any, lot: Lot, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initial": _initial(lot)})
        self.suggestion = rate_for(lot.contract.operation)
        if self.suggestion:
            self.fields["rate"].help_text = f"Proposé\u202f: {self.suggestion.source}."

    def is_valid(self) -> bool:
        if not super().is_valid():
            return False
        self.settle(self.cleaned_data["amount_ht"], self.suggestion)
        return not self.errors


def _initial(lot: Lot) -> dict[str, Any]:
    """The version in force, else what is known of the lot."""
    current = lot.obligations.filter(is_current=True).first()
    if current:
        return {**initial_of_terms(terms_of(current)), "amount_ht": current.amount_ht or lot.amount_ht}
    suggestion = rate_for(lot.contract.operation)
    return {
        "rule": ObligationRule.FIXED,
        "amount_ht": lot.amount_ht if lot.amount_ht is not None else lot.contract.amount_ht,
        "rate": suggestion.rate if suggestion else None,
        "signed_on": lot.contract.notified_on,
    }
