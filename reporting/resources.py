"""Columns of the lists of this app."""

from typing import Any

from import_export.fields import Field
from import_export.resources import ModelResource

from clauses.models import Lot
from tenants.resources import TextWidget, ValueWidget


class MonthLotResource(ModelResource):
    """Of the lots read by reporting.selectors.month."""

    external_ref = Field("external_ref", "Référence", TextWidget())
    lot = Field(column_name="Lot", widget=TextWidget(), readonly=True)
    contract = Field("contract__title", "Marché", TextWidget())
    buyer = Field("contract__buyer__name", "Donneur d'ordre", TextWidget())
    lead = Field("lead", "Titulaire", TextWidget(), readonly=True)
    declared = Field("declared", "Heures déclarées", ValueWidget(), readonly=True)
    validated = Field("validated", "Heures validées", ValueWidget(), readonly=True)
    last_month = Field("last_month", "Dernier mois déclaré", ValueWidget(), readonly=True)

    class Meta:
        model = Lot
        fields = (
            "external_ref", "lot", "contract", "buyer", "lead", "declared", "validated", "last_month",
        )  # fmt: skip
        export_order = fields

    def dehydrate_lot(self, lot: Any) -> str:
        return str(lot)
