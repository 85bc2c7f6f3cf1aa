"""Sums kept beside the lots, for every list to sort and join on. Computed by reporting (services/progress.py)."""

from typing import ClassVar

from django.db import models

from clauses.enums import LotStatus
from clauses.models.contract import Lot, account_field
from tenants.models import TenantModel
from tenants.models.fields import HoursField
from tenants.walls.access import BUYER_ROWS, MEMBERS_WRITE, TENANT_ROWS, Access

# These rows have their account from the recomputation: the lot, whose triggers follow the link, has the last word.
_LOTS = f"SELECT id FROM clauses_lot WHERE {BUYER_ROWS}"  # noqa: S608 -- constants only
_OF_THE_BUYERS_LOTS = Access("SELECT", f"{BUYER_ROWS} AND lot_id IN ({_LOTS})")


def _tenant_of_lot() -> models.ForeignKey:
    """Tables rewritten all the time: the lot's own key holds the structure, unique indexes begin with it."""
    return models.ForeignKey(
        "tenants.Tenant", models.PROTECT, editable=False, related_name="+", db_constraint=False, db_index=False
    )


class LotMonth(TenantModel):
    """Hours of a lot in a month, by kind. `declared`: all but refused; `controlled` and `validated` are parts of it."""

    tenant = _tenant_of_lot()
    lot = models.ForeignKey(Lot, models.CASCADE, related_name="months")
    month = models.DateField("mois")
    kind = models.CharField("nature", max_length=10)
    declared = HoursField("déclarées")
    controlled = HoursField("contrôlées")
    validated = HoursField("validées")
    validated_qpv = HoursField("validées, habitants de QPV")
    buyer_account = account_field()

    access: ClassVar[dict[str, Access]] = {"tenant": MEMBERS_WRITE, "buyer": _OF_THE_BUYERS_LOTS}
    audited = False

    class Meta:
        verbose_name = "mois du lot"
        constraints = [models.UniqueConstraint(fields=["tenant", "lot", "month", "kind"], name="lot_month_unique")]


class LotProgress(TenantModel):
    """The answer of a lot, as of `reference_date` (docs/architecture.md, « Progress »). Hours; rates are not stored."""

    tenant = _tenant_of_lot()
    lot = models.OneToOneField(Lot, models.CASCADE, related_name="progress")
    due = HoursField("dues")
    declared = HoursField("déclarées")
    validated = HoursField("validées")
    validated_qpv = HoursField("validées, habitants de QPV")
    remaining = HoursField("restent")
    rate = models.DecimalField("taux", max_digits=16, decimal_places=6, null=True)
    expected = HoursField("attendues")
    pace = HoursField("rythme (h par semaine)", null=True)
    forecast = HoursField("prévision à la fin", null=True)
    weekly_needed = HoursField("h par semaine encore nécessaires", null=True)
    capacity = HoursField("capacité (h par semaine)")
    last_possible_on = models.DateField("dernier jour possible", null=True)
    reference_date = models.DateField("date de référence")
    status = models.CharField("statut", max_length=20, choices=LotStatus)
    # Order of urgency, so that « status first » is an index scan and not a CASE in every list.
    severity = models.PositiveSmallIntegerField("gravité")
    # When this answer last changed; one that is found again is not written again.
    computed_at = models.DateTimeField("calculé le")
    buyer_account = account_field()

    access: ClassVar[dict[str, Access]] = {"tenant": MEMBERS_WRITE, "buyer": _OF_THE_BUYERS_LOTS}
    audited = False

    class Meta:
        verbose_name = "avancement du lot"
        indexes = [models.Index(fields=["tenant", "severity", "lot"], name="lot_progress_severity")]


class StaleLot(TenantModel):
    """A lot whose sums must be computed again: appended by statement triggers, taken away by the recomputation.

    `month`: the one whose lines changed; empty when only the lot's answer may be another (dates, obligation). Rows are
    only ever added, so that two people who save hours of one lot never wait for each other.
    """

    tenant = _tenant_of_lot()
    # Not a foreign key: deleting a lot's hours marks it in the transaction that deletes the lot itself.
    lot_id = models.BigIntegerField("lot")
    month = models.DateField("mois", null=True)
    since = models.DateTimeField(auto_now_add=True)

    access: ClassVar[dict[str, Access]] = {"tenant": Access("SELECT, INSERT, DELETE", TENANT_ROWS)}
    audited = False

    class Meta:
        verbose_name = "lot à recalculer"
        verbose_name_plural = "lots à recalculer"
