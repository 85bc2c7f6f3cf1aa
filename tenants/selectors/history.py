"""What happened to objects, in words: read from the audit table that triggers fill (walls/functions.sql)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from lib.dates import PARIS, date_fr
from lib.numbers import NNBSP, number_fr
from tenants.enums import AuditAction
from tenants.models import AuditEntry, Member, TenantModel

NOTHING = "–"
MASKED = "masqué"
AUTOMATIC = "Traitement automatique"
OUTSIDER = "Compte du donneur d'ordre"
_UNLISTED = frozenset({"version"})


class Edit(NamedTuple):
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """`action`: « Modification », followed by the object where it is not the first of those asked about."""

    id: int
    at: datetime
    who: str
    action: str
    edits: list[Edit]
    why: str


@dataclass(frozen=True)
class Children:
    """Rows of `model` whose key `name` points at `parent`, those that were deleted included."""

    model: type[TenantModel]
    name: str
    parent: models.Model

    def condition(self) -> tuple[Q, dict[int, models.Model]]:
        rows: dict[int, models.Model] = dict(self.model._default_manager.filter(**{self.name: self.parent}).in_bulk())
        column = f"{self.name}_id"
        lost = Q(action=AuditAction.DELETE, before__contains={column: self.parent.pk})
        return Q(table=self.model._meta.db_table) & (Q(row_id__in=list(rows)) | lost), rows


@dataclass(frozen=True)
class History:
    """`next_id`: give it as `before_id` to read on; None at the end."""

    changes: list[Change]
    next_id: int | None


def read_history(
    objects: Sequence[models.Model],
    *,
    related: Iterable[Children] = (),
    limit: int = 100,
    before_id: int | None = None,
    may_read_people: bool = True,
) -> History:
    """The last `limit` entries about `objects` and `related`, latest first, before the entry `before_id` if given.

    In a structure's scope. Entries that touch no column worth showing are left out, so fewer may come. Without
    `may_read_people`, columns that a model declares `personal` are masked.
    """
    condition, known = Q(pk__in=[]), dict[tuple[str, int], models.Model]()
    for obj in objects:
        condition |= Q(table=obj._meta.db_table, row_id=obj.pk)
        known[obj._meta.db_table, obj.pk] = obj
    for children in related:
        part, rows = children.condition()
        condition |= part
        known |= {(children.model._meta.db_table, pk): row for pk, row in rows.items()}
    entries = AuditEntry.objects.filter(condition).order_by("-pk")
    if before_id is not None:
        entries = entries.filter(pk__lt=before_id)
    found = list(entries[: limit + 1])
    next_id = found[limit - 1].pk if len(found) > limit else None
    words = _Words(found[:limit], known, may_read_people)
    main = {(obj._meta.db_table, obj.pk) for obj in objects[:1]}
    return History([change for entry in found[:limit] if (change := words.change(entry, main))], next_id)


class _Words:
    """Names of people and of objects pointed at, read once for all entries."""

    def __init__(
        self, entries: list[AuditEntry], known: dict[tuple[str, int], models.Model], may_read_people: bool
    ) -> None:
        self.known, self.may_read_people = known, may_read_people
        self.models = {
            model._meta.db_table: model
            for model in {type(obj) for obj in known.values()} | set(_tenant_models(entries))
        }
        users = {entry.user_id for entry in entries if entry.user_id is not None}
        self.people = dict(Member.objects.filter(user_id__in=users).order_by("pk").values_list("user_id", "name"))
        self.targets = self._targets(entries)

    def _targets(self, entries: list[AuditEntry]) -> dict[type[models.Model], dict[int, models.Model]]:
        wanted: dict[type[models.Model], set[int]] = defaultdict(set)
        for entry in entries:
            for field in self._fields(entry):
                target = field.related_model
                if isinstance(field, models.ForeignKey) and isinstance(target, type):
                    values = ((entry.before or {}).get(field.column), (entry.after or {}).get(field.column))
                    wanted[target] |= {value for value in values if value is not None}
        return {model: model._default_manager.in_bulk(ids) for model, ids in wanted.items() if ids}

    def _fields(self, entry: AuditEntry) -> list[models.Field]:
        """Columns of the entry that are worth a line, in the model's order."""
        model = self.models.get(entry.table)
        touched = (entry.before or {}).keys()
        return [
            field
            for field in (model._meta.local_fields if model else ())
            if field.column in touched
            and field.name not in _UNLISTED
            and (field.editable or field.name == "archived_at")
            and not field.primary_key
        ]

    def change(self, entry: AuditEntry, main: set[tuple[str, int]]) -> Change | None:
        edits = [edit for field in self._fields(entry) if (edit := self._edit(entry, field)).before != edit.after]
        if not edits and not entry.why and entry.action == AuditAction.UPDATE:
            return None
        subject = "" if (entry.table, entry.row_id) in main else f" · {self._subject(entry)}"
        return Change(
            id=entry.pk,
            at=entry.at,
            who=self._who(entry),
            action=f"{_action(entry)}{subject}",
            edits=edits,
            why=entry.why,
        )

    def _who(self, entry: AuditEntry) -> str:
        return AUTOMATIC if entry.user_id is None else self.people.get(entry.user_id, OUTSIDER)

    def _subject(self, entry: AuditEntry) -> str:
        model = self.models[entry.table]
        obj = self.known.get((entry.table, entry.row_id))
        if obj is None or type(obj).__str__ is models.Model.__str__:
            return str(model._meta.verbose_name)
        return f"{model._meta.verbose_name} «{NNBSP}{obj}{NNBSP}»"

    def _edit(self, entry: AuditEntry, field: models.Field) -> Edit:
        before = (entry.before or {}).get(field.column)
        after = (entry.after or {}).get(field.column)
        name = str(field.verbose_name)
        model = self.models[entry.table]
        if not self.may_read_people and field.name in getattr(model, "personal", ()):
            return Edit(name, MASKED, NOTHING if entry.after is None else f"{MASKED}, changé")
        if isinstance(field, models.JSONField):
            return Edit(name, "…", "modifié")
        return Edit(name, self._value(model, field, before), self._value(model, field, after))

    def _value(self, model: type[models.Model], field: models.Field, value: Any) -> str:
        if value is None or value == "" or value == []:
            return NOTHING
        if isinstance(field, models.ForeignKey):
            target = self.targets.get(field.related_model, {}).get(value)  # type: ignore[arg-type]
            return str(target) if target else f"n° {value}, supprimé"
        if word := getattr(model, "shown", {}).get(field.name):
            return ", ".join(word(item) for item in value) if isinstance(value, list) else word(value)
        return _plain(field, value)


def _plain(field: Any, value: Any) -> str:
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, ArrayField):
        return ", ".join(_plain(field.base_field, item) for item in value)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(field, models.DateTimeField):
        moment = datetime.fromisoformat(value).astimezone(PARIS)
        return f"{date_fr(moment)} à {moment:%H:%M}"
    if isinstance(field, models.DateField):
        return date_fr(date.fromisoformat(value))
    if isinstance(value, int | Decimal):
        return number_fr(value)
    return str(value)


def _action(entry: AuditEntry) -> str:
    if entry.action == AuditAction.UPDATE and set(entry.before or ()) == {"archived_at"}:
        return "Archivage" if (entry.after or {})["archived_at"] else "Remise en service"
    return str(entry.get_action_display()).capitalize()


def _tenant_models(entries: list[AuditEntry]) -> Iterable[type[TenantModel]]:
    tables = {entry.table for entry in entries}
    return [model for model in apps.get_models() if issubclass(model, TenantModel) and model._meta.db_table in tables]
