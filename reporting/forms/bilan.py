"""What a bilan bears on and over which months; its comments."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clauses.selectors.names import Named, named_objects
from lib.dates import add_months, month_key, parse_month, today_paris
from lib.numbers import NNBSP
from reporting.bilans.document import SECTIONS
from reporting.enums import ScopeKind
from reporting.indicators.source import Perimeter
from tenants.forms.long_select import LongSelect

LONGEST_COMMENT = 5_000
_GROUPS = (
    ("Opérations", ScopeKind.OPERATION),
    ("Programmes", ScopeKind.PROGRAMME),
    ("Donneurs d'ordre", ScopeKind.BUYER),
)


class _Row(Named):
    @property
    def value(self) -> str:
        return f"{self.kind}:{self.pk}"

    def is_offered(self, kind: ScopeKind) -> bool:
        return self.kind == kind and self.archived_at is None


class MonthField(forms.CharField):
    """A month, given by the browser as « 2026-10 »; read as its first day."""

    short = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.TextInput(attrs={"type": "month"}), **kwargs})

    def clean(self, value: Any) -> date:
        try:
            return parse_month(super().clean(value))
        except ValueError as error:
            raise ValidationError("Ce n'est pas un mois. Écrivez-le comme 2026-10.", code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        return month_key(value) if isinstance(value, date) else value


class PerimeterForm(forms.Form):
    """The choice that shows live figures: read from the query string, then sent with the comments."""

    perimetre = forms.ChoiceField(label="porte sur", widget=LongSelect)
    de = MonthField(label="du mois")
    a = MonthField(label="au mois", help_text="Compris, en entier.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = [_Row(*one) for one in named_objects()]
        self.fields["perimetre"].choices = [
            (ScopeKind.TENANT, "Toute la structure"),
            *((title, [(row.value, row.name) for row in self.rows if row.is_offered(kind)]) for title, kind in _GROUPS),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("de"), cleaned.get("a")
        if first and last and last < first:
            self.add_error("a", f"La fin précède le début{NNBSP}: choisissez un mois à partir de {month_key(first)}.")
        return cleaned

    @property
    def perimeter(self) -> Perimeter:
        chosen = next((row for row in self.rows if row.value == self.cleaned_data["perimetre"]), None)
        return Perimeter(ScopeKind(chosen.kind), chosen.pk, chosen.ref) if chosen else Perimeter()

    @property
    def buyer_names(self) -> dict[str, str]:
        """Of every donneur d'ordre, by reference."""
        return {row.ref: row.name for row in self.rows if row.kind == ScopeKind.BUYER}


class BilanForm(PerimeterForm):
    """The same choice with a comment box for each section."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, title in SECTIONS.items():
            self.fields[key] = forms.CharField(
                label=title,
                required=False,
                max_length=LONGEST_COMMENT,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    @property
    def comments(self) -> dict[str, str]:
        return {key: self.cleaned_data[key] for key in SECTIONS}


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label="motif",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": f"Un renvoi se motive{NNBSP}: dites ce qu'il faut corriger."},
    )


def default_choice() -> dict[str, Any]:
    """The whole structure, from January to the last complete month; last year while no month of this one is."""
    last = add_months(today_paris().replace(day=1), -1)
    return {"perimetre": ScopeKind.TENANT.value, "de": month_key(last.replace(month=1)), "a": month_key(last)}
