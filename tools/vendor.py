"""Rebuild static/vendor/, static/icons.svg and the vendored test assets from npm packages.

    python tools/vendor.py          rebuild every file named in the manifests and rewrite their hashes

Needs npm. To upgrade a package, change its version and empty its integrity in the manifest; to add an icon, add its
name to "icons" of @tabler/icons. The site itself never needs npm: the built files are committed.
"""

import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

ROOT = Path(__file__).resolve().parent.parent
MANIFESTS = (ROOT / "static/vendor/manifest.json", ROOT / "tests/data/vendor.json")

# Latin of every European language and Vietnamese (people's names), French punctuation with U+202F, arrows, comparisons.
FONT_RANGES = (
    (0x20, 0x7E), (0xA0, 0x17F), (0x18F, 0x18F), (0x192, 0x192), (0x1A0, 0x1A1), (0x1AF, 0x1B0), (0x218, 0x21B),
    (0x2C6, 0x2DD), (0x300, 0x344), (0x1D49, 0x1D49), (0x1E00, 0x1EFF), (0x2000, 0x206F), (0x2070, 0x208E),
    (0x20AC, 0x20AC), (0x2116, 0x2116), (0x2122, 0x2122), (0x2190, 0x2193), (0x2197, 0x2197), (0x2212, 0x2212),
    (0x2215, 0x2215), (0x2248, 0x2248), (0x2260, 0x2260), (0x2264, 0x2265), (0x25B2, 0x25B2), (0x25BC, 0x25BC),
    (0xFEFF, 0xFEFF), (0xFFFD, 0xFFFD),
)  # fmt: skip
FONT_FEATURES = ["kern", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "case", "sups", "frac", "numr", "dnom"]

SHAPES = re.compile(r"<(?:path|circle|rect|line|polyline|polygon|ellipse)\b[^>]*>")
# Source maps are not shipped, and a manifest static storage refuses a reference to a missing file.
SOURCE_MAP = re.compile(rb"\s*(?://# sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ \*/)\s*\Z")


def fetch(package: dict, folder: Path) -> dict[str, bytes]:
    """Return the package's files by path, after checking the tarball against the recorded integrity."""
    spec = f"{package['name']}@{package['version']}"
    command = ["npm", "pack", "--json", "--pack-destination", str(folder), spec]
    result = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    packed = result[0] if isinstance(result, list) else next(iter(result.values()))
    if package["integrity"] and package["integrity"] != packed["integrity"]:
        sys.exit(f"{spec}: integrity differs from the manifest")
    package["integrity"] = packed["integrity"]
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        members = [member for member in archive.getmembers() if member.isfile()]
        return {m.name.split("/", 1)[1]: archive.extractfile(m).read() for m in members}  # type: ignore[union-attr]


def font(source: bytes) -> bytes:
    """Keep our characters and weights 400 to 700 of the variable font, at its text optical size.

    The narrow no-break space becomes a quarter of an em, the French « espace fine »: in Inter it is too thin to part
    thousands. The licence allows changes and reserves no name.
    """
    options = subset.Options(layout_features=FONT_FEATURES, name_IDs=["*"], notdef_outline=True)
    face = TTFont(io.BytesIO(source), recalcTimestamp=False)
    width, bearing = face["head"].unitsPerEm // 4, 0
    face["hmtx"][face.getBestCmap()[0x202F]] = (width, bearing)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in FONT_RANGES for code in range(first, last + 1)])
    subsetter.subset(face)
    face = instancer.instantiateVariableFont(face, {"opsz": 14, "wght": (400, 700)})
    face.flavor = "woff2"
    target = io.BytesIO()
    face.save(target)
    return target.getvalue()


def sprite(files: dict[str, bytes], names: list[str]) -> bytes:
    """One SVG with a symbol per icon, used as <use href="icons.svg#name">."""
    attributes = 'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
    attributes += 'stroke-linecap="round" stroke-linejoin="round"'
    lines = ['<svg xmlns="http://www.w3.org/2000/svg">']
    for name in sorted(names):
        shapes = SHAPES.findall(files[f"icons/outline/{name}.svg"].decode())
        lines.append(f'<symbol id="{name}" {attributes}>{"".join(shapes)}</symbol>')
    return "\n".join([*lines, "</svg>", ""]).encode()


def build(package: dict, entry: dict, files: dict[str, bytes]) -> bytes:
    if "icons" in package and entry["file"].endswith(".svg"):
        return sprite(files, package["icons"])
    if "text" in entry:
        return "\n".join(entry["text"]).encode() + b"\n"
    content = files[entry["from"]]
    if entry["file"].endswith(".woff2"):
        return font(content)
    return SOURCE_MAP.sub(b"\n", content)


def main() -> None:
    for path in MANIFESTS:
        manifest = json.loads(path.read_text())
        for package in manifest["packages"]:
            with tempfile.TemporaryDirectory() as folder:
                files = fetch(package, Path(folder))
            for entry in package["files"]:
                content = build(package, entry, files)
                target = path.parent / entry["file"]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
                entry["sha256"] = hashlib.sha256(content).hexdigest()
        path.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    main()
