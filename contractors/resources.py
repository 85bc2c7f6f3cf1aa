"""Columns of the list of companies."""

from import_export.fields import Field
from import_export.resources import ModelResource

from contractors.enums import CompanyKind
from contractors.models import Company
from tenants.resources import ChoiceWidget, NotesWidget, SiretWidget, TextWidget


class CompanyResource(ModelResource):
    external_ref = Field("external_ref", "Référence", TextWidget())
    name = Field("name", "Nom", TextWidget())
    kind = Field("kind", "Nature", ChoiceWidget(CompanyKind))
    siret = Field("siret", "SIRET", SiretWidget())
    foreign_id = Field("foreign_id", "Autre identifiant", TextWidget())
    address = Field("address", "Adresse", TextWidget())
    postcode = Field("postcode", "Code postal", TextWidget())
    city = Field("city", "Commune", TextWidget())
    notes = Field("notes", "Notes", NotesWidget())

    class Meta:
        model = Company
        fields = ("external_ref", "name", "kind", "siret", "foreign_id", "address", "postcode", "city", "notes")
        export_order = fields
