"""The browser of the tests and of the screenshots: Chromium of the machine, else the one that Playwright brought."""

import os
import shutil

from playwright.sync_api import Browser, Error, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "Chromium manque : .venv/bin/playwright install --with-deps chromium"


class BrowserMissingError(RuntimeError):
    """No Chromium starts here; the message says which command brings one."""


def open_chromium(playwright: Playwright) -> Browser:
    """Headless and in French, as dates and files are then asked for. CLAUSEO_CHROMIUM names another executable."""
    path = os.environ.get("CLAUSEO_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    try:
        return playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--lang=fr-FR"], env={**os.environ, "LANGUAGE": "fr"}
        )
    except Error as error:
        raise BrowserMissingError(MISSING) from error
