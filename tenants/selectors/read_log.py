"""Who read what is protected: the object read is named, what it holds is not."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db.models import Model, QuerySet

from lib.numbers import NNBSP
from tenants.models import ReadLog


@dataclass(frozen=True)
class Reading:
    at: datetime
    who: str
    subject: str
    part: str


def readings() -> QuerySet[ReadLog]:
    return ReadLog.objects.select_related("member")


def described(rows: Sequence[ReadLog]) -> list[Reading]:
    """One query for each kind of object read, whatever the rows."""
    models: dict[str, type[Model]] = {model._meta.db_table: model for model in apps.get_models()}
    wanted: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        wanted[row.table].add(row.row_id)
    found = {table: models[table]._default_manager.in_bulk(ids) for table, ids in wanted.items()}
    return [
        Reading(row.at, row.member.name, _subject(models[row.table], found[row.table].get(row.row_id), row), row.part)
        for row in rows
    ]


def _subject(model: type[Model], obj: Model | None, row: ReadLog) -> str:
    name = model._meta.verbose_name
    return f"{name} «{NNBSP}{obj}{NNBSP}»" if obj else f"{name} n°{NNBSP}{row.row_id}, n'existe plus"
