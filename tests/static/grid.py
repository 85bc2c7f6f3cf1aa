"""A page with the grid of hours and the server that its contract asks for (static/js/hours_grid.js), kept in memory."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from lib.hours import HoursError, parse_hours_or_none
from lib.numbers import number_fr
from tests.static import gallery

ROOT = Path(__file__).resolve().parents[2]
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
# The policy of config/settings/base.py: what it refuses shows as an error in the browser's console.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
PEOPLE = ("Awa Diallo", "Marc Lefèvre", "Nadia Benali", "Tomás Ferreira", "Élodie Œuvrard", "Yacine Haddad")
LOTS = (("Lot 2 Peinture", "833", "512.25", "480"), ("Lot 3 Couverture", "210", "195", "195"))


def cell(row: int, kind: str, hours: str = "", status: str = "", version: str = "") -> dict[str, Any]:
    label = f"{PEOPLE[row % 6]}, {kind}, octobre 2026"
    text = number_fr(Decimal(hours), strip=False) if hours else ""
    return {
        "key": f"{row}-2026-10-{kind}", "month": "2026-10", "kind": kind, "text": text, "version": version,
        "status": status, "label": label, "readonly": status == "validee", "saved": hours,
    }  # fmt: skip


def lots() -> list[dict[str, Any]]:
    filled = {0: ("151.67", "declaree"), 1: ("35", "controlee"), 2: ("70", "validee"), 4: ("12", "refusee")}
    made = []
    for index, (title, due, before, validated) in enumerate(LOTS):
        rows = []
        for row in range(index * 6, index * 6 + 6):
            work = cell(row, "travail", *filled.get(row, ("", "")), version="1" if row in filled else "")
            training = None if row % 6 == 3 else cell(row, "formation")
            rows.append(
                {"id": row, "person": PEOPLE[row % 6], "employer": "Insertion Midi", "dates": "01/02/2026 – 31/01/2027",
                 "before": Decimal("120.5"), "cells": [work, training]}
            )  # fmt: skip
        bar = gallery.bar(f"bar-{index}", validated, before, int(due))
        made.append(
            {"id": index + 12, "title": title, "contract": "Réhabilitation de 120 logements, Reynerie", "rows": rows,
             "due": Decimal(due), "before": Decimal(before), "validated": Decimal(validated),
             "expected": Decimal(690), "bar": bar}
        )  # fmt: skip
    return made


def page(**cookies: str) -> str:
    source = (Path(__file__).parent / "hours_grid.html").read_text()
    extra = {"lots": lots(), "title": "Saisie des heures, octobre 2026", "crumbs": []}
    return gallery.render(source=source, extra=extra, **cookies)


class Site:
    """The pages, the static files, and the cells as the server knows them: {key: (hours, version)}."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.cells: dict[tuple[str, str], tuple[str, int]] = {
            ("0", "travail"): ("151.67", 1),
            ("1", "travail"): ("35", 1),
        }
        self.posts: list[dict[str, str]] = []
        self.down = False
        self.refuse = ""
        self.token = ""
        self.lock = threading.Lock()

    def save(self, sent: dict[str, str]) -> tuple[int, dict[str, Any]]:
        with self.lock:
            self.posts.append(sent)
            if self.down:
                return 503, {}
            if self.token and sent["token"] != self.token:
                return 403, {}
            if self.refuse:
                return 422, {"error": self.refuse}
            key = (sent["assignment"], sent["kind"])
            hours, version = self.cells.get(key, ("", 0))
            if sent["version"] != (str(version) if version else ""):
                return 409, {
                    "version": version,
                    "yours": sent["hours"],
                    "theirs": hours,
                    "by": "Inès Karim",
                    "at": "10:42",
                }
            try:
                value = parse_hours_or_none(sent["hours"])
            except HoursError as error:
                return 422, {"error": str(error)}
            self.cells[key] = ("" if value is None else str(value), version + 1)
            return 200, {"version": version + 1, "hours": self.cells[key][0], "status": "declaree"}


class Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        name = path.strip("/").removesuffix(".html")
        if name in self.site.pages:
            self.answer(200, self.site.pages[name].encode(), "text/html; charset=utf-8")
            return
        file = (ROOT / path.lstrip("/")).resolve()
        if file.is_relative_to(ROOT / "static") and file.is_file():
            self.answer(200, file.read_bytes(), TYPES.get(file.suffix, "application/octet-stream"))
        else:
            self.answer(404, b"", "text/plain")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        sent = dict(parse_qsl(body, keep_blank_values=True)) | {"token": self.headers.get("X-CSRFToken", "")}
        status, data = self.site.save(sent)
        self.answer(status, json.dumps(data).encode(), "application/json")

    def answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Quiet."""


@contextmanager
def serving(site: Site) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("SiteHandler", (Handler,), {"site": site}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
