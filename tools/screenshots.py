"""`make screenshots`: the main pages of the demonstration as images, in light, dark and 360 px, and a bilan's PDF.

    python -m tools.screenshots [--only NAME …] [--address http://localhost:8000] [--out screenshots]
    python -m tools.screenshots --guide     the few images of README.md and docs/guide, into docs/images

Starts an installation of its own in a throw-away folder, unless the address of one with the demonstration is given.
Fails when a page reports an error or scrolls sideways.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from html import escape
from pathlib import Path
from socket import socket
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from config import servers
from tools.browser import BrowserMissingError, open_chromium
from tools.pages import PAGES, Shown, named

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "bienvenue dans clauseo"  # noqa: S105 -- reporting/demo/accounts.py, printed by make run
ACCOUNTS = {
    "facilitator": "mission@groupement.example",
    "administrator": "direction@groupement.example",
    "buyer": "bailleur@toit-garonnais.example",
    "operator": "exploitation@clauseo.example",
}
LOOKS: dict[str, dict[str, Any]] = {
    "clair": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "sombre": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "360": {"viewport": {"width": 360, "height": 740}, "color_scheme": "light"},
}
OTHER_LOOKS: dict[str, dict[str, Any]] = {
    "guide": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"}
}
BUYER = "Toit Garonnais"
DECP = ROOT / "tests/data/decp/marches_avec_modifications.json"
LONGEST = 6000
GUIDE = (
    "accueil",
    "marche-nouveau",
    "beneficiaire",
    "heures",
    "lot-avancement",
    "bilan",
    "decp-rapport",
    "membres",
    "bailleur",
)
GUIDE_FOLDER = ROOT / "docs/images"
GUIDE_COLOURS = 128
PDF_WIDTH = 900


class Failures(list[str]):
    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.append(f"{page.url} : {error}"))
        page.on("console", lambda message: self._console(page, message))
        page.on("response", lambda answer: self._answer(answer))

    def _console(self, page: Page, message: Any) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.append(f"{page.url} : {message.text}")

    def _answer(self, answer: Any) -> None:
        if answer.status >= 400 and "nulle-part" not in answer.url:
            self.append(f"{answer.status} {answer.url}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Les pages principales en images.")
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME", help="seulement ces pages")
    parser.add_argument("--look", nargs="*", default=list(LOOKS), choices=LOOKS, metavar="LOOK")
    parser.add_argument("--guide", action="store_true", help="les images de la documentation")
    parser.add_argument("--address", help="une installation qui tourne, avec la démonstration")
    parser.add_argument("--out", type=Path, default=ROOT / "screenshots")
    chosen = parser.parse_args(arguments)
    failures = Failures()
    with sync_playwright() as playwright:
        try:
            browser = open_chromium(playwright)
        except BrowserMissingError as error:
            sys.exit(str(error))
        with _installation(chosen.address) as address:
            pdf = prepare(browser, address, failures)
            if chosen.guide:
                shoot_guide(browser, address, failures)
            else:
                for look in chosen.look:
                    shoot(browser, address, look, named(chosen.only), chosen.out, failures)
                write_pdf(pdf, chosen.out)
                write_index(chosen.out)
                print(chosen.out / "index.html")
    for failure in failures:
        print(f"à voir : {failure}")
    return 1 if failures else 0


@contextmanager
def _installation(address: str | None) -> Iterator[str]:
    if address:
        yield address
        return
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        os.environ["PORT"] = str(probe.getsockname()[1])
    os.environ["CLAUSEO_DEMO"] = "true"
    with servers.throwaway(), _run() as run:
        for line in run.stdout or ():
            print(line, end="")
            if "Ctrl-C" in line:
                break
        yield f"http://localhost:{os.environ['PORT']}"


@contextmanager
def _run() -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "config.servers", "run"]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE) as run:
        try:
            yield run
        finally:
            run.send_signal(signal.SIGTERM)
            run.communicate(timeout=60)


def prepare(browser: Browser, address: str, failures: Failures) -> bytes:
    """What the demonstration lacks: two bilans, one handed over, the trial of a file, an invitation. Returns a PDF."""
    page = _page(browser, address, "clair", "administrator", failures)
    make_bilan(page, address, "Toute la structure")
    pdf = make_bilan(page, address, BUYER)
    page.get_by_role("button", name="Transmettre").click()
    page.goto(f"{address}/donnees/decp/")
    page.locator("input[type=file]").set_input_files(DECP)
    page.locator("main form .btn-primary").click()
    page.locator("main h1").wait_for()
    page.goto(f"{address}/structure/membres/inviter/")
    page.get_by_label("Adresse").fill("nouvelle@groupement.example")
    page.locator("main form .btn-primary").click()
    page.locator("main h1").wait_for()
    page.context.close()
    return pdf


def make_bilan(page: Page, address: str, name: str) -> bytes:
    page.goto(f"{address}/bilans/nouveau/")
    # Whole: the name of a donneur d'ordre stands after those of its operations too.
    option = page.locator("#id_perimetre option", has_text=re.compile(rf"^\s*{re.escape(name)}\s*$"))
    value = option.get_attribute("value")
    page.goto(f"{address}/bilans/nouveau/?perimetre={value}")
    page.get_by_label("Contexte").fill("Trois opérations de réhabilitation ont commencé cette année.")
    page.get_by_role("button", name="Arrêter les chiffres").click()
    link = page.get_by_role("link", name="Télécharger le PDF")
    link.wait_for(timeout=120_000)
    with page.expect_download() as download:
        link.click()
    return Path(download.value.path()).read_bytes()


def _page(browser: Browser, address: str, look: str, who: str, failures: Failures) -> Page:
    page = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris", **(LOOKS | OTHER_LOOKS)[look]).new_page()
    page.set_default_timeout(30_000)
    failures.watch(page)
    if who:
        page.goto(f"{address}/connexion/")
        page.get_by_label("Adresse électronique").fill(ACCOUNTS[who])
        page.get_by_label("Mot de passe").fill(PASSWORD)
        page.get_by_role("button", name="Se connecter").click()
        page.locator(".sidenav").wait_for(state="attached")
    return page


def shoot(browser: Browser, address: str, look: str, pages: Sequence[Shown], out: Path, failures: Failures) -> None:
    folder = out / look
    folder.mkdir(parents=True, exist_ok=True)
    for who in dict.fromkeys(shown.who for shown in pages):
        page = _page(browser, address, look, who, failures)
        for shown in pages:
            if shown.who != who:
                continue
            if not shown.visit(page, address):
                failures.append(f"{shown.name} : un lien manque en chemin")
                continue
            page.wait_for_load_state("networkidle")
            _take(page, folder / f"{shown.name}.png", LOOKS[look]["viewport"], failures)
        page.context.close()


def shoot_guide(browser: Browser, address: str, failures: Failures) -> None:
    """What fits in a window, in few colours: these images are kept with the sources."""
    GUIDE_FOLDER.mkdir(exist_ok=True)
    for shown in named(GUIDE):
        page = _page(browser, address, "guide", shown.who, failures)
        shown.visit(page, address)
        page.wait_for_load_state("networkidle")
        path = GUIDE_FOLDER / f"{shown.name}.png"
        page.screenshot(path=path)
        page.context.close()
        Image.open(path).convert("RGB").quantize(GUIDE_COLOURS).save(path, optimize=True)
        print(path)


def _take(page: Page, path: Path, viewport: dict[str, int], failures: Failures) -> None:
    """As tall as the page, so that what sticks to the window stands where it should."""
    width, height = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    if width > viewport["width"]:
        failures.append(f"{page.url} : {width} px de large sur {viewport['width']}")
    if not page.locator("[data-hours-grid]").count():
        page.set_viewport_size({"width": viewport["width"], "height": min(max(height, viewport["height"]), LONGEST)})
    page.screenshot(path=path)
    page.set_viewport_size(viewport)  # type: ignore[arg-type]  # a plain dict
    print(path)


def write_pdf(pdf: bytes, out: Path) -> None:
    folder = out / "bilan"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "bilan.pdf").write_bytes(pdf)
    if shutil.which("pdftoppm") is None:
        print("pages du PDF non dessinées, pdftoppm manque : apt-get install poppler-utils")
        return
    command = ["pdftoppm", "-png", "-scale-to-x", str(PDF_WIDTH), "-scale-to-y", "-1"]
    subprocess.run([*command, str(folder / "bilan.pdf"), str(folder / "page")], check=True)


def write_index(out: Path) -> None:
    labels = {page.name: page.label for page in PAGES} | {"page": "Bilan"}
    parts = ['<!DOCTYPE html><html lang="fr"><meta charset="utf-8"><title>Clauséo, captures</title>']
    parts.append("<style>body{font:14px sans-serif}figure{display:inline-block;margin:8px;vertical-align:top}")
    parts.append("img{width:340px;border:1px solid #999}</style>")
    for folder in sorted(path for path in out.iterdir() if path.is_dir()):
        parts.append(f"<h1>{escape(folder.name)}</h1>")
        for image in sorted(folder.glob("*.png")):
            source = f"{folder.name}/{image.name}"
            label = escape(labels.get(image.stem, image.stem))
            parts.append(
                f'<figure><a href="{source}"><img src="{source}" loading="lazy" alt=""></a>'
                f"<figcaption>{label}</figcaption></figure>"
            )
    (out / "index.html").write_text("\n".join(parts))


if __name__ == "__main__":
    sys.exit(main())
