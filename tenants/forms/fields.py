"""Form fields that read what people type in France, and the base of forms on a structure's rows."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.fields import BLANK_CHOICE_DASH

from lib.hours import HoursError, parse_hours
from lib.numbers import NumberError, number_fr, parse_decimal
from lib.siret import check_siret
from tenants import scope
from tenants.forms.long_select import LongSelect
from tenants.models import Member, RegisterModel
from tenants.models.fields import LONGEST_LINE, AmountField
from tenants.models.fields import HoursField as ModelHoursField

LARGEST_AMOUNT = Decimal(10) ** 12
LARGEST_HOURS = Decimal(10) ** 8
_SHOWN_DECIMALS = 12
_HYPHENS = BLANK_CHOICE_DASH[0][1]


class FrenchDecimalField(forms.Field):
    """A decimal typed as « 1 024,5 »; what was refused is shown again as typed."""

    widget = forms.TextInput
    short = True
    unit = ""

    def __init__(
        self,
        *,
        places: int | None = 2,
        minimum: Decimal | None = Decimal(0),
        maximum: Decimal | None = None,
        **kwargs: Any,
    ) -> None:
        self.places, self.minimum, self.maximum = places, minimum, maximum
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        text = str(value)
        if not text.strip():
            return None
        try:
            return self.read(text)
        except NumberError as error:
            raise ValidationError(str(error), code="invalid") from error

    def read(self, text: str) -> Decimal:
        return parse_decimal(text, places=self.places, minimum=self.minimum, maximum=self.maximum, unit=self.unit)

    def prepare_value(self, value: Any) -> Any:
        return number_fr(value, _SHOWN_DECIMALS) if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class MoneyField(FrenchDecimalField):
    """Euros: two decimals at most, « € » allowed after them."""

    unit = "€"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"maximum": LARGEST_AMOUNT, **kwargs})


class HoursField(FrenchDecimalField):
    """Hours: « 151,67 », « 151h40 »."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"maximum": LARGEST_HOURS, **kwargs})

    def read(self, text: str) -> Decimal:
        try:
            return parse_hours(text, minimum=self.minimum, maximum=self.maximum)
        except HoursError as error:
            raise NumberError(str(error)) from error


class PercentField(FrenchDecimalField):
    """A part typed as « 5 » or « 5 % » and kept as 0.05."""

    unit = "%"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"places": 4, "maximum": Decimal(100), **kwargs})

    def read(self, text: str) -> Decimal:
        return super().read(text).scaleb(-2)

    def prepare_value(self, value: Any) -> Any:
        return super().prepare_value(value.scaleb(2) if isinstance(value, Decimal) else value)


class SiretField(forms.CharField):
    """A SIRET typed with or without spaces; kept as its 14 digits."""

    short = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 60, "label": "SIRET", "widget": forms.TextInput, **kwargs})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "numeric", "autocomplete": "off"}

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        verdict = check_siret(text)
        if verdict.siret is None:
            raise ValidationError(verdict.reason, code="invalid")
        return verdict.siret


class DayField(forms.DateField):
    """A day, by the browser's own calendar; « 12/05/2026 » is read too."""

    short = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs})
        self.error_messages["invalid"] = "Ce n'est pas une date. Écrivez-la comme 12/05/2026."

    def to_python(self, value: Any) -> Any:
        day = super().to_python(value)
        if day is not None and not 1900 <= day.year <= 2200:
            raise ValidationError("Cette année est hors du calendrier suivi, de 1900 à 2200.", code="invalid")
        return day


class RowField(forms.ModelChoiceField):
    """A choice among rows of the structure. TenantForm gives it its rows: none can be read when the class is made."""

    def __init__(self, model: type[models.Model], **kwargs: Any) -> None:
        self.model = model
        super().__init__(queryset=None, **{"widget": LongSelect, **kwargs})


def french_field(field: models.Field, **kwargs: Any) -> forms.Field | None:
    """The form field of a model's field: amounts, hours, days and rows of the structure as people write them."""
    if isinstance(field, models.ForeignKey):
        return RowField(
            field.related_model, required=not field.blank, label=field.verbose_name, help_text=field.help_text
        )
    if isinstance(field, models.CharField) and field.max_length is None:
        kwargs["max_length"] = LONGEST_LINE
    for kind, form_class in ((AmountField, MoneyField), (ModelHoursField, HoursField), (models.DateField, DayField)):
        if isinstance(field, kind):
            return models.Field.formfield(field, form_class=form_class, **kwargs)
    return field.formfield(**kwargs)


def _name_the_blank(field: forms.ChoiceField) -> None:
    """Words rather than Django's row of hyphens, which screen readers spell out."""
    label = "Choisir…" if field.required else "–"
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == _HYPHENS:
            field.empty_label = label
    else:
        options: Any = field.choices
        field.choices = [(value, label if text == _HYPHENS else text) for value, text in options]


class TenantForm(forms.ModelForm):
    """A form on a row of the structure that is open: constraints that begin with the structure are checked too.

    Its Meta inherits from TenantForm.Meta. Choices leave out what is archived and who has left, but for what the row
    points at already.
    """

    class Meta:
        formfield_callback = french_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.tenant_id is None:
            self.instance.tenant_id = scope.current_tenant_id()
        for name, field in self.fields.items():
            if isinstance(field, RowField):
                field.queryset = self._rows(name, field.model)
            if isinstance(field, forms.ChoiceField):
                _name_the_blank(field)

    def _rows(self, name: str, model: Any) -> models.QuerySet:
        rows = model.objects.all()
        current = models.Q(pk=getattr(self.instance, f"{name}_id", None))
        if issubclass(model, RegisterModel):
            rows = rows.filter(models.Q(archived_at__isnull=True) | current)
        elif issubclass(model, Member):
            rows = rows.filter(models.Q(ended_at__isnull=True) | current)
        return rows

    def _post_clean(self) -> None:
        """Django leaves out the constraints that bear on a field which is not in the form, such as the structure."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            self.instance.validate_constraints()
        except ValidationError as error:
            self.add_error(None, error.messages)
