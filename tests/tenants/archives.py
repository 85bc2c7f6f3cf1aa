"""Backups that something happened to."""

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


def rewrite(source: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> Path:
    """The same archive with entries changed or left out."""
    target = source.with_name("changed.tar")
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for entry in old:
            stream = old.extractfile(entry)
            assert stream is not None
            changed = change(entry.name, stream.read())
            if changed is not None:
                copy = tarfile.TarInfo(changed[0])
                copy.size = len(changed[1])
                new.addfile(copy, io.BytesIO(changed[1]))
    return target


def with_manifest(source: Path, **values: Any) -> Path:
    def change(name: str, content: bytes) -> tuple[str, bytes]:
        return name, json.dumps(json.loads(content) | values).encode() if name == "manifest.json" else content

    return rewrite(source, change)
