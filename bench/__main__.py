"""make bench: every measure of bench_*.py, on servers of its own. Exit status 1 when a bound is not kept.

`python -m bench bench_pages bench_bilan` measures these alone.
"""

import os
import pkgutil
import subprocess
import sys
from importlib import import_module

import bench
from config import servers


def main(names: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    found = sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if module.name.startswith("bench_"))
    if unknown := set(names) - set(found):
        sys.exit(f"Mesures inconnues : {', '.join(sorted(unknown))}. Celles qui existent : {', '.join(found)}")
    kept = True
    with servers.throwaway():
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], check=True)
        import_module("django").setup()
        for name in names or found:
            for verdict in import_module(f"bench.{name}").measure():
                print(verdict, flush=True)
                kept = kept and verdict.holds
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
