"""Avenants: what is typed."""

from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError

from clauses.enums import ObligationRule
from clauses.models import Amendment, Lot, Obligation, PublicContract
from clauses.services.amendments import LotChange
from lib.dates import date_fr
from tenants.forms.fields import DayField, HoursField, MoneyField


class Before(NamedTuple):
    """A lot before the avenant."""

    amount_ht: Decimal | None
    due: Decimal | None


class AmendmentForm(forms.Form):
    """A new amount or a new end of a marché, and what its lots become."""

    subject = forms.CharField(label="objet de l'avenant", max_length=500, widget=forms.TextInput)
    signed_on = DayField(label="signé le")
    amount_ht = MoneyField(label="nouveau montant HT du marché (€)", required=False, help_text="Vide\u202f: inchangé.")
    ends_on = DayField(label="nouvelle fin d'exécution", required=False, help_text="Vide\u202f: inchangée.")

    def __init__(self, *args: Any, contract: PublicContract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contract = contract

    def clean_ends_on(self) -> Any:
        ends_on = self.cleaned_data["ends_on"]
        if ends_on is None:
            return None
        if ends_on < self.contract.starts_on:
            raise ValidationError("La fin d'exécution précède le début.")
        for lot in self.contract.lots.filter(ends_on__gt=ends_on).order_by("number", "pk")[:1]:
            raise ValidationError(
                f"Le lot {lot.number} finit le {date_fr(lot.ends_on)}, après. Changez d'abord ce lot."
            )
        return ends_on


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="motif",
        max_length=500,
        help_text="Pourquoi l'avenant change après coup\u202f: l'historique le garde.",
        error_messages={"required": "Donnez le motif."},
    )


class CorrectionForm(ReasonForm, AmendmentForm):
    field_order = ("subject", "signed_on", "amount_ht", "ends_on", "reason")


class LotChangeForm(forms.Form):
    """One lot's part of an avenant. Empty fields leave it as it is."""

    amount_ht = MoneyField(label="nouveau montant HT (€)", required=False)
    fixed_hours = HoursField(label="nouvelles heures dues", required=False)

    def __init__(self, *args: Any, lot: Lot, before: Before | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lot = lot
        self.obligation = next(iter(lot.in_force), None)
        self.before = before or Before(lot.amount_ht, self.obligation.due if self.obligation else None)
        if self.obligation is None or self.obligation.rule != ObligationRule.FIXED:
            del self.fields["fixed_hours"]

    @property
    def change(self) -> LotChange:
        """After is_valid."""
        return LotChange(self.lot, self.cleaned_data["amount_ht"], self.cleaned_data.get("fixed_hours"))


class AmendmentPage:
    """The avenant's form and one form a lot. Where there is one lot, the marché's new amount is its own."""

    def __init__(self, contract: PublicContract, lots: list[Lot], data: Any = None) -> None:
        self.contract = contract
        self.form = AmendmentForm(data, contract=contract)
        self.lots = [LotChangeForm(data, lot=lot, prefix=f"lot-{lot.pk}") for lot in lots]

    @classmethod
    def of(cls, amendment: Amendment, lots: list[Lot], data: Any = None) -> "AmendmentPage":
        """The page of an avenant recorded already: what it gave, beside what was before it."""
        page = cls(amendment.contract, [], data)
        known = {name: getattr(amendment, name) for name in ("subject", "signed_on", "amount_ht", "ends_on")}
        page.form = CorrectionForm(data, contract=amendment.contract, initial=known)
        versions = {version.lot_id: version for version in amendment.obligations.all()}
        page.lots = [_lot_form(amendment, lot, versions.get(lot.pk), data, alone=len(lots) == 1) for lot in lots]
        return page

    def is_valid(self) -> bool:
        valid = all([self.form.is_valid(), *(form.is_valid() for form in self.lots)])
        if valid and not self._changes_something():
            self.form.add_error(
                None,
                "Cet avenant ne change rien\u202f: donnez un nouveau montant, une nouvelle fin ou de nouvelles heures.",
            )
            return False
        return valid

    def changes(self) -> list[LotChange]:
        changes = [form.change for form in self.lots]
        amount = self.form.cleaned_data["amount_ht"]
        if len(changes) == 1 and amount is not None and changes[0].amount_ht is None:
            return [LotChange(changes[0].lot, amount, changes[0].fixed_hours)]
        return changes

    def _changes_something(self) -> bool:
        data = self.form.cleaned_data
        typed = [data["amount_ht"], data["ends_on"]]
        return any(value is not None for value in typed) or any(
            change.amount_ht is not None or change.fixed_hours is not None for change in self.changes()
        )


def _lot_form(amendment: Amendment, lot: Lot, version: Obligation | None, data: Any, *, alone: bool) -> LotChangeForm:
    """`version`: the one that the avenant made, if it made one."""
    change = (amendment.replaced or {"lots": {}})["lots"].get(str(lot.pk))
    before, after = ([value and Decimal(value) for value in change]) if change else (lot.amount_ht, None)
    earlier = lot.obligations.filter(version__lt=version.version).order_by("-version").first() if version else None
    fixed = version.fixed_hours if version and earlier and version.fixed_hours != earlier.fixed_hours else None
    return LotChangeForm(
        data,
        lot=lot,
        before=Before(before, earlier.due) if earlier else None,
        prefix=f"lot-{lot.pk}",
        initial={"amount_ht": None if alone and after == amendment.amount_ht else after, "fixed_hours": fixed},
    )
