"""Temporary tables for a folder's files: COPY, the fastest way in, is refused by tables with row-level security."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from beneficiaries.portfolio.cells import Absence
from beneficiaries.portfolio.columns import Kind
from beneficiaries.portfolio.tables import Table

_SQL_TYPES = {
    Kind.DATE: "date",
    Kind.MONTH: "date",
    Kind.AMOUNT: "numeric",
    Kind.COST: "numeric",
    Kind.SHARE: "numeric",
    Kind.HOURS: "numeric",
    Kind.AGE: "integer",
}
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def staged(name: str) -> str:
    return f"import_{name}"


def stage_file(table: Table, **more: tuple[str, Sequence[Any]]) -> None:
    """One temporary table with the file's columns, the position of each row, `more` columns (type, values), and a free
    `id` for the row that it becomes."""
    columns = {column.name: _SQL_TYPES.get(column.kind, "text") for column in table.file.columns}
    values: dict[str, Sequence[Any]] = dict(table.values)
    for name, (sql_type, computed) in more.items():
        columns[name] = sql_type
        values[name] = computed
    stage(table.file.name, {"position": "integer", **columns}, [range(len(table)), *(values[name] for name in columns)])


def stage(name: str, columns: Mapping[str, str], values: Sequence[Sequence[Any]]) -> None:
    """A temporary table of these columns (name: type) and an empty `id`, that ends with the transaction."""
    definition = ", ".join(f"{column} {sql_type}" for column, sql_type in columns.items())
    lines = map("\t".join, zip(*(map(_written, cells) for cells in values), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{staged(name)}")
        cursor.execute(f"CREATE TEMPORARY TABLE {staged(name)} ({definition}, id bigint) ON COMMIT DROP")
        cursor.copy_expert(f"COPY {staged(name)} ({', '.join(columns)}) FROM STDIN", io.StringIO(_joined(lines)))
        cursor.execute(f"ANALYZE {staged(name)}")


def unstage(names: Iterable[str]) -> None:
    """At once, where an outer transaction goes on and may hold personal data a while longer."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.{staged(name)}' for name in names)}")


def _joined(lines: Iterable[str]) -> str:
    text = "\n".join(lines)
    return f"{text}\n" if text else ""


def _written(value: Any) -> str:
    """In COPY's text format. A list of criteria is joined as in the file, where no criterion holds a semicolon."""
    if value is None or value is Absence.KNOWN:
        return "\\N"
    if isinstance(value, tuple):
        value = ";".join(value)
    return value.translate(_ESCAPES) if isinstance(value, str) else str(value)
