"""The components and the frame in a real browser: accessibility, widths, keyboard, with and without scripts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.static import gallery, grid

AXE = (Path(__file__).resolve().parents[1] / "data/axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (320, 360, 768, 1024, 1280, 1920, 3840)
Opener = Callable[..., Page]


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", RULES)["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("shown", [gallery.render, grid.page])
def test_axe_finds_nothing(open_page: Opener, shown: Callable[..., str], width: int, theme: str) -> None:
    # axe writes style elements, which the policy forbids; the other tests check that our pages do not.
    page = open_page("shown", shown(theme=theme), viewport={"width": width, "height": 900}, bypass_csp=True)
    page.wait_for_load_state("networkidle")
    assert violations(page) == []


def test_axe_finds_nothing_in_open_overlays(open_page: Opener) -> None:
    page = open_page("gallery", gallery.render(), bypass_csp=True)
    for opener in ("[data-help]", "[data-dialog=delete]", "[popovertarget=areas]", "[popovertarget=account]"):
        page.locator(opener).click()
        assert violations(page) == []
        page.keyboard.press("Escape")


def test_system_preference_is_followed_without_a_choice(open_page: Opener) -> None:
    page = open_page("gallery", gallery.render(), color_scheme="dark", java_script_enabled=False)
    background = page.locator("body").evaluate("(body) => getComputedStyle(body).backgroundColor")
    assert background == "rgb(18, 21, 26)"


@pytest.mark.parametrize("shown", [gallery.render, grid.page])
def test_no_page_scrolls_sideways(open_page: Opener, shown: Callable[..., str]) -> None:
    page = open_page("shown", shown())
    wide = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wide[width] = page.evaluate("document.documentElement.scrollWidth")
    assert wide == {width: width for width in WIDTHS}


def test_header_of_a_list_stays_in_sight(open_page: Opener) -> None:
    page = open_page("gallery", gallery.render(extra={"wide": True}))
    head = page.locator(".table-box thead th").nth(1)
    page.locator(".table-box tbody tr").last.scroll_into_view_if_needed()
    page.evaluate("scrollTo(0, document.querySelector('.table-box').offsetTop + 200)")
    assert head.bounding_box()["y"] == page.locator(".topbar").bounding_box()["height"]  # type: ignore[index]


def test_skip_link_is_first_and_leads_to_the_content(open_page: Opener) -> None:
    page = open_page("404", gallery.render("404.html"))
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_narrow_navigation_opens_without_scripts(open_page: Opener) -> None:
    page = open_page("gallery", gallery.render(), viewport={"width": 360, "height": 700}, java_script_enabled=False)
    expect(page.get_by_role("link", name="Bénéficiaires")).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("link", name="Bénéficiaires")).to_be_visible()


def test_question_without_scripts_is_a_popover(open_page: Opener) -> None:
    page = open_page("gallery", gallery.render(), java_script_enabled=False)
    expect(page.get_by_text("Supprimer le lot 2", exact=False)).to_be_hidden()
    page.get_by_role("button", name="Supprimer", exact=True).click()
    expect(page.get_by_role("button", name="Supprimer le lot")).to_be_visible()
    page.get_by_role("button", name="Annuler").click()
    expect(page.get_by_role("button", name="Supprimer le lot")).to_be_hidden()


def test_theme_and_folded_menu_are_remembered_in_cookies(open_page: Opener, address: str) -> None:
    page = open_page("gallery", gallery.render())
    toggle = page.get_by_role("button", name="Thème sombre")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    toggle.click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(toggle).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Réduire le menu").click()
    expect(page.locator("body")).to_have_attribute("data-nav", "narrow")
    assert {cookie["name"]: cookie["value"] for cookie in page.context.cookies(address)} == {
        "theme": "dark",
        "nav": "narrow",
    }


def test_one_key_shortcuts_can_be_turned_off(open_page: Opener) -> None:
    page = open_page("gallery", gallery.render(extra={"form": gallery.LotForm()}))
    page.keyboard.press("/")
    expect(page.locator("[data-search-field]")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_hidden()
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.get_by_label("Raccourcis d'une seule touche").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_hidden()


def test_rows_are_ticked_one_by_one_by_range_and_all(open_page: Opener) -> None:
    page = open_page("gallery", gallery.render())
    bar, rows = page.locator("[data-bulk-bar]"), page.locator("[data-bulk-row]")
    expect(bar).to_be_hidden()
    rows.nth(1).click()
    expect(bar).to_contain_text("1 ligne cochée", use_inner_text=True)
    rows.nth(4).click(modifiers=["Shift"])
    expect(bar).to_contain_text("4 lignes cochées")
    everything = page.get_by_label("Cocher toutes les lignes")
    assert everything.evaluate("(box) => box.indeterminate")
    everything.check()
    expect(bar).to_contain_text("9 lignes cochées")
    everything.uncheck()
    expect(bar).to_be_hidden()


def test_refused_form_takes_the_focus_and_leads_to_its_fields(open_page: Opener) -> None:
    page = open_page("gallery", gallery.render())
    expect(page.locator("[data-focus]")).to_be_focused()
    page.get_by_role("link", name="Heures dues").last.click()
    expect(page.get_by_label("Heures dues")).to_be_focused()


def test_long_list_becomes_searchable(open_page: Opener) -> None:
    page = open_page("gallery", gallery.render())
    page.get_by_text("Filtres (2)").click()
    page.locator(".ts-control").click()
    choices = page.locator(".ts-dropdown [data-selectable]")
    expect(choices).to_have_count(3)
    page.keyboard.type("laura", delay=20)
    expect(choices).to_have_text(["Peintures du Lauragais"])
    page.keyboard.press("Enter")
    assert page.locator("#id_holder").input_value() == "2"


def test_chart_draws_the_figures_of_its_table(open_page: Opener) -> None:
    page = open_page("gallery", gallery.render())
    expect(page.locator("canvas")).to_have_css("display", "block")
    data = page.evaluate(
        "Chart.getChart(document.querySelector('canvas')).data.datasets.map((set) => [set.label, set.data])"
    )
    assert data[0] == ["Validées", [80.5, 120.25, 96, 0, 60, 0]]
    assert data[2] == ["Cumul", [80.5, 200.75, 311.25, 311.25, 441.25, None]]


def test_job_is_asked_again_until_it_ends(open_page: Opener) -> None:
    asked = []
    job = gallery.context()["jobs"][1]
    source = (
        '{% extends "base.html" %}{% block content %}{% include "components/_job.html" with job=job label="Bilan" '
        'poll_url="/avancement" result_url="/bilan.pdf" result_label="Télécharger" only %}{% endblock %}'
    )
    fragment = source.split("{% block content %}")[1].split("{% endblock %}")[0]
    page = open_page("job", gallery.render("404.html"))

    def answer(route: object) -> None:
        asked.append(1)
        now = job | {"progress_done": 900} if len(asked) < 2 else job | {"state": "done"}
        route.fulfill(body=gallery.render(source=fragment, extra={"job": now}), content_type="text/html")  # type: ignore[attr-defined]

    page.route("**/avancement", answer)
    page.route(
        "**/job.html",
        lambda route: route.fulfill(body=gallery.render(source=source, extra={"job": job}), content_type="text/html"),
    )
    page.goto(page.url)
    expect(page.locator(".job")).to_contain_text("900 sur 1")
    expect(page.get_by_role("link", name="Télécharger")).to_be_visible()
    page.wait_for_timeout(1200)
    assert len(asked) == 2
