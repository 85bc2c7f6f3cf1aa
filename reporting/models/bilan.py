from typing import ClassVar

from django.db import models

from reporting.enums import BilanState, ScopeKind
from tenants.models import TenantModel, new_reference
from tenants.walls.access import MEMBERS_WRITE, Access, setting

# A bailleur reads what was handed to it, not what is being prepared.
_HANDED_OVER = (
    f"buyer_account_id = {setting('buyer_account')} AND state IN ('submitted', 'validated', 'archived', 'returned')"
)


class Bilan(TenantModel):
    """A frozen report: scope, period, figures as of `data_as_of`, and the files made from them once.

    `figures` is the whole snapshot; `figures_sha256` is the fingerprint that the PDF prints.
    """

    reference = models.CharField("référence", max_length=20, default=new_reference, editable=False)
    scope_kind = models.CharField("porte sur", max_length=10, choices=ScopeKind)
    scope_id = models.BigIntegerField(null=True, blank=True)
    # The donneur d'ordre that it is handed to, when it bears on one alone; its account follows by triggers (0002).
    buyer = models.ForeignKey(
        "clauses.Buyer", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="donneur d'ordre"
    )
    scope_label = models.CharField("intitulé")
    period_from = models.DateField("de")
    period_to = models.DateField("à")
    state = models.CharField("état", max_length=10, choices=BilanState, default=BilanState.DRAFT)
    return_reason = models.TextField("motif du renvoi", blank=True)
    comments = models.JSONField("commentaires", default=dict)
    figures = models.JSONField("chiffres", null=True)
    figures_sha256 = models.CharField("empreinte", max_length=64, blank=True)
    data_as_of = models.DateTimeField("données arrêtées au", null=True)
    pdf = models.ForeignKey("tenants.Document", models.PROTECT, null=True, related_name="+")
    xlsx = models.ForeignKey("tenants.Document", models.PROTECT, null=True, related_name="+")
    job = models.ForeignKey("tenants.Job", models.SET_NULL, null=True, related_name="+")
    created_by = models.ForeignKey(
        "tenants.Member", models.PROTECT, null=True, related_name="+", verbose_name="préparé par"
    )
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    buyer_account = models.ForeignKey(
        "tenants.BuyerAccount", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    access: ClassVar[dict[str, Access]] = {
        "tenant": MEMBERS_WRITE,
        "buyer": Access("SELECT", _HANDED_OVER),
    }

    class Meta:
        verbose_name = "bilan"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "reference"], name="bilan_unique_reference"),
            models.CheckConstraint(
                condition=models.Q(period_to__gte=models.F("period_from")),
                name="bilan_period_in_order",
                violation_error_message="La fin de la période précède son début.",
            ),
        ]
        indexes = [models.Index(fields=["buyer_account"], name="bilan_of_account")]

    def __str__(self) -> str:
        return f"Bilan {self.reference} · {self.scope_label}"
