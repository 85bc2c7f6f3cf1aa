"""The field by which every app takes a document: a file of an accepted kind, 20 MB at most, refused in French."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from lib.filetype import ATTACHED, EXTENSIONS, FileKind, FileRefusedError, sniff
from lib.numbers import NNBSP
from tenants.services.documents import MAX_BYTES, clean_name


class DocumentField(forms.FileField):
    """Its value is for ``store_document(content=value, name=value.name, …)``. The form is multipart/form-data."""

    def __init__(self, *, allowed: Collection[FileKind] = ATTACHED, **kwargs: Any) -> None:
        self.allowed = tuple(allowed)
        extensions = [extension for kind in self.allowed for extension in EXTENSIONS[kind]]
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": ",".join(extensions)}))
        kwargs.setdefault("help_text", f"20{NNBSP}Mo au plus{NNBSP}: {', '.join(extensions)}.")
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if isinstance(file, UploadedFile):
            try:
                sniff(file.read(MAX_BYTES + 1), clean_name(file.name or ""), max_bytes=MAX_BYTES, allowed=self.allowed)
            except FileRefusedError as refusal:
                raise ValidationError(str(refusal), code="refused") from refusal
            file.seek(0)
        return file
