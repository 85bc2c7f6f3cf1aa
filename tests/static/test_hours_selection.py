"""Ticked rows of the grid of hours in a browser: what the buttons say, what the form sends (hours/selection.js)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.static import grid

NNBSP = "\u202f"
Opener = Callable[..., Page]
BUTTON = (
    '<label>Motif <input name="reason"></label>'
    '<button>Valider <b data-ticked-sum="declaree controlee">les heures</b></button>'
)


@pytest.fixture
def page(open_page: Opener) -> Page:
    html = grid.page().replace(
        '<th scope="row"><a href="#personne">',
        '<th scope="row"><input type="checkbox" data-bulk-row><a href="#personne">',
    )
    shown = open_page("ticks", html.replace("</table>", f"</table>{BUTTON}", 1))
    expect(shown.locator("[data-total=lot]").first).to_have_text("768,92")
    return shown


def tick(page: Page, row: int) -> None:
    page.locator(f"tr[data-assignment='{row}'] [data-bulk-row]").click()


def sent(page: Page, name: str) -> str:
    """What the form would send now under this name."""
    return page.locator("form[data-hours-grid]").evaluate("(form, name) => new FormData(form).get(name)", name)


def test_button_says_the_hours_that_it_would_validate(page: Page) -> None:
    button = page.get_by_role("button", name="Valider")
    expect(button).to_have_text("Valider les heures")
    tick(page, 0)  # 151,67 declared
    expect(button).to_have_text(f"Valider 151,67{NNBSP}h")
    tick(page, 1)  # 35 controlled
    expect(button).to_have_text(f"Valider 186,67{NNBSP}h")
    tick(page, 2)  # 70 validated already
    tick(page, 4)  # 12 refused
    expect(button).to_have_text(f"Valider 186,67{NNBSP}h")
    tick(page, 0)
    tick(page, 1)
    expect(button).to_have_text("Valider les heures")


def test_sum_follows_what_is_saved(page: Page) -> None:
    tick(page, 3)
    target = page.locator("tr[data-assignment='3'] input[data-kind=travail]")
    target.fill("20,5")
    target.press("Enter")
    expect(page.get_by_role("button", name="Valider")).to_have_text(f"Valider 20,5{NNBSP}h")


def test_form_sends_the_version_and_value_saved_last(page: Page) -> None:
    key = "0-2026-10-travail"
    assert (sent(page, f"version-{key}"), sent(page, f"saved-{key}")) == ("1", "151.67")
    target = page.locator("tr[data-assignment='0'] input[data-kind=travail]")
    target.fill("152")
    target.press("Enter")
    expect(page.locator(f"[name='version-{key}']")).to_have_value("2")
    assert (sent(page, f"version-{key}"), sent(page, f"saved-{key}")) == ("2", "152.00")
    target.fill("")
    target.press("Enter")
    expect(page.locator(f"[name='saved-{key}']")).to_have_value("")


def test_enter_in_the_reason_sends_nothing(page: Page) -> None:
    address = page.url
    page.get_by_label("Motif").fill("doublon")
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)
    assert page.url == address
    expect(page.get_by_label("Motif")).to_have_value("doublon")
