"""Secrets of an installation without an environment of its own: made once, kept in the data folder, mode 0600."""

import base64
import os
import secrets
from pathlib import Path

from config.servers import layout


def load(data: Path) -> dict[str, str]:
    path = data / "secrets.env"
    if not path.exists():
        with layout.lock(data):
            if not path.exists():
                _create(path)
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


def _create(path: Path) -> None:
    values = {
        "CLAUSEO_SECRET_KEY": secrets.token_urlsafe(48),
        # The form of a Fernet key: 32 random bytes.
        "CLAUSEO_DOCUMENT_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
    draft = path.with_suffix(".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.writelines(f"{name}={value}\n" for name, value in values.items())
        stream.flush()
        os.fsync(handle)
    draft.rename(path)
