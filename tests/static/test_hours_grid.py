"""The grid of hours in a real browser, against a server that keeps the contract of static/js/hours_grid.js."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.static import grid
from tests.static.grid import Site

NNBSP = "\u202f"
Opener = Callable[..., Page]


@pytest.fixture
def page(open_page: Opener) -> Page:
    shown = open_page("grid", grid.page())
    expect(shown.locator("[data-total=lot]").first).to_have_text("768,92")
    return shown


def cell(page: Page, row: int, kind: str = "travail") -> Locator:
    return page.locator(f"tr[data-assignment='{row}'] input[data-kind={kind}]")


def paste(page: Page, target: Locator, text: str) -> None:
    target.focus()
    target.evaluate(
        """(input, text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          input.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        text,
    )


def saved(page: Page) -> None:
    # « Enregistrement… » waits 300 ms before it shows (static/js/hours/state.js).
    page.wait_for_timeout(350)
    expect(page.locator("[data-grid-state]")).to_have_text(re.compile(r"^Enregistré à \d\d:\d\d$"))


def test_enter_saves_and_goes_down(page: Page, site: Site) -> None:
    cell(page, 3).focus()
    page.keyboard.type("151h40")
    page.keyboard.press("Enter")
    expect(cell(page, 4)).to_be_focused()
    expect(cell(page, 3)).to_have_value("151,67")
    saved(page)
    [post] = site.posts
    assert post["token"]
    del post["token"]
    assert post == {"assignment": "3", "month": "2026-10", "kind": "travail", "version": "", "hours": "151,67"}
    cell(page, 3).fill("152")
    page.keyboard.press("Shift+Enter")
    expect(cell(page, 2)).to_be_focused()
    saved(page)
    assert (site.posts[-1]["version"], site.cells["3", "travail"]) == ("1", ("152.00", 2))


def test_unchanged_cell_is_not_saved_again(page: Page, site: Site) -> None:
    cell(page, 0).focus()
    cell(page, 0).fill(f"151.670{NNBSP}h")
    page.keyboard.press("Tab")
    expect(cell(page, 0)).to_have_value("151,67")
    expect(page.locator("[data-grid-state]")).to_have_text("Tout est enregistré")
    assert site.posts == []


def test_empty_cell_erases(page: Page, site: Site) -> None:
    cell(page, 0).fill("")
    page.keyboard.press("Tab")
    saved(page)
    assert site.cells["0", "travail"] == ("", 2)


