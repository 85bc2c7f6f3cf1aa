"""`make setup` in a bare project: real environments, real pip, an apt-get that only notes what it was asked."""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from config.servers.layout import ROOT

Setup = Callable[..., "subprocess.CompletedProcess[str]"]
# WeasyPrint that loads; without it, its import fails as it does without Pango.
LOADABLE = "lib/python{}.{}/site-packages/weasyprint.py".format(*sys.version_info[:2])


@pytest.fixture(scope="module")
def made_venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", str(path)], check=True)
    return path


@pytest.fixture
def prepared(project: Path, made_venv: Path) -> Path:
    """The project with its environment made already: that takes seconds."""
    shutil.copytree(made_venv, project / ".venv", symlinks=True)
    return project


@pytest.fixture
def project(folder: Path) -> Path:
    """The tool, empty package lists, and a PATH with hardly a program on it."""
    for name in ("tools", "bin"):
        (folder / name).mkdir()
    shutil.copy(ROOT / "tools/setup.py", folder / "tools")
    for name in ("requirements.txt", "requirements-dev.txt"):
        (folder / name).touch()
    for name in ("env", "touch", "true"):
        (folder / "bin" / name).symlink_to(shutil.which(name) or f"/usr/bin/{name}")
    return folder


def program(folder: Path, name: str, *lines: str) -> None:
    path = folder / "bin" / name
    path.write_text("\n".join(["#!/bin/sh", f'echo "{name} $*" >> "{folder}/log"', *lines, ""]))
    path.chmod(0o755)


def setup(project: Path, *arguments: str, **options: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(project / "tools/setup.py"), *arguments],
        env={"PATH": str(project / "bin"), "HOME": str(project), "LC_ALL": "C.UTF-8"},
        text=True,
        capture_output=True,
        **options,  # type: ignore[call-overload]
    )


def log(project: Path) -> list[str]:
    return (project / "log").read_text().splitlines() if (project / "log").exists() else []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root installs without sudo")
def test_root_gets_the_libraries_installed_after_a_refresh_of_the_lists(project: Path) -> None:
    """The first installation fails: a fresh machine's package lists are empty."""
    program(
        project,
        "apt-get",
        f'case "$*" in *update*) touch "{project}/lists";; *) test -e "{project}/lists" || exit 100;'
        f' touch "{project}/.venv/{LOADABLE}";; esac',
    )
    done = setup(project)
    assert done.returncode == 0, done.stdout + done.stderr
    install = "-qq install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    assert log(project) == [f"apt-get {install}", "apt-get -qq update", f"apt-get {install}"]


def test_command_is_shown_when_it_may_not_be_run(prepared: Path) -> None:
    program(prepared, "sudo", "exit 1")
    program(prepared, "apt-get", "exit 100")
    done = setup(prepared, **_as_somebody(prepared))
    assert done.returncode == 1
    assert "    sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0\n" in done.stderr
    assert "Traceback" not in done.stderr
    assert log(prepared) == ["sudo -n true"]


def test_sudo_without_password_is_used(prepared: Path) -> None:
    program(prepared, "sudo", 'shift; exec "$@"')
    program(prepared, "apt-get", f'touch "{prepared}/.venv/{LOADABLE}"')
    done = setup(prepared, **_as_somebody(prepared))
    assert done.returncode == 0, done.stdout + done.stderr
    assert log(prepared)[1].startswith("sudo -n env DEBIAN_FRONTEND=noninteractive apt-get")


def test_second_run_does_nothing_until_the_list_changes(prepared: Path) -> None:
    program(prepared, "apt-get", f'touch "{prepared}/.venv/{LOADABLE}"')
    program(prepared, "sudo", 'shift; exec "$@"')
    assert "installation des paquets de requirements.txt" in setup(prepared).stdout
    before = log(prepared)
    assert setup(prepared).stdout == ""
    assert log(prepared) == before
    (prepared / "requirements.txt").write_text("# changed\n")
    assert "installation des paquets de requirements.txt" in setup(prepared).stdout


def test_package_without_its_hash_is_refused(prepared: Path) -> None:
    (prepared / "requirements.txt").write_text("./tools\n")
    done = setup(prepared)
    assert done.returncode == 1
    assert "pip n'a pas pu installer requirements.txt" in done.stderr
    assert not list((prepared / ".venv").glob(".requirements*"))


def test_tests_go_on_without_a_browser(prepared: Path) -> None:
    program(prepared, "apt-get", f'case "$*" in *pango*) touch "{prepared}/.venv/{LOADABLE}";; *) exit 100;; esac')
    program(prepared, "sudo", 'shift; exec "$@"')
    done = setup(prepared, "--dev")
    assert done.returncode == 0
    assert "les tests dans le navigateur seront sautés" in done.stdout


def _as_somebody(project: Path) -> dict[str, object]:
    """Options for subprocess: not root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    identity: dict[str, object] = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    for path in (project, *project.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
    readable = subprocess.run(["/bin/sh", "-c", f'"{sys.executable}" -c "" && ls "{project}"'], **identity)  # type: ignore[call-overload]
    if readable.returncode:
        pytest.skip("this Python or this folder is closed to the account nobody")
    return identity
