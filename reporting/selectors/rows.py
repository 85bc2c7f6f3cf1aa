"""Rows of the statements kept in reporting/sql, as dictionaries by column name."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

_SQL = Path(__file__).parent.parent / "sql"


def read_sql(name: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Run `reporting/sql/<name>.sql` in the scope that is open."""
    with connection.cursor() as cursor:
        cursor.execute(_text(name), parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


@cache
def _text(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text()
