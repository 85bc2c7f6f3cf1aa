"""One row at least in every table of a structure, made from the models themselves: an empty table proves no wall."""

from datetime import date
from decimal import Decimal
from secrets import token_hex
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from tenants import scope
from tenants.models import TenantModel
from tenants.walls.build import tenant_models

VALUES: list[tuple[type[models.Field], Any]] = [
    (ArrayField, []),
    (models.JSONField, {}),
    (models.BooleanField, False),
    (models.DateTimeField, timezone.now),
    (models.DateField, date(2026, 3, 1)),
    (models.DecimalField, Decimal(1)),
    (models.IntegerField, 1),
    (models.CharField, lambda: token_hex(4)),
    (models.TextField, lambda: token_hex(4)),
]


def fill_every_table(tenant_id: int) -> None:
    """In a structure that has rows already: adds one to each table that is still empty."""
    with scope.tenant(tenant_id):
        for model in tenant_models():
            if not model.objects.exists():
                _make(model)


def _make(model: type[TenantModel]) -> TenantModel:
    values = {field.name: _value(field) for field in model._meta.local_fields if _is_needed(field)}
    return model.objects.create(**values)


def _is_needed(field: models.Field) -> bool:
    return not (field.primary_key or field.null or field.has_default() or field.blank or field.name == "tenant")


def _value(field: models.Field) -> Any:
    if isinstance(field, models.ForeignKey):
        target = field.related_model
        return target.objects.order_by("pk").first() or _make(target)
    if field.choices:
        return field.flatchoices[0][0]
    value = next(value for kind, value in VALUES if isinstance(field, kind))
    return value() if callable(value) else value
