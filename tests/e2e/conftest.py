"""One application for all tests in a browser, which `--dist loadgroup` keeps in one process; errors of pages fail."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.e2e.application import Application, running
from tools.browser import BrowserMissingError, open_chromium

Opener = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Per module: Playwright's loop must not outlive it, Django's database refuses to work beside one."""
    with sync_playwright() as playwright:
        try:
            browser = open_chromium(playwright)
        except BrowserMissingError as error:
            pytest.skip(str(error))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def started() -> Iterator[Application]:
    with running() as application:
        yield application


@pytest.fixture
def application(chromium: Browser, started: Application) -> Application:
    """Asked for through the browser: without one nothing is started."""
    return started


@pytest.fixture
def watched() -> Iterator[list[str]]:
    """Faults that pages reported: failed scripts, refused contents, answers of 400 and more that no test awaits."""
    faults: list[str] = []
    yield faults
    assert faults == []


@pytest.fixture
def new_page(chromium: Browser, application: Application, watched: list[str]) -> Iterator[Opener]:
    """new_page() → a page of a fresh context; `awaited`: status codes that the test provokes."""
    contexts: list[BrowserContext] = []

    def opener(*, awaited: tuple[int, ...] = (), **options: Any) -> Page:
        settings = {"locale": "fr-FR", "timezone_id": "Europe/Paris", "viewport": {"width": 1440, "height": 900}}
        context = chromium.new_context(base_url=application.address, **{**settings, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        _watch(page, watched, awaited)
        return page

    yield opener
    for context in contexts:
        context.close()


def _watch(page: Page, faults: list[str], awaited: tuple[int, ...]) -> None:
    def console(message: Any) -> None:
        # An answer of 400 and more says so in the console too; it is judged below, by its status.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            faults.append(f"{page.url}: {message.text}")

    def answered(response: Any) -> None:
        if response.status >= 400 and response.status not in awaited:
            faults.append(f"{response.status} {response.request.method} {response.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on("response", answered)
