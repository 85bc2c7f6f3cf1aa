""".env.example names every variable that is read, and no other."""

import re

from config.servers.layout import ROOT

READ_BY_PYTHON = re.compile(
    r"""(?:env_(?:str|int|bool|list)\(|environ(?:\.get\(|\.setdefault\(|\[))\s*["']([A-Z][A-Z_]+)["']"""
)
READ_BY_COMPOSE = re.compile(r"(?<!\$)\$\{([A-Z_]+)")
# Of the system, of Python, of WeasyPrint.
FOREIGN = {"DYLD_FALLBACK_LIBRARY_PATH", "PATH", "PYTHONUNBUFFERED", "PYTHONWARNINGS", "SOURCE_DATE_EPOCH"}


def named() -> list[str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return [match[1] for line in lines if (match := re.match(r"#?([A-Z][A-Z_]+)=", line))]


def read() -> set[str]:
    folders = ("config", "lib", "tenants", "contractors", "clauses", "beneficiaries", "reporting", "tools", "deploy")
    sources = [path.read_text() for folder in folders for path in (ROOT / folder).rglob("*.py")]
    sources.append((ROOT / "manage.py").read_text())
    found = {name for source in sources for name in READ_BY_PYTHON.findall(source)}
    return (found | set(READ_BY_COMPOSE.findall((ROOT / "docker-compose.yml").read_text()))) - FOREIGN


def test_every_variable_is_named_once() -> None:
    assert len(named()) == len(set(named()))
    assert set(named()) == read()


def test_the_scan_finds_what_is_read() -> None:
    assert {"CLAUSEO_SECRET_KEY", "PORT", "CLAUSEO_DEMO", "DATABASE_APP_PASSWORD", "EMAIL_USE_TLS"} <= read()
