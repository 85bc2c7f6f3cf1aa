"""Work contracts and their assignments, as they are typed."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from beneficiaries.enums import EducationLevel
from beneficiaries.forms.person import qpv_options
from beneficiaries.forms.plain_text import WithoutNir, one_line
from beneficiaries.models import Assignment, Beneficiary, EmploymentContract
from beneficiaries.reference import criterion_choices, criterion_label, rome_choices, rome_label
from beneficiaries.rules import FrozenAtHire
from clauses import reference as places
from clauses.models import Lot
from lib.dates import date_fr, today_paris
from tenants.forms.fields import DayField, HoursField, RowField, TenantForm
from tenants.forms.long_select import LongSelect

MOST_WEEKLY = 168
YES_NO = [("oui", "oui"), ("non", "non")]


class ReasonForm(WithoutNir, forms.Form):
    reason = forms.CharField(label="motif", max_length=500)

    def clean_reason(self) -> str:
        return one_line(self.cleaned_data["reason"])


class LotField(RowField):
    """A lot, named with its marché."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Lot, widget=LongSelect, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.contract.title} · {obj}"


class PersonField(RowField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Beneficiary, widget=LongSelect, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} ({date_fr(obj.birth_date)})" if obj.birth_date else str(obj)


def open_lots(today: date) -> QuerySet[Lot]:
    """Those on which someone may still be put: their execution ended less than a year ago, or goes on."""
    limit = date(today.year - 1, today.month, 1)
    unfinished = Q(ends_on__gte=limit) | Q(ends_on__isnull=True, contract__ends_on__gte=limit)
    kept = Lot.objects.filter(unfinished, archived_at__isnull=True, contract__archived_at__isnull=True)
    return kept.select_related("contract").order_by("contract__title", "contract_id", "number", "pk")


