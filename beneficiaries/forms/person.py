"""People and their eligibility, as they are typed."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from beneficiaries.enums import HORS_QPV, NON_CONNU, EducationLevel
from beneficiaries.forms.plain_text import WithoutNir, one_line
from beneficiaries.models import Beneficiary, Eligibility, EmploymentContract
from beneficiaries.reference import criteria, criterion_choices
from beneficiaries.rules import proof_end
from clauses import reference as places
from lib.dates import age_on, date_fr, today_paris
from lib.identity import normalise_name, person_identity
from tenants.forms.documents import DocumentField
from tenants.forms.fields import TenantForm
from tenants.forms.long_select import LongSelect

OLDEST = 120


def qpv_options(current: str) -> list[tuple[str, Any]]:
    """The lists of 2024 and 2015; a code that stands in neither is kept where it is."""
    known: list[tuple[str, Any]] = [
        ("", "Non renseigné"),
        (HORS_QPV, "N'habite pas un quartier prioritaire"),
        ("QPV 2024", places.qpv_choices(places.QP2024)),
        ("QPV 2015", places.qpv_choices(places.QP2015)),
    ]
    if current and current != HORS_QPV and not places.is_known_qpv(current):
        known.insert(2, (current, f"{current} (hors des listes 2015 et 2024)"))
    return known


class PersonForm(WithoutNir, TenantForm):
    """`duplicates`: the other records of the same identity, shown before a new one is saved beside them."""

    qpv_code = forms.ChoiceField(label="quartier prioritaire", required=False, widget=LongSelect)
    confirm_duplicate = forms.BooleanField(
        label="C'est bien une autre fiche à garder", required=False, widget=forms.HiddenInput
    )

    class Meta(TenantForm.Meta):
        model = Beneficiary
        fields = (
            "last_name",
            "first_name",
            "birth_date",
            "sex",
            "postcode",
            "city",
            "qpv_code",
            "qpv_checked_on",
            "education_level",
            "email",
            "phone",
        )
        help_texts = {
            "qpv_checked_on": "Jour où l'adresse a été cherchée dans la liste des quartiers.",
            "education_level": "Ancien niveau entre parenthèses.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.duplicates: list[Beneficiary] = []
        self.was_qpv = self.instance.qpv_code
        for name in ("last_name", "first_name", "birth_date"):
            self.fields[name].required = True
        level, quarter = self.fields["education_level"], self.fields["qpv_code"]
        assert isinstance(level, forms.ChoiceField)
        assert isinstance(quarter, forms.ChoiceField)
        level.choices = [("", "Non renseigné"), *EducationLevel.choices, (NON_CONNU, "Non connu")]
        quarter.choices = qpv_options(self.was_qpv)

    def clean_last_name(self) -> str:
        return self._name("last_name")

    def clean_first_name(self) -> str:
        return self._name("first_name")

    def _name(self, field: str) -> str:
        name = one_line(self.cleaned_data[field])
        if not normalise_name(name):
            raise ValidationError("Écrivez au moins une lettre.")
        return name

    def clean_city(self) -> str:
        return one_line(self.cleaned_data["city"])

    def clean_postcode(self) -> str:
        postcode = "".join(self.cleaned_data["postcode"].split())
        if postcode and not (postcode.isascii() and postcode.isdecimal() and len(postcode) == 5):
            raise ValidationError("Un code postal a 5 chiffres.")
        return postcode

    def clean_birth_date(self) -> date:
        born: date = self.cleaned_data["birth_date"]
        today = today_paris()
        if born >= today:
            raise ValidationError("La date de naissance est dans le futur.")
        if age_on(born, today) > OLDEST:
            raise ValidationError(f"Cette date donne plus de {OLDEST} ans. Vérifiez l'année.")
        first_hire = self._first_hire()
        if first_hire is not None and born >= first_hire:
            raise ValidationError(f"Cette personne a été embauchée le {date_fr(first_hire)}, avant cette date.")
        return born

    def _first_hire(self) -> date | None:
        if self.instance.pk is None:
            return None
        hires = EmploymentContract.objects.filter(beneficiary=self.instance).order_by("starts_on")
        return hires.values_list("starts_on", flat=True).first()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        self._clean_quarter(data)
        if not {"last_name", "first_name", "birth_date"} & self.errors.keys():
            self._look_for_duplicates(data)
        return data

    def _clean_quarter(self, data: dict[str, Any]) -> None:
        code, checked = data.get("qpv_code", ""), data.get("qpv_checked_on")
        if checked and checked > today_paris():
            self.add_error("qpv_checked_on", "Cette date est dans le futur.")
        if code != self.was_qpv:
            self.instance.qpv_generation = "" if code in ("", HORS_QPV) else places.qpv_generation(code)
            if code and not checked and "qpv_checked_on" not in self.errors:
                self.add_error("qpv_checked_on", "Indiquez le jour où l'adresse a été vérifiée.")
        if not code:
            data["qpv_checked_on"] = None

    def _look_for_duplicates(self, data: dict[str, Any]) -> None:
        known, key = (
            self.instance.person_key,
            person_identity(data["last_name"], data["first_name"], data["birth_date"]),
        )
        self.instance.person_key = key  # the constraints of the row are checked with it
        if key == known:
            return
        others = Beneficiary.objects.filter(person_key=key).exclude(pk=self.instance.pk).order_by("pk")
        self.duplicates = list(others[:5])
        if not self.duplicates:
            return
        self.fields["confirm_duplicate"].widget = forms.CheckboxInput()
        if not data.get("confirm_duplicate"):
            self.add_error(
                "confirm_duplicate",
                "Une fiche a déjà ces nom, prénom et date de naissance. Ouvrez-la, ou cochez pour en garder deux.",
            )


class EligibilityForm(WithoutNir, TenantForm):
    """Criteria in their order: the first is the main one."""

    main = forms.ChoiceField(label="critère principal")
    others = forms.MultipleChoiceField(
        label="autres critères", required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )
    file = DocumentField(label="justificatif", required=False)

    class Meta(TenantForm.Meta):
        model = Eligibility
        fields = ("main", "others", "proof_kind", "proof_date", "valid_until", "verified_on", "file")
        labels = {"proof_kind": "nature du justificatif"}
        help_texts = {"verified_on": "L'éligibilité se vérifie avant l'embauche."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        main, others = self.fields["main"], self.fields["others"]
        assert isinstance(main, forms.ChoiceField)
        assert isinstance(others, forms.MultipleChoiceField)
        main.choices = [("", "Choisir un critère"), *criterion_choices()]
        others.choices = criterion_choices()
        self.fields["verified_on"].required = True
        self.fields["proof_kind"].help_text = "Vide\u202f: celui que la liste demande pour le critère principal."
        self.fields["valid_until"].help_text = "Vide\u202f: la durée que la liste donne au justificatif, s'il en a une."

    def clean_proof_date(self) -> date | None:
        return self._past("proof_date")

    def clean_verified_on(self) -> date | None:
        return self._past("verified_on")

    def _past(self, name: str) -> date | None:
        day: date | None = self.cleaned_data[name]
        if day is not None and day > today_paris():
            raise ValidationError("Cette date est dans le futur.")
        return day

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        proof, until, verified = data.get("proof_date"), data.get("valid_until"), data.get("verified_on")
        if proof and until and until < proof:
            self.add_error("valid_until", f"La fin précède la date du justificatif ({date_fr(proof)}).")
        if proof and verified and verified < proof:
            self.add_error("verified_on", f"La vérification précède la date du justificatif ({date_fr(proof)}).")
        if main := data.get("main"):
            data["criteria"] = [main, *(code for code in data.get("others", []) if code != main)]
            reference = criteria()[main]
            data["proof_kind"] = data.get("proof_kind") or reference.proof[:200]
            if proof and not until and "valid_until" not in self.errors and reference.proof_validity_months:
                data["valid_until"] = proof_end(proof, reference.proof_validity_months)
        return data


class FileForm(WithoutNir, forms.Form):
    file = DocumentField(label="document à déposer")
