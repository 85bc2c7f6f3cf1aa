"""Lots and their holders: what is typed."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory

from clauses.enums import LEAD_ROLES, HolderRole
from clauses.forms.terms import TermsForm
from clauses.models import Lot, PublicContract
from clauses.services.lots import HolderPart
from contractors.models import Company
from lib.dates import date_fr
from lib.numbers import NNBSP
from tenants.forms.fields import DayField, FrenchDecimalField, MoneyField, PercentField, TenantForm
from tenants.forms.long_select import LongSelect

MOST_LOTS = 60
MOST_HOLDERS = 20
# That of the objects that are published (DECP), which a marché or a lot may have been named after.
LONGEST_TITLE = 1_000
# A hundred parts typed with four decimals never miss 100 by more.
_SHARE_TOLERANCE = Fraction(1, 10_000)

Choices = list[tuple[Any, str]]


def company_choices() -> Choices:
    """Read once for all the selects of a page."""
    companies = Company.objects.filter(archived_at__isnull=True).order_by("name", "pk")
    return [("", "–"), *companies.values_list("pk", "name")]


class CompanyField(forms.TypedChoiceField):
    """A company of the structure, among choices shared by the forms of a page."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"coerce": int, "empty_value": None, "required": False, "widget": LongSelect, **kwargs})


def dates_outside(contract: PublicContract, starts_on: Any, ends_on: Any) -> dict[str, str]:
    """Errors, by field, of a lot's dates that leave its marché's."""
    errors = {}
    for name, day in (("starts_on", starts_on), ("ends_on", ends_on)):
        if day and not contract.starts_on <= day <= contract.ends_on:
            errors[name] = (
                f"Hors des dates du marché{NNBSP}: du {date_fr(contract.starts_on)} au {date_fr(contract.ends_on)}."
            )
    if not errors and starts_on and ends_on and ends_on < starts_on:
        errors["ends_on"] = "La fin du lot précède son début."
    return errors


class NewLotForm(TermsForm):
    """A lot to be, with who holds it and what it owes."""

    field_order = ("number", "title", "amount_ht", "holder")

    number = forms.CharField(label="numéro", max_length=20, required=False, widget=forms.TextInput)
    title = forms.CharField(label="intitulé", max_length=LONGEST_TITLE, required=False, widget=forms.TextInput)
    amount_ht = MoneyField(label="montant HT (€)", required=False)
    holder = CompanyField(label="titulaire")

    def __init__(self, *args: Any, companies: Choices, **kwargs: Any) -> None:
        # A lot of a formset that is left empty is still a lot.
        super().__init__(*args, **{**kwargs, "empty_permitted": False})
        self.fields["number"].short = True
        self.fields["holder"].choices = companies


class AddedLotForm(NewLotForm):
    """A lot added to a marché that exists: its title is its own, its dates may be."""

    field_order = ("number", "title", "amount_ht", "starts_on", "ends_on", "holder")

    starts_on = DayField(label="début", required=False, help_text="Vide\u202f: celui du marché.")
    ends_on = DayField(label="fin", required=False, help_text="Vide\u202f: celle du marché.")

    def __init__(self, *args: Any, contract: PublicContract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contract = contract
        self.fields["number"].required = self.fields["title"].required = True

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name, error in dates_outside(self.contract, data.get("starts_on"), data.get("ends_on")).items():
            self.add_error(name, error)
        return data


class LotForm(TenantForm):
    title = forms.CharField(label="intitulé", max_length=LONGEST_TITLE, widget=forms.TextInput)
    capacity_fte = FrenchDecimalField(
        label="personnes à temps plein possibles",
        minimum=Decimal("0.01"),
        maximum=Decimal(999),
        help_text="Sert à dire jusqu'à quand l'objectif reste tenable.",
    )

    class Meta(TenantForm.Meta):
        model = Lot
        fields = ("number", "title", "amount_ht", "starts_on", "ends_on", "capacity_fte")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name, error in dates_outside(self.instance.contract, data.get("starts_on"), data.get("ends_on")).items():
            self.add_error(name, error)
        return data


class HolderForm(forms.Form):
    company = CompanyField(label="entreprise")
    role = forms.ChoiceField(label="rôle", choices=HolderRole.choices)
    share = PercentField(label="part des heures dues (%)", required=False)
    DELETE = forms.BooleanField(label="retirer", required=False)

    def __init__(self, *args: Any, companies: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["company"].choices = companies
        self.fields["company"].needed = True


class BaseHolderFormSet(BaseFormSet):
    """Who holds a lot. Shares: all typed, 100 % together, or all empty and equal; subcontractors' are part of them."""

    def parts(self) -> list[HolderPart]:
        """After is_valid."""
        return [HolderPart(company_id=data["company"], role=data["role"], share=data["share"]) for data in self._kept()]

    def _kept(self) -> list[dict[str, Any]]:
        rows = [form.cleaned_data for form in self.forms if hasattr(form, "cleaned_data")]
        return [row for row in rows if row.get("company") and not row.get("DELETE")]

    def clean(self) -> None:
        if any(self.errors):
            return
        kept = self._kept()
        pairs = [(row["company"], row["role"]) for row in kept]
        if len(set(pairs)) < len(pairs):
            raise ValidationError("Une entreprise est deux fois dans le même rôle.")
        leads = [row for row in kept if row["role"] in LEAD_ROLES]
        if len(leads) > 1:
            raise ValidationError("Un lot a un seul titulaire ou mandataire.")
        if kept and not leads:
            raise ValidationError("Indiquez le titulaire, ou le mandataire du groupement.")
        shares = [row["share"] for row in kept if row["role"] != HolderRole.SOUS_TRAITANT]
        typed = [share for share in shares if share is not None]
        if typed and len(typed) < len(shares):
            raise ValidationError("Donnez la part de chacun, ou laissez-les toutes vides pour des parts égales.")
        if typed and abs(sum(map(Fraction, typed)) - 1) > _SHARE_TOLERANCE:
            raise ValidationError(f"Les parts du groupement font 100{NNBSP}% ensemble.")


HolderFormSet = formset_factory(
    HolderForm, formset=BaseHolderFormSet, extra=2, max_num=MOST_HOLDERS, absolute_max=MOST_HOLDERS
)