class EmploymentForm(WithoutNir, TenantForm):
    """Terms of a contract. With `lot`, also where it begins: nothing is typed twice."""

    weekly_hours = HoursField(label="heures par semaine", required=False, maximum=MOST_WEEKLY)
    rome_code = forms.ChoiceField(label="métier (ROME)", required=False, widget=LongSelect)

    class Meta(TenantForm.Meta):
        model = EmploymentContract
        fields = (
            "employer",
            "modality",
            "user_company",
            "type",
            "starts_on",
            "ends_on",
            "weekly_hours",
            "rome_code",
        )
        help_texts = {"ends_on": "Vide pour un contrat sans date de fin."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["employer"].help_text = "Celui qui signe le contrat de travail et la paie."
        self.fields["user_company"].help_text = "Où la personne travaille, quand ce n'est pas chez son employeur."
        rome = self.fields["rome_code"]
        assert isinstance(rome, forms.ChoiceField)
        current = self.instance.rome_code
        listed = rome_choices()
        known = {code for code, _ in listed}
        extra = [(current, rome_label(current))] if current and current not in known else []
        rome.choices = [("", "Non renseigné"), *extra, *listed]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        born = self._birth_date(data)
        if born and data.get("starts_on") and data["starts_on"] <= born:
            self.add_error("starts_on", f"L'embauche précède la naissance ({date_fr(born)}).")
        return data

    def _birth_date(self, data: dict[str, Any]) -> date | None:
        return self.instance.beneficiary.birth_date if self.instance.beneficiary_id else None


class ChangeForm(EmploymentForm):
    """Terms of a contract that exists; the reason is asked for when the day of hire changes."""

    reason = forms.CharField(
        label="motif", max_length=500, required=False, help_text="Demandé si la date d'embauche change."
    )


class HireForm(EmploymentForm):
    """From a person: the lot is optional."""

    lot = LotField(label="lot", required=False, help_text="Vide\u202f: vous l'affecterez ensuite.")

    def _rows(self, name: str, model: Any) -> Any:
        return open_lots(today_paris()) if name == "lot" else super()._rows(name, model)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if (lot := data.get("lot")) and (error := lot_outside(lot, data.get("starts_on"), data.get("ends_on"))):
            self.add_error("lot", error)
        return data


class HireForLotForm(EmploymentForm):
    """From a lot: the person is chosen."""

    field_order = ("beneficiary", "employer")

    beneficiary = PersonField(label="personne")

    def __init__(self, *args: Any, lot: Lot, **kwargs: Any) -> None:
        self.lot = lot
        super().__init__(*args, **kwargs)

    def _rows(self, name: str, model: Any) -> Any:
        if name == "beneficiary":
            named = Beneficiary.objects.filter(birth_date__isnull=False, archived_at__isnull=True)
            return named.order_by("sort_key", "pk")
        return super()._rows(name, model)

    def _birth_date(self, data: dict[str, Any]) -> date | None:
        person = data.get("beneficiary")
        return person.birth_date if person else None

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if error := lot_outside(self.lot, data.get("starts_on"), data.get("ends_on")):
            self.add_error("starts_on", error)
        return data


def lot_outside(lot: Lot, starts_on: date | None, ends_on: date | None) -> str:
    """Why a contract of these dates could not work a single month on the lot; empty when it can."""
    if starts_on is None or (starts_on <= lot.last_day and (ends_on is None or ends_on >= lot.first_day)):
        return ""
    return f"Le lot s'exécute du {date_fr(lot.first_day)} au {date_fr(lot.last_day)}, hors de ce contrat."


class AssignmentForm(WithoutNir, TenantForm):
    lot = LotField(label="lot")

    class Meta(TenantForm.Meta):
        model = Assignment
        fields = ("lot", "holder", "starts_on", "ends_on", "accepted_on")
        help_texts = {
            "starts_on": "Vide\u202f: dès l'embauche.",
            "ends_on": "Vide\u202f: jusqu'à la fin du contrat.",
            "accepted_on": "Jour où vous avez validé cette mise à l'emploi.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            del self.fields["lot"]

    def _rows(self, name: str, model: Any) -> Any:
        return open_lots(today_paris()) if name == "lot" else super()._rows(name, model)

    def clean_accepted_on(self) -> date | None:
        day: date | None = self.cleaned_data["accepted_on"]
        if day is not None and day > today_paris():
            raise ValidationError("Cette date est dans le futur.")
        return day

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        employment = self.instance.employment
        lot = data.get("lot") or (self.instance.lot if self.instance.pk else None)
        if lot and (error := lot_outside(lot, employment.starts_on, employment.ends_on)):
            self.add_error("lot" if "lot" in self.fields else None, error)
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        for name, day in (("starts_on", starts_on), ("ends_on", ends_on)):
            if day and not (employment.starts_on <= day and (employment.ends_on is None or day <= employment.ends_on)):
                self.add_error(name, f"Hors du contrat de travail, qui commence le {date_fr(employment.starts_on)}.")
        return data


class EndForm(forms.Form):
    ends_on = DayField(label="dernier jour du contrat")


class FrozenForm(WithoutNir, forms.Form):
    """What was frozen at hire, corrected with a reason."""

    age_at_hire = forms.IntegerField(label="âge à l'embauche", required=False, min_value=0, max_value=120)
    education_level = forms.ChoiceField(
        label="niveau à l'embauche", required=False, choices=[("", "Non connu"), *EducationLevel.choices]
    )
    main = forms.ChoiceField(label="critère principal", required=False)
    others = forms.MultipleChoiceField(
        label="autres critères", required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )
    qpv_code = forms.ChoiceField(label="quartier prioritaire à l'embauche", required=False, widget=LongSelect)
    reason = forms.CharField(label="motif de la correction", max_length=500)

    def __init__(self, employment: EmploymentContract, *args: Any, **kwargs: Any) -> None:
        self.employment = employment
        kwargs.setdefault(
            "initial",
            {
                "age_at_hire": employment.age_at_hire,
                "education_level": employment.education_level,
                "main": employment.criteria[0] if employment.criteria else "",
                "others": employment.criteria[1:],
                "qpv_code": employment.qpv_code,
            },
        )
        super().__init__(*args, **kwargs)
        listed = criterion_choices()
        known = {code for code, _ in listed}
        own = [(code, criterion_label(code)) for code in employment.criteria if code not in known]
        main, others, quarter = self.fields["main"], self.fields["others"], self.fields["qpv_code"]
        assert isinstance(main, forms.ChoiceField)
        assert isinstance(others, forms.MultipleChoiceField)
        assert isinstance(quarter, forms.ChoiceField)
        main.choices = [("", "Non connu"), *own, *listed]
        others.choices = [*own, *listed]
        quarter.choices = [
            ("", "Hors quartier prioritaire"),
            *(option for option in qpv_options(employment.qpv_code) if option[0] not in ("", "hors_qpv")),
        ]

    def frozen(self) -> FrozenAtHire:
        data = self.cleaned_data
        main = [data["main"]] if data["main"] else []
        code = data["qpv_code"]
        kept = self.employment.qpv_generation if code == self.employment.qpv_code else places.qpv_generation(code)
        return FrozenAtHire(
            age_at_hire=data["age_at_hire"],
            education_level=data["education_level"],
            criteria=(*main, *(one for one in data["others"] if one not in main)),
            qpv_code=code,
            qpv_generation=kept if code else "",
        )
