"""Donneurs d'ordre, programmes and operations: what is typed."""

from typing import Any

from django import forms

from clauses.models import Buyer, Operation, Programme
from clauses.reference import QP2015, QP2024, is_known_qpv, qpv_choices
from tenants.forms.fields import SiretField, TenantForm
from tenants.forms.long_select import LongSelect


class BuyerForm(TenantForm):
    siret = SiretField(required=False, help_text="14 chiffres, avec ou sans espaces.")

    class Meta(TenantForm.Meta):
        model = Buyer
        fields = ("name", "kind", "siret", "notes")

    def clean_name(self) -> str:
        return _one_line(self.cleaned_data["name"])


class ProgrammeForm(TenantForm):
    class Meta(TenantForm.Meta):
        model = Programme
        fields = ("name", "kind", "number", "city", "starts_on", "ends_on")
        help_texts = {
            "kind": "Fixe l'objectif des taux\u202f: 5\u202f% des heures travaillées "
            "pour les travaux d'un programme de l'ANRU.",
            "number": "Numéro de la convention signée avec l'ANRU, repris en couverture du bilan.",
        }

    def clean_name(self) -> str:
        return _one_line(self.cleaned_data["name"])


class OperationForm(TenantForm):
    qpv_code = forms.ChoiceField(label="quartier prioritaire", required=False, widget=LongSelect)

    class Meta(TenantForm.Meta):
        model = Operation
        fields = ("name", "buyer", "programme", "kind", "qpv_code", "total_hours_worked")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["qpv_code"].choices = _neighbourhoods(self.instance.qpv_code)

    def clean_name(self) -> str:
        return _one_line(self.cleaned_data["name"])


def _neighbourhoods(current: str) -> list[tuple[str, Any]]:
    """Those of both lists; a code that came from elsewhere stays one of the choices."""
    unknown = [("Repris d'un fichier", [(current, current)])] if current and not is_known_qpv(current) else []
    return [
        ("", "hors quartier prioritaire, ou non renseigné"),
        *unknown,
        ("Quartiers de 2024", qpv_choices(QP2024)),
        ("Quartiers de 2015", qpv_choices(QP2015)),
    ]


def _one_line(text: str) -> str:
    return " ".join(text.split())
