"""A structure's own facts; what the operator makes."""

from typing import Any

from django import forms

from lib.numbers import NNBSP
from tenants.forms.fields import SiretField
from tenants.models import Tenant

_MOST_ETP_HOURS = 3000


class StructureForm(forms.ModelForm):
    """By the structure's administrator."""

    etp_divisor = forms.IntegerField(
        label="heures d'un ETP annuel",
        min_value=1,
        max_value=_MOST_ETP_HOURS,
        help_text=f"1{NNBSP}607{NNBSP}h (durée légale), 1{NNBSP}820{NNBSP}h ou la valeur de votre financeur. "
        "Elle est imprimée sous chaque chiffre en ETP.",
    )

    class Meta:
        model = Tenant
        fields = ("name", "etp_divisor")

    def save(self, commit: bool = True) -> Tenant:
        """These columns alone: the others are the operator's."""
        tenant: Tenant = self.instance
        tenant.save(update_fields=["name", "etp_divisor"])
        return tenant


class _AdministratorForm(forms.Form):
    administrator_email = forms.EmailField(
        label="adresse de la personne qui l'administrera", help_text="Une invitation y est envoyée."
    )


class AdministratorForm(_AdministratorForm):
    """For an organisation that nobody administers."""


class TenantCreateForm(_AdministratorForm):
    name = forms.CharField(label="nom de la structure", max_length=200)
    slug = forms.SlugField(
        label="identifiant",
        max_length=60,
        required=False,
        help_text="Pour les commandes d'import et d'export, par exemple «\u202ftoulouse-metropole-emploi\u202f». "
        "Vide\u202f: fait à partir du nom.",
    )

    field_order = ("name", "slug", "administrator_email")

    def clean_slug(self) -> Any:
        slug = self.cleaned_data["slug"]
        if slug and Tenant.objects.filter(slug=slug).exists():
            raise forms.ValidationError("Cet identifiant est déjà celui d'une structure.")
        return slug


class AccountCreateForm(_AdministratorForm):
    name = forms.CharField(label="nom du donneur d'ordre", max_length=200)
    siret = SiretField(required=False)

    field_order = ("name", "siret", "administrator_email")
