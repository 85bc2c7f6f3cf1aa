"""A browser for the pages of tests/static, its errors collected. Per module: Playwright's loop must not outlive it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.static.grid import Site, serving
from tools.browser import BrowserMissingError, open_chromium


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            browser = open_chromium(playwright)
        except BrowserMissingError as error:
            pytest.skip(str(error))
        yield browser
        browser.close()


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    with serving(site) as url:
        yield url


@pytest.fixture
def open_page(chromium: Browser, site: Site, address: str) -> Iterator[Callable[..., Page]]:
    """open_page("name", html) → the page, loaded; at the end no script or policy error may have been reported."""
    errors: list[str] = []
    contexts = []

    def opener(name: str, html: str, **options: object) -> Page:
        site.pages[name] = html
        context = chromium.new_context(locale="fr-FR", **{"viewport": {"width": 1440, "height": 900}, **options})  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
        page.goto(f"{address}/{name}.html")
        return page

    yield opener
    for context in contexts:
        context.close()
    assert errors == []
