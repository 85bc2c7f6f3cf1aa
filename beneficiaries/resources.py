"""Columns of the lists that people export. No criterion is among them."""

from typing import Any

from import_export.fields import Field
from import_export.resources import ModelResource

from beneficiaries.enums import EducationLevel, EmploymentType, Modality, QpvGeneration, Sex
from beneficiaries.models import Beneficiary, EmploymentContract
from tenants.resources import ChoiceWidget, TextWidget


class PersonResource(ModelResource):
    external_ref = Field("external_ref", "Référence", TextWidget())
    last_name = Field("last_name", "Nom", TextWidget())
    first_name = Field("first_name", "Prénom", TextWidget())
    birth_date = Field("birth_date", "Date de naissance")
    sex = Field("sex", "Sexe", ChoiceWidget(Sex))
    postcode = Field("postcode", "Code postal", TextWidget())
    city = Field("city", "Commune", TextWidget())
    education_level = Field("education_level", "Niveau de formation", ChoiceWidget(EducationLevel))
    qpv_code = Field("qpv_code", "Quartier prioritaire", TextWidget())
    qpv_generation = Field("qpv_generation", "Génération du QPV", ChoiceWidget(QpvGeneration))

    class Meta:
        model = Beneficiary
        fields = (
            "external_ref",
            "last_name",
            "first_name",
            "birth_date",
            "sex",
            "postcode",
            "city",
            "education_level",
            "qpv_code",
            "qpv_generation",
        )
        export_order = fields


class EmploymentResource(ModelResource):
    external_ref = Field("external_ref", "Référence", TextWidget())
    person = Field(column_name="Personne")
    employer = Field("employer__name", "Employeur", TextWidget())
    modality = Field("modality", "Modalité", ChoiceWidget(Modality))
    type = Field("type", "Type de contrat", ChoiceWidget(EmploymentType))
    starts_on = Field("starts_on", "Embauche")
    ends_on = Field("ends_on", "Fin")
    lots = Field(column_name="Lots")

    class Meta:
        model = EmploymentContract
        fields = ("external_ref", "person", "employer", "modality", "type", "starts_on", "ends_on", "lots")
        export_order = fields

    def dehydrate_person(self, employment: EmploymentContract) -> str:
        return str(employment.beneficiary)

    def dehydrate_lots(self, employment: Any) -> str:
        return " ; ".join(str(assignment.lot) for assignment in employment.assignments.all())
