"""Marchés: the form of one, and the form that makes one with its lots."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict

from clauses.forms.lot import LONGEST_TITLE, MOST_LOTS, Choices, NewLotForm, company_choices
from clauses.forms.terms import Preview
from clauses.models import Lot, Operation, PublicContract
from clauses.rules import SuggestedRate, suggested_rate
from clauses.selectors.names import operation_choice
from clauses.services.lots import NewLot
from lib.dates import date_fr
from tenants.forms.fields import TenantForm
from tenants.models import Member

LOTS = "lots"


class ContractForm(TenantForm):
    title = forms.CharField(label="objet", max_length=LONGEST_TITLE, widget=forms.TextInput)

    class Meta(TenantForm.Meta):
        model = PublicContract
        fields = (
            "title", "number", "buyer", "operation", "nature", "mechanism", "notified_on", "starts_on", "ends_on",
            "amount_ht", "followed_by", "cpv", "notes",
        )  # fmt: skip
        widgets = {"number": forms.TextInput}
        help_texts = {
            "operation": "Les taux de l'ANRU se mesurent sur l'opération.",
            "mechanism": "Article du code de la commande publique qui fonde la clause.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["followed_by"].queryset = Member.objects.filter(ended_at__isnull=True)
        self.fields["followed_by"].empty_label = "personne"
        operation = self.fields["operation"]
        operation.queryset = operation.queryset.select_related("programme", "buyer")
        operation.label_from_instance = operation_choice

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if not starts_on or not ends_on:
            return data
        if ends_on < starts_on:
            self.add_error("ends_on", "La fin d'exécution précède le début.")
        elif self.instance.pk:
            for lot in self.instance.lots.order_by("number", "pk"):
                if lot.starts_on and lot.starts_on < starts_on:
                    self.add_error("starts_on", f"Le lot {lot.number} commence le {date_fr(lot.starts_on)}, avant.")
                if lot.ends_on and lot.ends_on > ends_on:
                    self.add_error("ends_on", f"Le lot {lot.number} finit le {date_fr(lot.ends_on)}, après.")
        return data


LotFormSet = formset_factory(
    NewLotForm, extra=0, min_num=1, validate_min=True, max_num=MOST_LOTS, absolute_max=MOST_LOTS
)


class ContractCreation:
    """One page that makes a marché and its lots. `data` is what was sent; `raw` fills it again without checking.

    The first lot takes the marché's title, number 1 and amount where they are left empty and it is the only one.
    """

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        raw: Mapping[str, str] | None = None,
        lot_count: int = 1,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.companies: Choices = company_choices()
        options = {"prefix": LOTS, "form_kwargs": {"companies": self.companies}}
        if data is not None:
            self.form = ContractForm(data)
            self.lots: BaseFormSet = LotFormSet(data, **options)
        else:
            known = {**(initial or {}), **(raw or {})}
            self.form = ContractForm(initial={name: known[name] for name in ContractForm.base_fields if name in known})
            self.lots = LotFormSet(initial=[_raw_lot(raw or {}, index) for index in range(lot_count)], **options)
            self.lots.min_num = 0

    def is_valid(self) -> bool:
        valid = self.form.is_valid() & self.lots.is_valid()
        if not valid:
            return False
        suggestion = self.suggestion
        for index, form in enumerate(self.lots.forms):
            data = form.cleaned_data
            if self.is_single:
                if data["amount_ht"] is None:
                    data["amount_ht"] = self.form.cleaned_data["amount_ht"]
                data["title"] = data["title"] or self.form.cleaned_data["title"]
            elif not data["title"]:
                form.add_error("title", "Donnez un intitulé à chaque lot.")
            data["number"] = data["number"] or str(index + 1)
            form.settle(data["amount_ht"], suggestion)
        self._check_numbers()
        return not any(form.errors for form in self.lots.forms)

    def _check_numbers(self) -> None:
        seen: set[str] = set()
        for form in self.lots.forms:
            number = form.cleaned_data.get("number", "")
            if number in seen:
                form.add_error("number", f"Deux lots ont le numéro {number}.")
            seen.add(number)

    @property
    def is_single(self) -> bool:
        return len(self.lots.forms) == 1

    @property
    def suggestion(self) -> SuggestedRate | None:
        return rate_for(self.form.cleaned_data.get("operation"))

    @property
    def contract(self) -> PublicContract:
        contract: PublicContract = self.form.instance
        amounts = [form.cleaned_data["amount_ht"] for form in self.lots.forms]
        if contract.amount_ht is None and None not in amounts:
            contract.amount_ht = sum(amounts)
        return contract

    def new_lots(self) -> list[NewLot]:
        return [new_lot(form) for form in self.lots.forms]


def new_lot(form: NewLotForm) -> NewLot:
    """After is_valid and settle."""
    data = form.cleaned_data
    lot = Lot(
        number=data["number"],
        title=data["title"],
        amount_ht=data["amount_ht"],
        starts_on=data.get("starts_on"),
        ends_on=data.get("ends_on"),
    )
    return NewLot(lot, data["holder"], form.terms)


def rate_for(operation: Operation | None) -> SuggestedRate | None:
    """The rate that the programme of the operation sets."""
    if operation is None or operation.programme is None:
        return None
    return suggested_rate(operation.programme.kind, operation.kind)


def preview_of(data: QueryDict, prefix: str) -> Preview:
    """What the parameters typed for one lot give, whatever else the form holds.

    The amount is the lot's, else the marché's; the operation, that of the form.
    """
    form = NewLotForm(data, prefix=prefix, companies=[])
    del form.fields["holder"]
    contract = ContractForm(data)
    amount = _amount(form)
    if amount is None:
        amount = _amount(contract)
    return form.preview(amount, rate_for(_operation(contract)))


def _amount(form: forms.BaseForm) -> Any:
    try:
        return form.fields["amount_ht"].clean(form["amount_ht"].data or "")
    except ValidationError:
        return None


def _operation(form: ContractForm) -> Operation | None:
    value = form["operation"].data or ""
    if not (value.isascii() and value.isdecimal()):
        return None
    return Operation.objects.select_related("programme").filter(pk=int(value)).first()


def _raw_lot(raw: Mapping[str, str], index: int) -> dict[str, str]:
    prefix = f"{LOTS}-{index}-"
    return {key.removeprefix(prefix): value for key, value in raw.items() if key.startswith(prefix)}
