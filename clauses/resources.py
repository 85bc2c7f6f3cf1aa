"""Columns of the lists of this app. Sums are those of lot_sums (selectors/progress.py)."""

from fractions import Fraction
from typing import Any

from import_export.fields import Field
from import_export.resources import ModelResource

from clauses.enums import BuyerKind, ContractNature, Mechanism, OperationKind, ProgrammeKind
from clauses.enums import LotStatus as LotStatusChoices
from clauses.models import Buyer, Lot, Operation, Programme, PublicContract
from clauses.selectors.progress import figures_of_sums, status_of_sums
from lib.bar_text import STATUS_LABELS
from lib.numbers import round_half_up
from lib.progress_rules import LotStatus
from tenants.resources import ChoiceWidget, NotesWidget, SiretWidget, TextWidget, ValueWidget

_SUMS = ("lots", "status", "due", "validated", "declared", "remaining", "rate")


class SumsResource(ModelResource):
    """The columns of sums, for resources on objects annotated by lot_sums."""

    lots = Field("lot_count", "Lots", readonly=True)
    status = Field(column_name="Statut", readonly=True)
    due = Field(column_name="Heures dues", widget=ValueWidget(), readonly=True)
    validated = Field("validated", "Heures validées", ValueWidget(), readonly=True)
    declared = Field("declared", "Heures déclarées", ValueWidget(), readonly=True)
    remaining = Field("remaining", "Heures restantes", ValueWidget(), readonly=True)
    rate = Field(column_name="Taux (%)", widget=ValueWidget(), readonly=True)

    def dehydrate_status(self, row: Any) -> str:
        status = status_of_sums(row)
        return STATUS_LABELS[LotStatus(status)] if status else ""

    def dehydrate_due(self, row: Any) -> Any:
        return figures_of_sums(row).due

    def dehydrate_rate(self, row: Any) -> Any:
        return round_half_up(Fraction(row.validated) * 100 / Fraction(row.due), 1) if row.due else None


class BuyerResource(SumsResource):
    external_ref = Field("external_ref", "Référence", TextWidget())
    name = Field("name", "Nom", TextWidget())
    kind = Field("kind", "Nature", ChoiceWidget(BuyerKind))
    siret = Field("siret", "SIRET", SiretWidget())
    notes = Field("notes", "Notes", NotesWidget())
    contracts = Field("contract_count", "Marchés", readonly=True)

    class Meta:
        model = Buyer
        fields = ("external_ref", "name", "kind", "siret", "notes", "contracts", *_SUMS)
        export_order = fields


class ProgrammeResource(SumsResource):
    external_ref = Field("external_ref", "Référence", TextWidget())
    name = Field("name", "Nom", TextWidget())
    kind = Field("kind", "Nature", ChoiceWidget(ProgrammeKind))
    number = Field("number", "Numéro de convention", TextWidget())
    city = Field("city", "Commune", TextWidget())
    starts_on = Field("starts_on", "Début", ValueWidget())
    ends_on = Field("ends_on", "Fin", ValueWidget())
    operations = Field("operation_count", "Opérations", readonly=True)

    class Meta:
        model = Programme
        fields = ("external_ref", "name", "kind", "number", "city", "starts_on", "ends_on", "operations", *_SUMS)
        export_order = fields


class OperationResource(SumsResource):
    external_ref = Field("external_ref", "Référence", TextWidget())
    name = Field("name", "Nom", TextWidget())
    buyer = Field("buyer__name", "Donneur d'ordre", TextWidget())
    programme = Field("programme__name", "Programme", TextWidget())
    kind = Field("kind", "Nature", ChoiceWidget(OperationKind))
    qpv_code = Field("qpv_code", "Quartier prioritaire", TextWidget())
    total_hours_worked = Field("total_hours_worked", "Heures totales travaillées", ValueWidget())
    contracts = Field("contract_count", "Marchés", readonly=True)

    class Meta:
        model = Operation
        fields = (
            "external_ref", "name", "buyer", "programme", "kind", "qpv_code", "total_hours_worked", "contracts", *_SUMS,
        )  # fmt: skip
        export_order = fields


class ContractResource(SumsResource):
    external_ref = Field("external_ref", "Référence", TextWidget())
    number = Field("number", "Numéro", TextWidget())
    title = Field("title", "Objet", TextWidget())
    buyer = Field("buyer__name", "Donneur d'ordre", TextWidget())
    operation = Field("operation__name", "Opération", TextWidget())
    nature = Field("nature", "Nature", ChoiceWidget(ContractNature))
    mechanism = Field("mechanism", "Mécanisme", ChoiceWidget(Mechanism))
    notified_on = Field("notified_on", "Notifié le", ValueWidget())
    starts_on = Field("starts_on", "Début", ValueWidget())
    ends_on = Field("ends_on", "Fin", ValueWidget())
    amount_ht = Field("amount_ht", "Montant HT (€)", ValueWidget())

    class Meta:
        model = PublicContract
        fields = (
            "external_ref", "number", "title", "buyer", "operation", "nature", "mechanism", "notified_on", "starts_on",
            "ends_on", "amount_ht", *_SUMS,
        )  # fmt: skip
        export_order = fields


class LotResource(ModelResource):
    """The lots of lots_with_answers."""

    external_ref = Field("external_ref", "Référence", TextWidget())
    contract = Field("contract__title", "Marché", TextWidget())
    contract_number = Field("contract__number", "Numéro du marché", TextWidget())
    buyer = Field("contract__buyer__name", "Donneur d'ordre", TextWidget())
    number = Field("number", "Lot", TextWidget())
    title = Field("title", "Intitulé", TextWidget())
    holders = Field(column_name="Titulaires")
    starts_on = Field("begins", "Début", ValueWidget())
    ends_on = Field("ends", "Fin", ValueWidget())
    amount_ht = Field("amount_ht", "Montant HT (€)", ValueWidget())
    status = Field("progress__status", "Statut", ChoiceWidget(LotStatusChoices))
    due = Field(column_name="Heures dues", widget=ValueWidget())
    validated = Field("progress__validated", "Heures validées", ValueWidget())
    declared = Field("progress__declared", "Heures déclarées", ValueWidget())
    remaining = Field("progress__remaining", "Heures restantes", ValueWidget())
    rate = Field(column_name="Taux (%)", widget=ValueWidget())

    class Meta:
        model = Lot
        fields = (
            "external_ref", "contract", "contract_number", "buyer", "number", "title", "holders", "starts_on",
            "ends_on", "amount_ht", "status", "due", "validated", "declared", "remaining", "rate",
        )  # fmt: skip
        export_order = fields

    def dehydrate_holders(self, lot: Lot) -> str:
        return ", ".join(f"{holder.company.name} ({holder.get_role_display()})" for holder in lot.holders.all())

    def dehydrate_due(self, lot: Lot) -> Any:
        progress = getattr(lot, "progress", None)
        return progress.due if progress and progress.status != LotStatusChoices.A_CALIBRER else None

    def dehydrate_rate(self, lot: Lot) -> Any:
        progress = getattr(lot, "progress", None)
        if progress is None or not progress.due:
            return None
        return round_half_up(Fraction(progress.validated) * 100 / Fraction(progress.due), 1)
