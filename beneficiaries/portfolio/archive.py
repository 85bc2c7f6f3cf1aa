"""The nine files in one zip, as they come and go by the browser; nothing of it is ever laid down on a disk."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import PurePosixPath
from typing import IO

from beneficiaries.portfolio.exporter import export_portfolio
from beneficiaries.portfolio.reader import read_files
from beneficiaries.portfolio.tables import Portfolio
from lib.numbers import NNBSP, number_fr

MEGABYTE = 1024 * 1024
MOST_UNPACKED = 300 * MEGABYTE
_MOST_ENTRIES = 200
_CHUNK = MEGABYTE
# The day that every archive bears, so that the same data give the same bytes.
_NO_DATE = (1980, 1, 1, 0, 0, 0)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


class ArchiveError(Exception):
    """The file is no archive of a portfolio; the message is a French sentence for the user."""


def read_archive(data: bytes) -> Portfolio:
    """Read and check the files of the portfolio that a zip holds, at its root or in a folder. Raises ArchiveError."""
    with _readable():
        archive = zipfile.ZipFile(BytesIO(data))
    with archive:
        unpacking = _Unpacking(archive)
        return read_files(unpacking.load, unpacking.entries)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        message = "Ce fichier n'est pas une archive zip lisible et sans mot de passe."
        raise ArchiveError(f"{message} Compressez les neuf fichiers CSV et réessayez.") from error


class _Unpacking:
    """The CSV files of an archive by their own names; what comes out is counted, whatever the archive declares."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.budget = MOST_UNPACKED
        self.entries: dict[str, zipfile.ZipInfo] = {}
        if len(archive.infolist()) > _MOST_ENTRIES:
            count = number_fr(len(archive.infolist()))
            raise ArchiveError(f"L'archive contient {count} fichiers{NNBSP}; elle doit en contenir neuf.")
        for entry in archive.infolist():
            path = PurePosixPath(entry.filename)
            # Finder adds a shadow of each file.
            if path.suffix != ".csv" or path.name.startswith("._"):
                continue
            if path.name in self.entries:
                raise ArchiveError(f"L'archive contient deux fois {path.name}. Gardez un seul dossier.")
            self.entries[path.name] = entry

    def load(self, filename: str) -> bytes:
        if filename not in self.entries:
            raise FileNotFoundError(filename)
        content = bytearray()
        with _readable(), self.archive.open(self.entries[filename]) as packed:
            while piece := packed.read(_CHUNK):
                self.budget -= len(piece)
                if self.budget < 0:
                    size = number_fr(MOST_UNPACKED // MEGABYTE)
                    raise ArchiveError(f"L'archive contient plus de {size}{NNBSP}Mo une fois ouverte.")
                content += piece
        return bytes(content)


def write_archive(target: IO[bytes]) -> dict[str, int]:
    """The portfolio of the structure that is open; the number of rows of each file."""
    with zipfile.ZipFile(target, "w") as archive:

        @contextmanager
        def create(filename: str) -> Iterator[IO[bytes]]:
            entry = zipfile.ZipInfo(filename, _NO_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=True) as out:
                yield out

        return export_portfolio(create)
