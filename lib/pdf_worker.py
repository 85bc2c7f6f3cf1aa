"""The process that renders one PDF and ends: request as JSON on standard input, PDF or fault on standard output.

Started by lib/pdf_process.py only. The exit code says which.
"""

import importlib
import json
import logging
import mimetypes
import os
import resource
import select
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

DONE, BROKEN, RESOURCE, MEMORY, LIBRARY, IDLE = 0, 10, 11, 12, 13, 14

# A host that cannot exist stands for our static files, so that relative URLs resolve as in a browser.
BASE_URL = "https://static.invalid/"
_HOST = "static.invalid"


class RefusedError(ValueError):
    """What the fetcher does not open."""


def find_static(url: str, static_url: str, static_dirs: list[str]) -> Path:
    """The file behind a static URL. Raises RefusedError: other host or prefix, outside the folders, absent."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    if parts.scheme != "https" or parts.netloc != _HOST or not path.startswith(static_url) or "\x00" in path:
        raise RefusedError(url)
    for folder in static_dirs:
        file = (Path(folder) / path.removeprefix(static_url)).resolve()
        if file.is_relative_to(folder) and file.is_file():
            return file
    raise RefusedError(url)


def limit(memory_mb: int, cpu_seconds: int) -> None:
    """Caps this process, should its parent be gone; macOS has no cap on memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb * 1024 * 1024,) * 2)


def render(request: dict[str, Any]) -> bytes:
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fetcher = _fetcher(request["static_url"], request["static_dirs"])
    fonts = FontConfiguration()
    css_base = urljoin(BASE_URL, request["static_url"] + "css/")
    stylesheets = [
        CSS(string=text, base_url=css_base, url_fetcher=fetcher, font_config=fonts) for text in request["stylesheets"]
    ]
    page: HTML = HTML(string=request["html"], base_url=BASE_URL, url_fetcher=fetcher)
    document = page.render(font_config=fonts, stylesheets=stylesheets, pdf_variant="pdf/ua-1")
    document.metadata.created = document.metadata.modified = request["created_at"]
    pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=request["identifier"].encode())
    return pdf


def _fetcher(static_url: str, static_dirs: list[str]) -> Any:
    from weasyprint.logger import LOGGER
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class ClosedFetcher(URLFetcher):  # type: ignore[misc]  # no stubs
        """Static files and data: URLs; a refusal stops the rendering instead of leaving a hole in the page."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)

        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            if url[:5].lower() == "data:":
                return super().fetch(url, headers)
            try:
                file = find_static(url, static_url, static_dirs)
            except RefusedError:
                # Drawing an SVG swallows even what must stop the rendering; the log does not.
                LOGGER.error("Refused: %s", url)
                raise
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, file.read_bytes(), {"Content-Type": kind})

    return ClosedFetcher()


class _Faults(logging.Handler):
    """WeasyPrint logs as errors what leaves a hole in the page or in its tags: broken image, no alternative text."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def answer(request: dict[str, Any]) -> tuple[int, bytes]:
    """Exit code, and the PDF or what is wrong with it."""
    from weasyprint.logger import LOGGER
    from weasyprint.urls import FatalURLFetchingError

    faults = _Faults()
    LOGGER.handlers = [faults]
    try:
        pdf = render(request)
    except FatalURLFetchingError as error:
        return RESOURCE, str(error).encode()
    except MemoryError:
        return MEMORY, b""
    except Exception as error:  # noqa: BLE001 -- whatever it is, the parent must learn it
        return BROKEN, f"{type(error).__name__}: {error}".encode()
    if faults.messages:
        return BROKEN, " ".join(faults.messages[:5]).encode()
    return DONE, pdf


def _load() -> str:
    """Imports WeasyPrint; what the system lacks for it, else nothing."""
    try:
        importlib.import_module("weasyprint")
    except OSError as error:
        return str(error)
    return ""


def _serve(request: dict[str, Any], missing: str) -> tuple[int, bytes]:
    if missing:
        return LIBRARY, missing.encode()
    limit(request["memory_limit_mb"], request["cpu_seconds"])
    # Read by fontTools when it dates the fonts that it subsets.
    os.environ["SOURCE_DATE_EPOCH"] = str(int(datetime.fromisoformat(request["created_at"]).timestamp()))
    try:
        return answer(request)
    except MemoryError:
        return MEMORY, b""


def main(idle_seconds: float) -> None:
    # Libraries that print must not print into the PDF.
    output = os.dup(1)
    os.dup2(2, 1)
    # The slow part, done before there is anything to do.
    missing = _load()
    received = select.select([sys.stdin], [], [], idle_seconds)[0] and sys.stdin.buffer.read()
    code, result = _serve(json.loads(received), missing) if received else (IDLE, b"")
    with os.fdopen(output, "wb") as file:
        file.write(result)
        file.flush()
    # Nothing left to do: skip the slow clean-up of the interpreter.
    os._exit(code)


if __name__ == "__main__":
    main(float(sys.argv[1]))
