"""The processes that render PDF: each makes one document; the next is started ahead, its imports done while idle.

Importing WeasyPrint takes half a second of processor, as much as two pages. A renderer kept ready weighs 50 MB, ends by
itself after ten idle minutes, and at once when the process that started it ends.
"""

import atexit
import os
import subprocess
import sys
import threading
from pathlib import Path

IDLE_SECONDS = 600
ROOT = Path(__file__).resolve().parent.parent

# What finding libraries, fonts and temporary files needs; never a key, never a database address.
_KEPT_VARIABLES = (
    "PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "XDG_CACHE_HOME", "XDG_DATA_HOME",
    "XDG_DATA_DIRS", "FONTCONFIG_FILE", "FONTCONFIG_PATH",
)  # fmt: skip

_lock = threading.Lock()
_ready: tuple[int, subprocess.Popen[bytes]] | None = None


def start(idle_seconds: float = IDLE_SECONDS) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 -- our own module, nothing of the document in the command
        [sys.executable, "-m", "lib.pdf_worker", str(idle_seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=_environment(),
    )


def take() -> subprocess.Popen[bytes]:
    """The renderer kept ready, or a new one. It may have ended of idleness meanwhile: its exit code tells."""
    global _ready
    with _lock:
        kept, _ready = _ready, None
    # A fork inherits the variable, not the right to its parent's process.
    if kept and kept[0] == os.getpid():
        return kept[1]
    return start()


def warm_up(idle_seconds: float = IDLE_SECONDS) -> None:
    """Keeps a renderer ready. To be called where a PDF will soon be asked for, before its figures are read."""
    global _ready
    with _lock:
        if _ready is None or _ready[0] != os.getpid() or _ready[1].poll() is not None:
            _ready = (os.getpid(), start(idle_seconds))


def cool_down() -> None:
    """Ends the renderer kept ready, if any."""
    global _ready
    with _lock:
        kept, _ready = _ready, None
    if kept and kept[0] == os.getpid():
        with kept[1] as process:
            process.kill()


def _environment() -> dict[str, str]:
    environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    # A fixed seed: sets are walked in the same order, and files come out the same.
    environment |= {"LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
    if sys.platform == "darwin":
        environment.setdefault("DYLD_FALLBACK_LIBRARY_PATH", "/opt/homebrew/lib:/usr/local/lib")
    return environment


atexit.register(cool_down)
