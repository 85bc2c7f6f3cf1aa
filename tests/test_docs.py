"""README and docs: every link and image leads to a file, every image of `make guide-images` is shown somewhere."""

import re
from pathlib import Path

import pytest

from tools.pages import named
from tools.screenshots import GUIDE, GUIDE_FOLDER

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
GUIDE_PAGES = sorted((ROOT / "docs/guide").glob("*.md"))
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
QUOTED = re.compile("«\u202f([^»]+?)\u202f»")
SOURCES = [
    *ROOT.glob("templates/**/*.html"),
    *ROOT.glob("*/*.py"),
    *ROOT.glob("*/*/*.py"),
    *ROOT.glob("static/js/**/*.js"),
]
LONGEST = 80


def targets(page: Path) -> list[Path]:
    """What a page links to or shows, in this repository."""
    found = LINK.findall(page.read_text())
    return [(page.parent / link.partition("#")[0]).resolve() for link in found if "://" not in link]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_images_exist(page):
    assert [str(target) for target in targets(page) if not target.exists()] == []


def test_every_image_of_the_guide_is_made_and_shown():
    shown = {target for page in PAGES for target in targets(page) if target.suffix == ".png"}
    made = {GUIDE_FOLDER / f"{page.name}.png" for page in named(GUIDE)}
    assert made == shown == set(GUIDE_FOLDER.iterdir())


def test_guide_leads_to_each_of_its_pages():
    assert ROOT / "docs/guide/index.md" in targets(ROOT / "README.md")
    linked = set(targets(ROOT / "docs/guide/index.md"))
    assert {page for page in GUIDE_PAGES if page.name != "index.md"} <= linked


def test_labels_that_the_guide_quotes_are_those_of_the_interface():
    """But for examples, which hold a figure or an ellipsis. Labels of fields begin with a small letter in the code."""
    interface = " ".join(source.read_text() for source in SOURCES).casefold()
    quoted = {label for page in GUIDE_PAGES for label in QUOTED.findall(page.read_text())}
    labels = {" ".join(label.split()) for label in quoted if not re.search(r"[\d…]", label)}
    assert len(labels) > 50
    assert sorted(label for label in labels if label.casefold() not in interface) == []


@pytest.mark.parametrize("page", GUIDE_PAGES, ids=lambda page: page.name)
def test_guide_pages_are_short_and_well_set(page):
    text = page.read_text()
    assert len(text.splitlines()) <= LONGEST
    assert re.findall(r" [;:?!»](?=\s|$)|« ", text) == []
