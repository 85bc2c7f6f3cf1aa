"""What several measures stand on, built once for a run: the demonstration, and structures of known sizes."""

import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection

from bench.portfolio import Size, write_portfolio
from bench.verdicts import Run, timed
from tenants import scope

MANAGE = (sys.executable, "manage.py")
# Toulouse Métropole Emploi: 2 725 work contracts, 42 donneurs d'ordre (one for 25 lots), some 1.8 M hours.
TME = Size(hours=36_500, employments=2_725, lots=1_050)


@cache
def demonstration() -> Run:
    return timed(*MANAGE, "load_demo")


@cache
def structure(slug: str, size: Size) -> int:
    """The id of a structure of that size, imported when it is not there yet."""
    found = tenant_of(slug)
    if found is None:
        with TemporaryDirectory() as place:
            import_as(slug, write_portfolio(Path(place), size))
        found = tenant_of(slug)
        assert found is not None
    return found


def import_as(slug: str, folder: Path) -> Run:
    return timed(*MANAGE, "import_portfolio", str(folder), "--tenant", slug, "--create-tenant", slug)


def tenant_of(slug: str) -> int | None:
    with scope.worker(), connection.cursor() as cursor:
        cursor.execute("SELECT clauseo_tenant_of(%s)", [slug])
        found: int | None = cursor.fetchone()[0]
        return found
