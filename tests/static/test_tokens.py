"""The colours of static/css/tokens.css: legible in both themes, the same on paper; and the spaces of French."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from lib.svg import PRINT

ROOT = Path(__file__).resolve().parents[2]
PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
TOKENS = {name: both for name, *both in PAIR.findall((ROOT / "static/css/tokens.css").read_text())}

GROUNDS = ("bg", "surface", "surface-2", "hover")
TEXTS = [(ink, ground) for ink in ("ink", "ink-2", "action", "validated", "amber", "red") for ground in GROUNDS]
TEXTS += [("action-ink", "action"), ("action-ink", "action-hover"), ("ink", "declared-weak"), ("surface", "red")]
TEXTS += [(tone, f"{tone}-weak") for tone in ("action", "validated", "amber", "red")]
TEXTS += [("ink", f"{tone}-weak") for tone in ("action", "validated", "amber", "red")]
# Borders of fields, and what the obligation bar shows.
SHAPES = [("line-strong", ground) for ground in GROUNDS] + [("validated", "track"), ("ink", "track")]

TEMPLATES = [path for path in sorted((ROOT / "templates").rglob("*")) if path.is_file()]


def luminance(colour: str) -> float:
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_texts_and_shapes_stand_out(theme: int) -> None:
    weak = {
        f"{ink} on {ground}": round(contrast(TOKENS[ink][theme], TOKENS[ground][theme]), 2)
        for pairs, least in ((TEXTS, 4.5), (SHAPES, 3))
        for ink, ground in pairs
        if contrast(TOKENS[ink][theme], TOKENS[ground][theme]) < least
    }
    assert weak == {}


def test_drawings_on_paper_have_the_light_colours() -> None:
    names = [field.name for field in fields(PRINT) if field.name != "font"]
    assert {name: getattr(PRINT, name) for name in names} == {name: TOKENS[name.replace("_", "-")][0] for name in names}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_french_signs_have_their_spaces_and_apostrophes_are_straight(path: Path) -> None:
    """Texts given to components, within tags, are read too."""
    text = re.sub(r"\{% comment %\}.*?\{% endcomment %\}|!=", "", path.read_text(), flags=re.DOTALL)
    assert re.findall(r".{0,20}(?: (?=[;:!?»])|« |’).{0,20}", text) == []
