"""Taking a list of objects from a file: each row is tried, and nothing is written while one is at fault.

The columns are those of the register's export (its django-import-export Resource): a list exported, corrected and sent
back changes what was corrected and nothing else.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from import_export.fields import Field
from import_export.resources import ModelResource

from lib.nir import contains_nir
from lib.numbers import NNBSP, number_fr
from lib.table_reading import SourceRow, TableError, cell_text
from tenants import scope
from tenants.models import RegisterModel

MOST_ROWS = 10_000
# What the history says beside each change, since nobody typed it.
REASON = "Import d'une liste"
_BATCH = 500
# Identifiers of organisations: a SIRET that lost its first digit may look like a person's number.
_MAY_HOLD_DIGITS = frozenset({"siret", "external_ref", "foreign_id"})


@dataclass(frozen=True, slots=True)
class RowFault:
    """`line`: of the file, 1 for the header. `column` is empty for what bears on the whole row."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class RowChange:
    """What a row would do: columns with their values before and after; none before for a new row."""

    line: int
    row: RegisterModel
    is_new: bool
    edits: list[tuple[str, str, str]]


@dataclass
class ImportPlan:
    read: int = 0
    unchanged: int = 0
    changes: list[RowChange] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)

    @property
    def created(self) -> int:
        return sum(change.is_new for change in self.changes)

    @property
    def updated(self) -> int:
        return len(self.changes) - self.created

    @property
    def may_apply(self) -> bool:
        return bool(self.changes) and not self.faults


