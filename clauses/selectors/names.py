"""How objects are named in lists of choices."""

from datetime import datetime
from typing import NamedTuple

from django.db import connection

from clauses.models import Operation
from lib.bar_text import SEPARATOR

# As text: three queries joined cost Django more than they cost the database.
_NAMED = """
SELECT kind, id, shown, external_ref, archived_at FROM (
  SELECT 'buyer' AS kind, id, name, name AS shown, external_ref, archived_at FROM clauses_buyer
  UNION ALL SELECT 'programme', id, name, name, external_ref, archived_at FROM clauses_programme
  UNION ALL SELECT 'operation', o.id, o.name, o.name || %s || b.name, o.external_ref, o.archived_at
  FROM clauses_operation o JOIN clauses_buyer b ON b.id = o.buyer_id
) named ORDER BY unaccent(lower(name)), id
"""


class Named(NamedTuple):
    """`kind`: « buyer », « programme » or « operation »."""

    kind: str
    pk: int
    name: str
    ref: str
    archived_at: datetime | None


def named_objects() -> list[Named]:
    """Every donneur d'ordre, programme and operation, as it is chosen, in French order. One query.

    Many operations share a name: that of their donneur d'ordre tells them apart.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, [SEPARATOR])
        return [Named(*row) for row in cursor.fetchall()]


def operation_choice(operation: Operation) -> str:
    """The same of one operation, read with its buyer."""
    return f"{operation.name}{SEPARATOR}{operation.buyer.name}"
