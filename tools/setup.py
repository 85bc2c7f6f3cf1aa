"""Everything that a fresh machine lacks: `make setup`; with --dev, what `make test` and `make quality` need too.

Runs under the machine's own Python with nothing but the standard library; a second run only compares stamps.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
# WeasyPrint's libraries; the fonts are our own, fontconfig's come along.
APT_PANGO = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOMEBREW_LIBRARIES = "/opt/homebrew/lib:/usr/local/lib"


def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    dev = "--dev" in sys.argv[1:]
    check_python()
    create_venv()
    install("requirements.txt")
    if dev:
        install("requirements-dev.txt")
    check_pango()
    if dev:
        find_chromium()


def check_python() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 -- the machine's Python is not yet ours
        sys.exit(
            f"Clauséo demande Python 3.11 ou plus récent ; {sys.executable} est en {platform.python_version()}. "
            "Si un autre est installé : make PYTHON=/chemin/de/python3.12 run"
        )
    try:
        import ensurepip  # noqa: F401 -- Debian ships it in a package of its own
        import venv  # noqa: F401
    except ImportError:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        if not install_system([package]):
            sys.exit(
                f"Le module venv de Python manque. Installez-le :\n\n    {manual(['apt-get', 'install', package])}\n"
            )


def create_venv() -> None:
    if PYTHON.exists() and succeeds([PYTHON, "-c", "import pip"]):
        return
    say("création de l'environnement .venv")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)


def install(requirements: str) -> None:
    """Stamped by content: an install that was interrupted, or a list that changed, is done again."""
    content = (ROOT / requirements).read_bytes() + os.fsencode(PYTHON.resolve())
    expected = hashlib.sha256(content).hexdigest()
    stamp = VENV / f".{requirements}.sha256"
    if stamp.exists() and stamp.read_text() == expected:
        return
    say(f"installation des paquets de {requirements}")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    if subprocess.run([*pip, "-r", requirements], cwd=ROOT).returncode:
        sys.exit(f"pip n'a pas pu installer {requirements} : la raison est au-dessus. Relancez « make setup ».")
    stamp.write_text(expected)


def check_pango() -> None:
    stamp = VENV / ".pango"
    if stamp.exists():
        return
    if not has_pango():
        brew = shutil.which("brew")
        done = succeeds([brew, "install", "pango"]) if brew else install_system(APT_PANGO)
        if not done or not has_pango():
            command = (
                "brew install pango" if platform.system() == "Darwin" else manual(["apt-get", "install", *APT_PANGO])
            )
            sys.exit(f"Les bibliothèques qui composent les PDF (Pango) manquent. Installez-les :\n\n    {command}\n")
    stamp.touch()


def has_pango() -> bool:
    environment = dict(os.environ)
    if platform.system() == "Darwin":
        environment.setdefault("DYLD_FALLBACK_LIBRARY_PATH", HOMEBREW_LIBRARIES)
    return succeeds([PYTHON, "-c", "import weasyprint"], env=environment)


def find_chromium() -> None:
    """Never stops the tests: without a browser, those that need one are skipped and say so."""
    if os.environ.get("CLAUSEO_CHROMIUM") or any(map(shutil.which, CHROMIUM)) or has_playwright_chromium():
        return
    # Ubuntu's package is a snap, which containers and servers cannot run: Playwright's own build there.
    if is_debian():
        done = install_system(["chromium"])
        command = manual(["apt-get", "install", "chromium"])
    else:
        browser = ["install", "--with-deps"] if may_install() is not None else ["install"]
        done = succeeds([PYTHON, "-m", "playwright", *browser, "chromium"])
        command = ".venv/bin/playwright install --with-deps chromium"
    if not done:
        say(f"Chromium manque : les tests dans le navigateur seront sautés. Pour les avoir : {command}")


def has_playwright_chromium() -> bool:
    code = (
        "import os\nfrom playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: raise SystemExit(not os.path.exists(p.chromium.executable_path))"
    )
    return succeeds([PYTHON, "-c", code])


def is_debian() -> bool:
    release = Path("/etc/os-release")
    return release.exists() and "ID=debian" in release.read_text().splitlines()


def may_install() -> list[str] | None:
    """What to write before apt-get: nothing for root, sudo when it asks no password, None when we may not."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and succeeds(["sudo", "-n", "true"]) else None


def install_system(packages: list[str]) -> bool:
    prefix = may_install()
    if prefix is None:
        return False
    say(f"installation de {' '.join(packages)}")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    command = [*apt, "install", "-y", "--no-install-recommends", *packages]
    # The package lists of a fresh machine are empty, or older than the archive.
    return succeeds(command) or (succeeds([*apt, "update"]) and succeeds(command))


def manual(command: list[str]) -> str:
    return " ".join([*([] if os.geteuid() == 0 else ["sudo"]), *command])


def succeeds(command: Sequence[object], env: dict[str, str] | None = None) -> bool:
    """Runs quietly; what a failing command said is left to the exact command that we then print."""
    argv = [str(part) for part in command]
    return subprocess.run(argv, env=env, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0


def say(message: str) -> None:
    print(f"clauseo  | {message}", flush=True)


if __name__ == "__main__":
    main()
