"""Files kept by the structures: known by their content, encrypted on disk, checked each time they are read.

A file is written before the transaction that names it commits. If that one is undone, nothing points at the file any
more, and the sweep takes it away a day later.
"""

import hashlib
import logging
import os
import secrets
import time
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path, PurePath
from typing import Protocol

from django.conf import settings
from django.db import connection, transaction

from lib.crypto import Cipher, DecryptionError
from lib.filetype import ATTACHED, MEDIA_TYPES, MEGABYTE, FileKind, sniff
from tenants import scope
from tenants.models import Document

logger = logging.getLogger(__name__)

MAX_BYTES = 20 * MEGABYTE
ORPHAN_AGE_SECONDS = 24 * 60 * 60
# More files without a row than accidents leave: the database is probably not the one of this folder.
MOST_ORPHANS = 100


class DocumentUnreadableError(Exception):
    """The file is missing, was altered or was encrypted with a key that is gone."""


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


def store_document(
    *,
    content: bytes | Readable,
    name: str,
    uploaded_by_id: int | None,
    allowed: Collection[FileKind] = ATTACHED,
    read_action: str = "document.read",
) -> Document:
    """Keep a file in the current structure. Raises lib.filetype.FileRefusedError, whose message is for the person.

    `read_action`: what a member must be allowed to do (rights.py) to download it.
    """
    data = content if isinstance(content, bytes) else content.read(MAX_BYTES + 1)
    name = clean_name(name)
    kind = sniff(data, name, max_bytes=MAX_BYTES, allowed=allowed)
    key = secrets.token_hex(32)
    _write(_path(key), _cipher().encrypt(data))
    try:
        return Document.objects.create(
            name=name,
            content_type=MEDIA_TYPES[FileKind(kind)],
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            storage_key=key,
            uploaded_by_id=uploaded_by_id,
            read_action=read_action,
        )
    except BaseException:
        _path(key).unlink(missing_ok=True)
        raise


def read_document(document: Document) -> bytes:
    """The whole content. Raises DocumentUnreadableError."""
    try:
        data = _cipher().decrypt(_path(document.storage_key).read_bytes())
    except (OSError, DecryptionError) as error:
        logger.error("Document %s cannot be read: %s", document.pk, type(error).__name__)
        raise DocumentUnreadableError from error
    if hashlib.sha256(data).hexdigest() != document.sha256:
        logger.error("Document %s does not have its fingerprint", document.pk)
        raise DocumentUnreadableError
    return data


def delete_document(*, document: Document) -> None:
    """The row now, the file once it is committed."""
    path = _path(document.storage_key)
    document.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def clean_name(name: str) -> str:
    """The file's own name without folders nor control characters, 200 characters at most, its extension kept."""
    shown = "".join(char for char in PurePath(name.replace("\\", "/")).name if char.isprintable()).strip()
    extension = PurePath(shown).suffix[:20]
    return shown if len(shown) <= 200 else shown[: 200 - len(extension)] + extension


def sweep_orphans() -> int:
    """Remove the files that no document points at for a day; how many. Removes nothing when there are too many."""
    limit = time.time() - ORPHAN_AGE_SECONDS
    old = (path for path in _files() if path.stat().st_mtime < limit)
    orphans: list[Path] = []
    while batch := list(islice(old, 1000)):
        stored = _stored([path.name for path in batch])
        orphans += [path for path in batch if path.name not in stored]
    if len(orphans) > MOST_ORPHANS:
        logger.error("%s documents without a row: nothing removed, check database and folder", len(orphans))
        return 0
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def _files() -> Iterator[Path]:
    return (path for path in Path(settings.DOCUMENTS_DIR).glob("*/*/*") if path.is_file())


def _stored(keys: list[str]) -> set[str]:
    with scope.worker(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM clauseo_stored(%s)", [keys])
        return {row[0] for row in cursor.fetchall()}


def _cipher() -> Cipher:
    return Cipher(settings.DOCUMENT_KEYS)


def _path(key: str) -> Path:
    return Path(settings.DOCUMENTS_DIR) / key[:2] / key[2:4] / key


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, and on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f"{path.name}.part")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
