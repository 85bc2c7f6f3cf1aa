"""Companies and contacts: what is typed, and what narrows the list."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from contractors.enums import SIAE_KINDS, CompanyKind
from contractors.models import Company, Contact
from lib.numbers import NNBSP, quote
from lib.siret import normalise_siret
from tenants.forms.fields import SiretField, TenantForm
from tenants.listing import ArchivedFilter, ListFilter


class CompanyForm(TenantForm):
    siret = SiretField(required=False, help_text="14 chiffres. Vide pour une entreprise sans établissement en France.")

    class Meta(TenantForm.Meta):
        model = Company
        fields = ("name", "kind", "siret", "foreign_id", "address", "postcode", "city", "notes")
        help_texts = {"foreign_id": "Numéro de TVA ou identifiant étranger, quand il n'y a pas de SIRET."}

    def clean_name(self) -> str:
        return _one_line(self.cleaned_data["name"])

    def clean_city(self) -> str:
        return _one_line(self.cleaned_data["city"])

    def clean_postcode(self) -> str:
        postcode = normalise_siret(self.cleaned_data["postcode"])
        if postcode.isdecimal() and len(postcode) != 5:
            raise ValidationError(
                f"Un code postal français a 5 chiffres{NNBSP}; {quote(postcode)} en a {len(postcode)}."
            )
        return postcode


class ContactForm(TenantForm):
    class Meta(TenantForm.Meta):
        model = Contact
        fields = ("name", "position", "email", "phone", "left_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            del self.fields["left_on"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not data.get("email") and not data.get("phone"):
            raise ValidationError("Indiquez une adresse électronique ou un téléphone.")
        return data


class CompanyFilter(ListFilter):
    search_fields = ("name", "siret", "city", "foreign_id")

    kind = django_filters.ChoiceFilter(choices=CompanyKind.choices, label="Nature", empty_label="toutes")
    siae = django_filters.ChoiceFilter(
        choices=[("oui", "oui")], label="SIAE", method="only_siae", empty_label="toutes", widget=forms.HiddenInput
    )
    archived = ArchivedFilter()

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """A SIRET is found as typed, with its spaces."""
        digits = normalise_siret(value)
        if digits.isdecimal() and len(digits) > 4:
            return queryset.filter(siret__startswith=digits)
        return super().search(queryset, name, value)

    def only_siae(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(kind__in=SIAE_KINDS)


def _one_line(text: str) -> str:
    return " ".join(text.split())
