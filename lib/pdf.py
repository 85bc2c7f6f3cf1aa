"""HTML to tagged PDF (PDF/UA-1) by WeasyPrint, in a process of its own that is thrown away.

Rendering keeps its memory and runs native code on what people typed, so it happens in `python -m lib.pdf_worker`: no
secret in its environment, memory and time capped, and a fetcher that opens nothing but `data:` URLs and our static
files. The same arguments give the same bytes on one machine (fonts that are not ours come from the system).
"""

import json
import logging
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from lib import pdf_process
from lib.numbers import NNBSP
from lib.pdf_worker import BROKEN, DONE, IDLE, LIBRARY, MEMORY, RESOURCE

logger = logging.getLogger(__name__)

INSTALL_COMMAND = "apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
INSTALL_COMMAND_MACOS = "brew install pango"


class PdfError(RuntimeError):
    """The PDF was not made; the message is a French sentence, safe to show."""


class PdfResourceError(PdfError):
    """The document asks for what the fetcher refuses or cannot find."""


class PdfTimeoutError(PdfError):
    pass


class PdfMemoryError(PdfError):
    pass


class PdfLibraryError(PdfError):
    """A system library of WeasyPrint is missing; the message says which command installs it."""


def render_pdf(
    html: str,
    *,
    stylesheets: Sequence[str],
    static_dirs: Sequence[Path | str],
    identifier: str,
    created_at: datetime,
    static_url: str = "/static/",
    memory_limit_mb: int = 1024,
    timeout: float = 120,
) -> bytes:
    """The PDF of `html`, whose `<html lang>` and `<title>` are required, as the alternative text of every image is.

    `stylesheets`: CSS texts, whose relative URLs start from `<static_url>css/`. `static_dirs`: folders searched in turn
    for the URLs under `static_url`. `identifier`: of the document, part of the file. `created_at`: with its zone,
    written as creation date. `timeout`: seconds. Raises PdfError and its kinds.
    """
    request = {
        "html": html,
        "stylesheets": list(stylesheets),
        "static_dirs": [str(Path(folder).resolve()) for folder in static_dirs],
        "static_url": static_url,
        "identifier": identifier,
        "created_at": created_at.isoformat(timespec="seconds"),
        "memory_limit_mb": memory_limit_mb,
        "cpu_seconds": int(timeout) + 5,
    }
    code, output = _run(pdf_process.take(), json.dumps(request).encode(), timeout)
    if code == IDLE:
        code, output = _run(pdf_process.start(), json.dumps(request).encode(), timeout)
    if code == DONE:
        pdf_process.warm_up()
    return _outcome(code, output)


def _run(process: subprocess.Popen[bytes], request: bytes, timeout: float) -> tuple[int, bytes]:
    with process:
        try:
            output, messages = process.communicate(request, timeout)
        except BaseException as error:
            process.kill()
            if isinstance(error, subprocess.TimeoutExpired):
                raise PdfTimeoutError(f"Le PDF a demandé plus de {timeout:g} secondes. Réduisez la période.") from error
            raise
    if messages:
        logger.warning("PDF worker: %s", messages.decode("utf-8", "replace")[-2000:])
    return process.returncode, output


def _outcome(code: int, output: bytes) -> bytes:
    if code == DONE and output.startswith(b"%PDF-"):
        return output
    detail = output.decode("utf-8", "replace")[:500]
    if code == LIBRARY:
        command = INSTALL_COMMAND_MACOS if sys.platform == "darwin" else INSTALL_COMMAND
        raise PdfLibraryError(f"Une bibliothèque manque pour faire les PDF. Installez-la{NNBSP}: {command} ({detail})")
    if code == RESOURCE:
        raise PdfResourceError(f"Le document demande une ressource refusée ou introuvable{NNBSP}: {detail}")
    if code == BROKEN:
        raise PdfError(f"Le document n'a pas pu être mis en page{NNBSP}: {detail}")
    if code == MEMORY or code < 0:
        # Native libraries abort when memory is refused to them.
        raise PdfMemoryError("Le PDF a demandé plus de mémoire que permis. Réduisez la période.")
    raise PdfError(f"Le moteur de PDF s'est arrêté (code {code}).")