def test_arrows_step_over_missing_cells(page: Page) -> None:
    cell(page, 2, "formation").focus()
    page.keyboard.press("ArrowDown")
    expect(cell(page, 4, "formation")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(cell(page, 4)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(cell(page, 2)).to_be_focused()
    page.keyboard.press("Control+End")
    expect(cell(page, 11, "formation")).to_be_focused()
    page.keyboard.press("Control+Home")
    expect(cell(page, 0)).to_be_focused()


def test_arrow_moves_the_caret_inside_a_text(page: Page) -> None:
    cell(page, 0).focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    expect(cell(page, 0)).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    expect(cell(page, 0, "formation")).to_be_focused()


def test_escape_restores(page: Page, site: Site) -> None:
    cell(page, 0).fill("99")
    page.keyboard.press("Escape")
    expect(cell(page, 0)).to_have_value("151,67")
    page.keyboard.press("Tab")
    expect(page.locator("[data-grid-state]")).to_have_text("Tout est enregistré")
    assert site.posts == []


def test_totals_and_bar_follow_the_typing(page: Page) -> None:
    lot = page.locator("tbody").first
    before = lot.locator(".bar-declared").get_attribute("width")
    cell(page, 3).fill("64,08")
    expect(page.locator("tr[data-assignment='3'] [data-total=row]")).to_have_text("184,58")
    expect(lot.locator("p [data-total=lot]")).to_have_text("833")
    expect(lot.locator("p [data-total=remaining]")).to_have_text("0")
    expect(page.locator("tfoot [data-kind=travail]")).to_have_text("320,75")
    expect(page.locator("tfoot [data-kind=formation]")).to_have_text("0,00")
    assert lot.locator(".bar-declared").get_attribute("width") != before
    expect(lot.locator("svg title")).to_have_text(re.compile(r"^57,6.% de l'obligation validés, 100,0.% déclarés"))
    cell(page, 3).fill("900")
    expect(lot.locator("p [data-total=lot]")).to_have_text("768,92")


def test_paste_fills_a_block_and_leaves_validated_cells(page: Page, site: Site) -> None:
    paste(page, cell(page, 1), "1,5\t2\n3\t\n4h30\t5\n12h75\t6\n7\t8\t9\n")
    expect(cell(page, 1)).to_have_value("1,50")
    expect(cell(page, 2)).to_have_value("70,00")
    expect(cell(page, 3)).to_have_value("4,50")
    expect(cell(page, 4)).to_have_value("12h75")
    said = page.locator("[data-grid-said]")
    expect(said).to_have_text(
        "8 cellules collées. 1 cellule à corriger. 1 cellule non modifiable, laissée telle quelle. "
        "2 valeurs hors du tableau, ignorées."
    )
    expect(page.locator("[data-grid-state]")).to_have_text(re.compile("^Enregistré à .* · 1 cellule à corriger$"))
    page.get_by_role("button", name="Élodie Œuvrard").click()
    expect(cell(page, 4)).to_be_focused()
    expect(page.locator(".cell-note:popover-open")).to_contain_text(
        "«\u202f12h75\u202f» n'est pas une durée. Écrivez 12,75 ou 12h45."
    )
    assert {key: value[0] for key, value in site.cells.items()} == {
        ("0", "travail"): "151.67", ("1", "travail"): "1.50", ("1", "formation"): "2.00", ("3", "travail"): "4.50",
        ("4", "formation"): "6.00", ("5", "travail"): "7.00", ("5", "formation"): "8.00",
    }  # fmt: skip


def test_undo_and_redo_a_paste(page: Page, site: Site) -> None:
    paste(page, cell(page, 0), "1\t2\n3\t4")
    saved(page)
    page.keyboard.press("Control+z")
    expect(cell(page, 0)).to_have_value("151,67")
    expect(cell(page, 1, "formation")).to_have_value("")
    expect(page.locator("[data-grid-said]")).to_have_text(f"Annulé{NNBSP}: 4 cellules.")
    saved(page)
    assert (site.cells["0", "travail"][0], site.cells["1", "formation"][0]) == ("151.67", "")
    page.keyboard.press("Control+y")
    expect(cell(page, 1, "formation")).to_have_value("4,00")
    saved(page)
    assert site.cells["1", "formation"][0] == "4.00"


def test_undo_while_typing_is_the_browser_s(page: Page, site: Site) -> None:
    cell(page, 0).fill("1")
    page.keyboard.press("Enter")
    saved(page)
    cell(page, 3).focus()
    page.keyboard.type("22")
    page.keyboard.press("Control+z")
    assert cell(page, 0).input_value() == "1,00"


def test_conflict_shows_both_values_and_mine_can_win(page: Page, site: Site) -> None:
    site.cells["0", "travail"] = ("140", 2)
    cell(page, 0).fill("160")
    page.keyboard.press("Enter")
    expect(page.locator("[data-grid-state]")).to_have_text(re.compile("1 cellule à corriger"))
    cell(page, 0).focus()
    note = page.locator(".cell-note:popover-open")
    expect(note).to_contain_text(f"modifiée par Inès Karim à 10:42{NNBSP}: elle vaut 140{NNBSP}h.")
    note.get_by_role("button", name=f"Écrire 160{NNBSP}h").click()
    saved(page)
    assert site.cells["0", "travail"] == ("160.00", 3)
    expect(page.locator("[data-grid-problems]")).to_be_hidden()


def test_conflict_theirs_can_be_kept(page: Page, site: Site) -> None:
    site.cells["0", "travail"] = ("140", 2)
    cell(page, 0).fill("160")
    page.keyboard.press("Tab")
    expect(page.locator("[data-grid-problems]")).to_be_visible()
    page.locator("[data-grid-problems] button").click()
    page.locator(".cell-note:popover-open").get_by_role("button", name=f"Garder 140{NNBSP}h").click()
    expect(cell(page, 0)).to_have_value("140,00")
    expect(cell(page, 0)).to_be_focused()
    cell(page, 0).fill("141")
    page.keyboard.press("Tab")
    saved(page)
    assert site.cells["0", "travail"] == ("141.00", 3)


def test_same_value_written_by_another_is_no_conflict(page: Page, site: Site) -> None:
    site.cells["0", "travail"] = ("160", 7)
    cell(page, 0).fill("160")
    page.keyboard.press("Tab")
    saved(page)
    expect(page.locator("[data-grid-problems]")).to_be_hidden()


def test_refusal_is_shown_and_not_sent_again_by_itself(page: Page, site: Site) -> None:
    site.refuse = "Le contrat ne couvre pas octobre."
    cell(page, 3).fill("10")
    page.keyboard.press("Enter")
    expect(page.locator("[data-grid-problems]")).to_contain_text("Le contrat ne couvre pas octobre.")
    expect(cell(page, 3)).to_have_attribute("aria-invalid", "true")
    cell(page, 3).focus()
    page.keyboard.press("Tab")
    assert len(site.posts) == 1
    site.refuse = ""
    cell(page, 3).focus()
    page.get_by_role("button", name="Réessayer", exact=True).click()
    saved(page)
    assert site.cells["3", "travail"][0] == "10.00"


def test_offline_keeps_the_cells_and_saves_them_later(page: Page, site: Site) -> None:
    site.down = True
    paste(page, cell(page, 0), "1\t2\n3\t4")
    state = page.locator("[data-grid-state]")
    expect(state).to_have_text("Hors ligne, 4 cellules à enregistrer")
    assert page.evaluate("!dispatchEvent(new Event('beforeunload', {cancelable: true}))")
    site.down = False
    page.get_by_role("button", name="Réessayer maintenant").click()
    saved(page)
    assert page.evaluate("dispatchEvent(new Event('beforeunload', {cancelable: true}))")
    assert sorted(hours for hours, _ in site.cells.values()) == ["1.00", "2.00", "3.00", "4.00"]


def test_token_is_read_again_when_the_session_changed(page: Page, site: Site) -> None:
    site.pages["grid"] = re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]*', r"\1fresh", site.pages["grid"])
    site.token = "fresh"
    cell(page, 3).fill("10")
    page.keyboard.press("Enter")
    saved(page)
    assert site.cells["3", "travail"][0] == "10.00"


def test_typing_during_a_save_is_saved_next(page: Page, site: Site) -> None:
    with site.lock:
        cell(page, 3).fill("10")
        page.keyboard.press("Enter")
        cell(page, 3).fill("11")
        page.keyboard.press("Enter")
        expect(page.locator("[data-grid-state]")).to_have_text("Enregistrement…")
    saved(page)
    assert site.cells["3", "travail"] == ("11.00", 2)


def test_question_mark_opens_the_help_of_the_keyboard(page: Page) -> None:
    cell(page, 0).focus()
    page.keyboard.press("?")
    expect(page.locator("#hours-help")).to_be_visible()
    expect(cell(page, 0)).to_have_value("151,67")


def test_form_stands_without_scripts(open_page: Opener) -> None:
    page = open_page("grid", grid.page(), java_script_enabled=False)
    expect(page.get_by_role("button", name="Enregistrer les heures")).to_be_visible()
    expect(page.locator("[data-grid-state]")).to_be_hidden()
    assert page.locator("input[name='version-0-2026-10-travail']").get_attribute("value") == "1"
