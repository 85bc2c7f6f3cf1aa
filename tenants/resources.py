"""Columns of the lists that people export and import: values as they are shown, read back as they are typed."""

from typing import Any

from django.db.models import Choices
from import_export import widgets

from lib.numbers import quote
from lib.siret import check_siret
from tenants.models.fields import LONGEST_LINE


class TextWidget(widgets.CharWidget):
    """White space around and inside a cell is what a spreadsheet left there."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = " ".join(str(super().clean(value, row, **kwargs) or "").split())
        if len(text) > LONGEST_LINE:
            raise ValueError(f"Texte de {len(text)} caractères, {LONGEST_LINE} au plus. Abrégez-le.")
        return text


class NotesWidget(widgets.CharWidget):
    """Several lines."""


class ChoiceWidget(widgets.Widget):
    """Shows the French label; reads it back, or the code."""

    def __init__(self, choices: type[Choices]) -> None:
        super().__init__()
        self.labels = dict(choices.choices)
        self.codes = {str(code).casefold(): code for code in self.labels} | {
            str(label).casefold(): code for code, label in self.labels.items()
        }

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(self.labels.get(value, value or ""))

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = " ".join(str(value).split())
        if text.casefold() not in self.codes:
            known = ", ".join(str(label) for label in self.labels.values())
            raise ValueError(f"{quote(text)} n'est pas une valeur connue. Écrivez l'une de celles-ci\u202f: {known}.")
        return str(self.codes[text.casefold()])


class SiretWidget(widgets.CharWidget):
    """A SIRET stays text, or a spreadsheet would take its last digits away."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        verdict = check_siret(str(value))
        if verdict.siret is None:
            raise ValueError(verdict.reason)
        return verdict.siret


class ValueWidget(widgets.Widget):
    """Decimals and dates, handed to the file as such. Only exported."""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value
