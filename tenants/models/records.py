"""Documents, history and reading log."""

import json
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models

from tenants.enums import AuditAction
from tenants.models.base import TenantModel
from tenants.walls.access import MEMBERS_READ, MEMBERS_WRITE, TENANT_ROWS, Access

# A bailleur reads the files of the bilans that it may read: the policy of bilans applies inside.
OF_A_BILAN_HANDED_OVER = "id IN (SELECT unnest(ARRAY[pdf_id, xlsx_id]) FROM reporting_bilan)"


class ExactDecoder(json.JSONDecoder):
    """Decimals as they were written, never floats."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs | {"parse_float": Decimal})


class Document(TenantModel):
    """A file, encrypted at rest under settings.DOCUMENTS_DIR; downloaded only through a view that checks the right."""

    name = models.CharField("nom", max_length=200)
    content_type = models.CharField("type", max_length=100)
    size = models.PositiveBigIntegerField("taille (octets)")
    sha256 = models.CharField("empreinte", max_length=64)
    storage_key = models.CharField(max_length=64, unique=True, editable=False)
    # The action of rights.py that a member needs to download it: a whole portfolio is not for every reader.
    read_action = models.CharField(max_length=30, default="document.read", editable=False)
    uploaded_by = models.ForeignKey(
        "tenants.Member", models.PROTECT, null=True, blank=True, verbose_name="déposé par", related_name="+"
    )
    created_at = models.DateTimeField("déposé le", auto_now_add=True)

    access: ClassVar[dict[str, Access]] = {"tenant": MEMBERS_WRITE, "buyer": Access("SELECT", OF_A_BILAN_HANDED_OVER)}

    class Meta:
        verbose_name = "document"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name


class AuditEntry(models.Model):
    """Who changed what, when and why: written by statement triggers only (walls/functions.sql).

    An insertion keeps no content: the row says it, and each later change keeps what it replaced.
    """

    # The row that changed has the key; a second check for each of its entries would slow every import.
    tenant = models.ForeignKey("tenants.Tenant", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    at = models.DateTimeField("le", db_index=False)
    user_id = models.BigIntegerField(null=True)
    table = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    action = models.CharField(max_length=1, choices=AuditAction)
    before = models.JSONField(null=True, decoder=ExactDecoder)
    after = models.JSONField(null=True, decoder=ExactDecoder)
    why = models.TextField("motif", blank=True)

    access: ClassVar[dict[str, Access]] = {"tenant": MEMBERS_READ}

    class Meta:
        verbose_name = "entrée d'historique"
        verbose_name_plural = "historique"
        indexes = [
            models.Index(fields=["tenant", "table", "row_id", "-id"], name="audit_of_row"),
            # What was deleted under an object is found by the key that the lost row had (selectors/history.py).
            models.Index(fields=["tenant", "table"], name="audit_deletions", condition=models.Q(action="D")),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.table} {self.row_id}"


class ReadLog(TenantModel):
    """Who read the protected part of a record, and when."""

    member = models.ForeignKey("tenants.Member", models.PROTECT, related_name="+")
    table = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    part = models.CharField(max_length=60)
    at = models.DateTimeField(auto_now_add=True)

    access: ClassVar[dict[str, Access]] = {"tenant": Access("SELECT, INSERT", TENANT_ROWS)}
    audited = False

    class Meta:
        verbose_name = "consultation"
        indexes = [models.Index(fields=["tenant", "table", "row_id", "-id"], name="read_log_of_row")]

    def __str__(self) -> str:
        return f"{self.part} {self.table} {self.row_id}"
