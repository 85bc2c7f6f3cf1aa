"""The base of every model that belongs to a structure."""

import secrets
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.db import models

from tenants import scope
from tenants.walls.access import MEMBERS_WRITE, Access

# Without letters and digits that are mistaken for one another when read aloud.
_REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_reference() -> str:
    """A key of our own for objects made in the interface, so that an export always has one to write (12 characters)."""
    return "".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(12))


class TenantQuerySet(models.QuerySet):
    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        objs = list(objs)
        for obj in objs:
            if obj.tenant_id is None:
                obj.tenant_id = scope.current_tenant_id()
        return super().bulk_create(objs, *args, **kwargs)


class TenantManager(models.Manager):
    """Refuses to build a query outside a scope: the first wall. The database is the second."""

    def get_queryset(self) -> models.QuerySet:
        if scope.current() is None:
            raise scope.ScopeError(f"{self.model.__name__} n'est lisible que dans une portée (tenants.scope).")
        return super().get_queryset()


class TenantModel(models.Model):
    """A row of one structure.

    `access` adds scopes other than the structure's own members; `audited` keeps history; `personal` names the columns
    that history hides from whoever may not read people; `shown` how it words a column's value where choices do not say;
    `handed_over` the keys to Member that a departure gives on.
    """

    tenant = models.ForeignKey(
        "tenants.Tenant", models.PROTECT, editable=False, verbose_name="structure", related_name="+"
    )

    access: ClassVar[dict[str, Access]] = {"tenant": MEMBERS_WRITE}
    audited: ClassVar[bool] = True
    personal: ClassVar[frozenset[str]] = frozenset()
    shown: ClassVar[dict[str, Callable[[Any], str]]] = {}
    handed_over: ClassVar[tuple[str, ...]] = ()

    objects = TenantManager.from_queryset(TenantQuerySet)()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.tenant_id is None:
            self.tenant_id = scope.current_tenant_id()
        super().save(*args, **kwargs)


class RegisterModel(TenantModel):
    """An object that people keep in a register: it has a key for exchanges, an age, and may be archived."""

    external_ref = models.CharField("référence externe", default=new_reference, editable=False)
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    archived_at = models.DateTimeField("archivé le", null=True, blank=True, editable=False)

    class Meta:
        abstract = True


def unique_reference(table: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=["tenant", "external_ref"],
        name=f"{table}_unique_reference",
        violation_error_message="Cette référence existe déjà dans la structure.",
    )
