"""make soak: the long tests, then several people at work at once. Stops by itself; exit status 1 when one fails."""

import os
import subprocess
import sys
from importlib import import_module

from config import servers

# Chaos, the month's state machine and the indicators against their oracle take some ten minutes on two cores.
MOST_SECONDS = 45 * 60


def main() -> int:
    tests = [sys.executable, "-m", "pytest", "-m", "soak", "--no-cov", "-q", "-s", "--durations=0", "-p", "no:logging"]
    try:
        kept = subprocess.run(tests, timeout=MOST_SECONDS, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        print(f"Les tests longs n'ont pas fini en {MOST_SECONDS // 60} minutes.")
        kept = False
    return 0 if _load() and kept else 1


def _load() -> bool:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    kept = True
    with servers.throwaway():
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], check=True)
        import_module("django").setup()
        for verdict in import_module("bench.soak_load").measure():
            print(verdict, flush=True)
            kept = kept and verdict.holds
    return kept


if __name__ == "__main__":
    sys.exit(main())
