"""manage.py itself, before Django has its say."""

import subprocess
import sys

from config.servers.layout import ROOT


def test_runserver_says_in_one_line_what_starts_the_application():
    asked = [sys.executable, str(ROOT / "manage.py"), "runserver", "8001"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "make run" in done.stderr
