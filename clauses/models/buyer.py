"""Donneurs d'ordre of a structure, and their link to the account by which they see their own marchés."""

from typing import ClassVar

from django.db import models

from clauses.enums import BuyerKind, LinkState, OperationKind, ProgrammeKind
from contractors.models.company import validate_siret
from lib.siret import siret_fr
from tenants.models import RegisterModel, TenantModel, unique_reference
from tenants.models.fields import HoursField
from tenants.walls.access import BUYER_READS, BUYER_ROWS, EVERYTHING, MEMBERS_WRITE, TENANT_ROWS, Access, setting


class Buyer(RegisterModel):
    """A donneur d'ordre as one structure knows it. `buyer_account` is that of its accepted link: a trigger says it."""

    name = models.CharField("nom")
    kind = models.CharField("nature", max_length=20, choices=BuyerKind, default=BuyerKind.AUTRE)
    siret = models.CharField("SIRET", max_length=14, blank=True, validators=[validate_siret])
    notes = models.TextField("notes", blank=True)
    buyer_account = models.ForeignKey(
        "tenants.BuyerAccount", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    access: ClassVar[dict[str, Access]] = {
        "tenant": MEMBERS_WRITE,
        "buyer": Access("SELECT (id, tenant_id, name, kind, siret, buyer_account_id, external_ref)", BUYER_ROWS),
    }

    class Meta:
        verbose_name = "donneur d'ordre"
        verbose_name_plural = "donneurs d'ordre"
        ordering = ["name", "pk"]
        constraints = [unique_reference("buyer")]
        indexes = [models.Index(fields=["buyer_account"], name="buyer_of_account")]

    def __str__(self) -> str:
        return self.name

    @property
    def siret_shown(self) -> str:
        return siret_fr(self.siret)


class BuyerLink(TenantModel):
    """Proposed by a structure's administrator, accepted by the account's, ended at once by either."""

    buyer = models.ForeignKey(Buyer, models.CASCADE, related_name="links", verbose_name="donneur d'ordre")
    buyer_account = models.ForeignKey("tenants.BuyerAccount", models.PROTECT, related_name="+", verbose_name="compte")
    tenant_name = models.CharField("structure", max_length=200)
    buyer_name = models.CharField("donneur d'ordre", max_length=250)
    account_name = models.CharField("compte", max_length=200, blank=True)
    state = models.CharField("état", max_length=10, choices=LinkState, default=LinkState.PROPOSED)
    proposed_at = models.DateTimeField("proposé le", auto_now_add=True)
    decided_at = models.DateTimeField("accepté le", null=True, blank=True)
    ended_at = models.DateTimeField("terminé le", null=True, blank=True)

    access: ClassVar[dict[str, Access]] = {
        # A structure proposes and ends; only the account accepts.
        "tenant": Access(EVERYTHING, TENANT_ROWS, check=f"{TENANT_ROWS} AND state <> 'accepted'"),
        "buyer": Access("SELECT, UPDATE (state, decided_at, ended_at)", BUYER_ROWS),
    }

    class Meta:
        verbose_name = "lien avec un compte"
        verbose_name_plural = "liens avec des comptes"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "buyer"],
                condition=~models.Q(state="ended"),
                name="buyer_link_one_open",
                violation_error_message="Ce donneur d'ordre a déjà un lien proposé ou accepté.",
            )
        ]


_OF_THE_BUYERS_OPERATIONS = (
    f"id IN (SELECT o.programme_id FROM clauses_operation o WHERE o.buyer_account_id = {setting('buyer_account')})"  # noqa: S608 -- constants only
)


class Programme(RegisterModel):
    """A renewal programme or an ANRU convention; its kind gives the targets of the rates."""

    name = models.CharField("nom")
    kind = models.CharField("nature", max_length=20, choices=ProgrammeKind)
    number = models.CharField("numéro de convention", blank=True)
    city = models.CharField("commune", blank=True)
    starts_on = models.DateField("début", null=True, blank=True)
    ends_on = models.DateField("fin", null=True, blank=True)

    access: ClassVar[dict[str, Access]] = {
        "tenant": MEMBERS_WRITE,
        "buyer": Access("SELECT", _OF_THE_BUYERS_OPERATIONS),
    }

    class Meta:
        verbose_name = "programme"
        ordering = ["name", "pk"]
        constraints = [
            unique_reference("programme"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(starts_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="programme_dates_in_order",
                violation_error_message="La fin précède le début.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Operation(RegisterModel):
    """A set of marchés of one project; the ANRU rates are measured on it."""

    buyer = models.ForeignKey(Buyer, models.PROTECT, related_name="operations", verbose_name="donneur d'ordre")
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="operations", null=True, blank=True, verbose_name="programme"
    )
    name = models.CharField("nom")
    kind = models.CharField("nature", max_length=20, choices=OperationKind, default=OperationKind.TRAVAUX)
    qpv_code = models.CharField("quartier prioritaire", blank=True)
    total_hours_worked = HoursField(
        "heures totales travaillées",
        null=True,
        blank=True,
        help_text="Toutes les heures de l'opération, déclarées par les entreprises. "
        "Vide\u202f: estimées par la part de main-d'œuvre.",
    )
    buyer_account = models.ForeignKey(
        "tenants.BuyerAccount", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    access: ClassVar[dict[str, Access]] = {"tenant": MEMBERS_WRITE, "buyer": BUYER_READS}

    class Meta:
        verbose_name = "opération"
        ordering = ["name", "pk"]
        constraints = [
            unique_reference("operation"),
            models.CheckConstraint(
                condition=models.Q(total_hours_worked__isnull=True) | models.Q(total_hours_worked__gte=0),
                name="operation_total_hours_positive",
                violation_error_message="Les heures totales ne peuvent pas être négatives.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
