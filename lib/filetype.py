"""What a received file is, by its content: its name and declared type prove nothing."""

import zipfile
from collections.abc import Callable, Collection
from enum import StrEnum
from io import BytesIO
from pathlib import PurePath

from lib.numbers import NNBSP, number_fr, quote

MEGABYTE = 1024 * 1024
_MANIFEST_READ = 64 * 1024


class FileKind(StrEnum):
    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    XLSX = "xlsx"
    DOCX = "docx"
    ODS = "ods"
    TEXT = "text"
    ZIP = "zip"
    GZIP = "gzip"


# What a page takes as a document unless it says otherwise.
ATTACHED = tuple(kind for kind in FileKind if kind not in (FileKind.ZIP, FileKind.GZIP))
EXTENSIONS = {
    FileKind.PDF: (".pdf",),
    FileKind.PNG: (".png",),
    FileKind.JPEG: (".jpg", ".jpeg"),
    FileKind.WEBP: (".webp",),
    FileKind.XLSX: (".xlsx",),
    FileKind.DOCX: (".docx",),
    FileKind.ODS: (".ods",),
    FileKind.TEXT: (".csv", ".txt"),
    FileKind.ZIP: (".zip",),
    FileKind.GZIP: (".gz",),
}
MEDIA_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.WEBP: "image/webp",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    FileKind.TEXT: "text/plain; charset=utf-8",
    FileKind.ZIP: "application/zip",
    FileKind.GZIP: "application/gzip",
}
_MAGIC: tuple[tuple[bytes, FileKind], ...] = (
    (b"%PDF-", FileKind.PDF),
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"\xff\xd8\xff", FileKind.JPEG),
    (b"\x1f\x8b\x08", FileKind.GZIP),
)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script")
_NOT_IN_TEXT = bytes(set(range(32)) - set(b"\t\n\f\r")) + b"\x7f"
_HEIC_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"hevc")


class FileRefusedError(ValueError):
    """The file is not accepted; the message is a French sentence for the user."""


def sniff(
    data: bytes, name: str, *, max_bytes: int = 20 * MEGABYTE, allowed: Collection[FileKind] = ATTACHED
) -> FileKind:
    """Kind of the whole file `data` received as `name`.

    Raises FileRefusedError: empty, over `max_bytes`, of a kind not in `allowed`, or with an extension that belongs to
    another kind.
    """
    shown = quote(PurePath(name).name)
    if not data:
        raise FileRefusedError(f"Le fichier {shown} est vide.")
    if len(data) > max_bytes:
        size = f"{number_fr(-(-len(data) // MEGABYTE))}{NNBSP}Mo"
        limit = f"{number_fr(max_bytes // MEGABYTE)}{NNBSP}Mo"
        raise FileRefusedError(f"Le fichier {shown} est trop lourd ({size}){NNBSP}: {limit} au plus.")
    kind = _kind(data)
    if kind is None or kind not in allowed:
        names = ", ".join(extension for item in FileKind if item in allowed for extension in EXTENSIONS[item])
        advice = _advice(data) if kind is None else ""
        raise FileRefusedError(f"Le fichier {shown} n'est pas accepté. {advice}Formats acceptés{NNBSP}: {names}.")
    if PurePath(name).suffix.lower() not in EXTENSIONS[kind]:
        raise FileRefusedError(
            f"Le contenu de {shown} est celui d'un fichier {EXTENSIONS[kind][0]}{NNBSP}: "
            "son nom dit autre chose. Renommez-le ou enregistrez-le de nouveau."
        )
    return kind


def _kind(data: bytes) -> FileKind | None:
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return FileKind.WEBP
    if data.startswith(b"PK"):
        return _office_kind(data)
    return FileKind.TEXT if _is_text(data) else None


def _office_kind(data: bytes) -> FileKind | None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                return None
            if "[Content_Types].xml" in names:
                return _openxml_kind(_head(archive, "[Content_Types].xml"))
            if "mimetype" in names and _head(archive, "mimetype").strip() == MEDIA_TYPES[FileKind.ODS].encode():
                return FileKind.ODS
            return FileKind.ZIP
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        # RuntimeError: encrypted; NotImplementedError: unknown compression.
        return None
    return None


def _openxml_kind(manifest: bytes) -> FileKind | None:
    for kind in (FileKind.XLSX, FileKind.DOCX):
        if f"{MEDIA_TYPES[kind]}.main+xml".encode() in manifest:
            return kind
    return None


def _head(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as entry:
        return entry.read(_MANIFEST_READ)


def _is_text(data: bytes) -> bool:
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        return False
    if any(byte in data for byte in _NOT_IN_TEXT):
        return False
    return _decodes(data, "utf-8") or _decodes(data, "cp1252")


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _advice(data: bytes) -> str:
    """How to mend the refusals that happen to honest people."""
    cases: tuple[tuple[Callable[[bytes], bool], str], ...] = (
        (
            lambda head: head.startswith(_OLD_OFFICE),
            (
                "Il est protégé par un mot de passe ou d'un ancien format Office. "
                "Enregistrez-le sans mot de passe en .xlsx ou .docx. "
            ),
        ),
        (
            lambda head: head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS,
            "C'est une photo au format HEIC. Exportez-la en JPEG. ",
        ),
        (
            lambda head: head.startswith(b"PK") and b"vbaProject.bin" in head,
            "Il contient des macros. Enregistrez-le sans macros. ",
        ),
    )
    return next((advice for fits, advice in cases if fits(data)), "")
