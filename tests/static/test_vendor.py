"""What the site ships from others is what the manifests say, and no page needs anything from elsewhere."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tenants.context_processors import NAVIGATION
from tenants.templatetags.interface import LOOKS

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
MANIFESTS = (STATIC / "vendor/manifest.json", ROOT / "tests/data/vendor.json")
LICENCES = {"MIT", "0BSD", "Apache-2.0", "OFL-1.1", "MPL-2.0"}

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# A mail is read outside the site, under no policy of ours.
PAGES = [path for path in TEMPLATES if "mails" not in path.parts]
OURS = [*PAGES, *sorted((STATIC / "css").glob("*.css")), *sorted((STATIC / "js").rglob("*.js"))]
NAMESPACE = "http://www.w3.org/2000/svg"
ELSEWHERE = re.compile(r"""(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+""", re.IGNORECASE)
INLINE = re.compile(r"""\sstyle\s*=|<style\b|\son[a-z]+\s*=\s*["']|<script(?![^>]*\bsrc=)|javascript:""", re.IGNORECASE)


def packages(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text())["packages"]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.parent.name)
def test_files_are_those_of_the_manifest(manifest: Path) -> None:
    listed = {entry["file"]: entry["sha256"] for package in packages(manifest) for entry in package["files"]}
    found = {file: hashlib.sha256((manifest.parent / file).read_bytes()).hexdigest() for file in listed}
    assert found == listed


def test_every_vendored_file_is_listed() -> None:
    listed = {entry["file"] for package in packages(MANIFESTS[0]) for entry in package["files"]}
    present = {str(path.relative_to(STATIC / "vendor")) for path in (STATIC / "vendor").rglob("*") if path.is_file()}
    assert present - {"manifest.json"} == listed - {"../icons.svg"}


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.parent.name)
def test_every_package_has_version_licence_and_its_text(manifest: Path) -> None:
    for package in packages(manifest):
        assert package["licence"] in LICENCES
        assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
        assert package["integrity"].startswith("sha512-")
        assert any("LICENSE" in entry["file"] for entry in package["files"]), package["name"]


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_comes_from_elsewhere(path: Path) -> None:
    assert ELSEWHERE.findall(path.read_text().replace(NAMESPACE, "")) == []


@pytest.mark.parametrize("path", sorted((STATIC / "vendor").rglob("*.css")), ids=lambda path: path.name)
def test_vendored_styles_hold_their_images(path: Path) -> None:
    targets = re.findall(r"url\(\s*[\"']?([^\"')]{0,5})", path.read_text())
    assert set(targets) <= {"data:"}
    assert "@import" not in path.read_text()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_inline(path: Path) -> None:
    assert INLINE.findall(path.read_text()) == []


def test_every_icon_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
    named = {name for path in TEMPLATES for name in re.findall(r'\{% icon "([^"]+)"', path.read_text())}
    named |= {look.icon for look in LOOKS.values()}
    named |= {icon for entries in NAVIGATION.values() for _, _, icon, _ in entries}
    assert named - sprite == set()


def test_modules_import_files_that_exist() -> None:
    for path in sorted((STATIC / "js").rglob("*.js")):
        for target in re.findall(r"""(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""", path.read_text()):
            assert (path.parent / target).is_file(), f"{path.name}: {target}"


def test_collectstatic_finds_every_reference(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    assert len(list(tmp_path.glob("css/app.*.css"))) == 1
