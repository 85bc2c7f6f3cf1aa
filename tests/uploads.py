"""Files to send in tests."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile


class SentAgain(SimpleUploadedFile):
    """Sent by several people in turn: read from its beginning each time."""

    def read(self, *args: Any) -> bytes:
        self.seek(0)
        return super().read(*args)


def pdf(name: str = "acte.pdf") -> SentAgain:
    return SentAgain(name, b"%PDF-1.7 acte")


def csv(text: str, name: str = "liste.csv") -> SentAgain:
    return SentAgain(name, text.encode())
