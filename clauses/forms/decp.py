"""The DECP file that a member sends."""

from io import BytesIO
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clauses.decp.notice import DecpFileError
from clauses.decp.reader import MAX_BYTES, read_decp
from lib.numbers import NNBSP


class DecpUploadForm(forms.Form):
    """`content`: the bytes of a file that can be read as DECP."""

    file = forms.FileField(
        label="fichier DECP",
        widget=forms.FileInput(attrs={"accept": ".json,.xml,.gz"}),
        help_text=(
            f"Formats 2019 ou 2022, JSON ou XML, compressé (.gz) ou non, {MAX_BYTES // 1024**2}{NNBSP}Mo au plus. "
            "Rien n'est écrit avant que vous ayez vu l'essai."
        ),
        error_messages={"empty": "Le fichier est vide."},
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        file = data.get("file")
        if file is not None:
            data["content"] = file.read(MAX_BYTES + 1)
            try:
                read_decp(BytesIO(data["content"]))
            except DecpFileError as error:
                self.add_error("file", ValidationError(str(error), code="refused"))
        return data
