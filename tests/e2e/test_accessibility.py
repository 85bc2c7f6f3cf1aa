"""Every main page with something in it: axe finds nothing, light, dark or narrow, and nothing scrolls sideways."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.application import Application
from tests.factories import PASSWORD
from tools.pages import PAGES, Shown

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

AXE = (Path(__file__).resolve().parents[1] / "data/axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What a theme changes.
CONTRAST = ["color-contrast"]
ACCOUNTS = {
    "facilitator": "alice@exemple.test",
    "administrator": "alice@exemple.test",
    "buyer": "dominique@exemple.test",
    "operator": "olivier@exemple.test",
}
NARROWEST = 320


@pytest.fixture(scope="session")
def furnished(started: Application) -> Application:
    started.manage("shell", "-c", "from tests.e2e.small_world import build; build()")
    return started


@pytest.fixture(scope="module")
def page_of(chromium: Browser, furnished: Application) -> Iterator[Callable[[str], Page]]:
    """One page for each kind of person, logged in. axe writes style elements, which the policy forbids elsewhere."""
    pages: dict[str, Page] = {}

    def page_of_person(who: str) -> Page:
        if who not in pages:
            context = chromium.new_context(base_url=furnished.address, locale="fr-FR", bypass_csp=True)
            pages[who] = context.new_page()
            if who:
                log_in(pages[who], ACCOUNTS[who])
        return pages[who]

    yield page_of_person
    for page in pages.values():
        page.context.close()


def log_in(page: Page, email: str) -> None:
    page.goto("/connexion/")
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.locator(".sidenav").wait_for(state="attached")


@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)
def test_page_is_accessible(page_of: Callable[[str], Page], furnished: Application, shown: Shown) -> None:
    page = page_of(shown.who)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")
    assert shown.visit(page, furnished.address), "a link on the way is missing"
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE)
    found = {"light": violations(page)}
    page.emulate_media(color_scheme="dark")
    found["dark"] = violations(page, CONTRAST)
    page.set_viewport_size({"width": NARROWEST, "height": 700})
    found["narrow"] = violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") == NARROWEST
    assert found == {"light": [], "dark": [], "narrow": []}


def violations(page: Page, rules: list[str] = RULES) -> list[str]:
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", rules)["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]