class Known:
    """The rows of the register, found by reference, else by SIRET and nature, else by name and nature."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self.by_reference: dict[str, Any] = {}
        self.by_siret: dict[tuple[str, str], Any] = {}
        self.by_name: dict[tuple[str, str], Any] = {}
        for row in rows:
            self.by_reference[row.external_ref] = row
            if row.siret:
                self.by_siret.setdefault((row.siret, row.kind), row)
            else:
                self.by_name.setdefault((_plain(row.name), row.kind), row)

    def find(self, values: Mapping[str, Any]) -> Any | None:
        if values.get("external_ref"):
            return self.by_reference.get(values["external_ref"])
        kind = values.get("kind") or ""
        if values.get("siret"):
            return self.by_siret.get((values["siret"], kind))
        return self.by_name.get((_plain(values.get("name") or ""), kind))


def plan_import(resource: ModelResource, rows: Sequence[SourceRow]) -> ImportPlan:
    """What `rows` would do to the structure that is open. Raises TableError when they are no list of this kind."""
    if not rows:
        raise TableError("Le fichier est vide.")
    if len(rows) - 1 > MOST_ROWS:
        raise TableError(f"Le fichier compte plus de {number_fr(MOST_ROWS)} lignes{NNBSP}: partagez-le.")
    plan = ImportPlan()
    columns = _columns(resource, [cell_text(cell) for cell in rows[0].cells], plan)
    known = Known(resource._meta.model._default_manager.order_by("pk"))
    seen: dict[Any, int] = {}
    for source in rows[1:]:
        plan.read += 1
        _plan_row(source, columns, resource, known, seen, plan)
    return plan


def apply_import(plan: ImportPlan, resource: ModelResource) -> None:
    """Write what a plan without fault says, all or nothing."""
    if plan.faults:
        raise ValueError("a plan with faults is not applied")
    model = resource._meta.model
    names = [one.attribute for one in _import_fields(resource)]
    with transaction.atomic():
        scope.give_reason(REASON)
        model._default_manager.bulk_create([change.row for change in plan.changes if change.is_new], _BATCH)
        model._default_manager.bulk_update([change.row for change in plan.changes if not change.is_new], names, _BATCH)


def _import_fields(resource: ModelResource) -> list[Field]:
    return [one for one in resource.get_import_fields() if not one.readonly]


def _columns(resource: ModelResource, headers: list[str], plan: ImportPlan) -> list[Field | None]:
    """The field of each column of the file, None for one that is not known."""
    fields = {_plain(str(one.column_name)): one for one in _import_fields(resource)}
    columns = [fields.get(_plain(header)) for header in headers]
    plan.ignored_columns = [header for header, one in zip(headers, columns, strict=True) if header and one is None]
    found = [one.attribute for one in columns if one]
    if "name" not in found:
        raise TableError("La première ligne doit donner les titres des colonnes, dont «\u202fNom\u202f».")
    if len(set(found)) < len(found):
        raise TableError("Une colonne est deux fois dans le fichier.")
    return columns


def _plan_row(
    source: SourceRow,
    columns: list[Field | None],
    resource: ModelResource,
    known: Known,
    seen: dict[Any, int],
    plan: ImportPlan,
) -> None:
    before = len(plan.faults)
    values, texts = _values(source, columns, plan)
    if len(plan.faults) > before:
        return
    found = known.find({"kind": _default_kind(resource), **values})
    is_new = found is None
    row: Any = resource._meta.model(**values) if found is None else found
    key = row.pk or (row.external_ref if "external_ref" in values else (row.siret or _plain(row.name), row.kind))
    if key in seen:
        plan.faults.append(RowFault(source.line, "", row.name, f"Déjà donnée à la ligne {number_fr(seen[key])}."))
        return
    seen[key] = source.line
    edits = _edits(row, values, texts, columns, is_new=is_new)
    _check(row, source.line, texts, columns, plan)
    if edits:
        plan.changes.append(RowChange(source.line, row, is_new, edits))
    else:
        plan.unchanged += 1


def _values(source: SourceRow, columns: list[Field | None], plan: ImportPlan) -> tuple[dict[str, Any], dict[str, str]]:
    """Values by attribute, and what the cells hold. An empty cell is no value: it leaves what is known."""
    values, texts = {}, {}
    for column, cell in zip(columns, source.cells, strict=False):
        text = cell_text(cell)
        if column is None or not text:
            continue
        texts[column.attribute] = text
        if column.attribute not in _MAY_HOLD_DIGITS and contains_nir(text):
            plan.faults.append(
                RowFault(source.line, column.column_name, "…", "Un numéro de sécurité sociale n'a pas sa place ici.")
            )
            continue
        try:
            values[column.attribute] = column.widget.clean(text, row={})
        except ValueError as error:
            plan.faults.append(RowFault(source.line, column.column_name, text, str(error)))
    if not texts.get("name"):
        plan.faults.append(RowFault(source.line, "Nom", "", "Le nom est obligatoire."))
    return values, texts


def _default_kind(resource: ModelResource) -> str:
    return str(resource._meta.model._meta.get_field("kind").default)


def _edits(
    row: Any, values: dict[str, Any], texts: dict[str, str], columns: list[Field | None], *, is_new: bool
) -> list[tuple[str, str, str]]:
    """Puts the values on the row; (column, before, after) of each that differs."""
    edits = []
    for column in columns:
        if column is None or column.attribute not in values:
            continue
        old, new = getattr(row, column.attribute), values[column.attribute]
        if is_new or old != new:
            shown = "" if is_new else str(column.widget.render(old) or "")
            edits.append((str(column.column_name), shown, str(column.widget.render(new) or "")))
            setattr(row, column.attribute, new)
    return edits


def _check(row: Any, line: int, texts: dict[str, str], columns: list[Field | None], plan: ImportPlan) -> None:
    names = {column.attribute: str(column.column_name) for column in columns if column}
    try:
        row.clean_fields(exclude={one.name for one in row._meta.local_fields if one.name not in names})
    except ValidationError as error:
        for name, reasons in error.message_dict.items():
            plan.faults.append(RowFault(line, names.get(name, ""), texts.get(name, ""), " ".join(reasons)))


def _plain(text: str) -> str:
    """Without accents, case, or doubled spaces, for titles of columns and names."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(bare.casefold().split())
