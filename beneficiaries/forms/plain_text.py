"""Free text never brings a social security number in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from lib.nir import contains_nir

NIR_REFUSED = "Ce texte contient un numéro de sécurité sociale. Retirez-le\u202f: il n'est jamais conservé."


class WithoutNir(forms.BaseForm):
    """Mixin: each text of the form, and the name of each file, is looked through."""

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name, value in list(self.cleaned_data.items()):
            text = value.name if isinstance(value, UploadedFile) else value
            if isinstance(text, str) and contains_nir(text):
                self.add_error(name, ValidationError(NIR_REFUSED, code="nir"))


def one_line(value: Any) -> str:
    return " ".join(str(value).split())
