"""What a lot owes: versions of its obligation, each frozen with the parameters that gave it."""

from typing import ClassVar

from django.db import models

from clauses.enums import ObligationRule
from clauses.models.contract import Amendment, Lot, account_field
from tenants.models import TenantModel
from tenants.models.fields import AmountField, ExactDecimalField, HoursField
from tenants.walls.access import BUYER_READS, MEMBERS_WRITE, Access


class Obligation(TenantModel):
    """One version of a lot's obligation. The current one counts; a lot without any is « à calibrer ».

    `due` is the frozen result of lib.obligation_rules.due_hours on these very parameters (hours, rounded half up).
    """

    lot = models.ForeignKey(Lot, models.CASCADE, related_name="obligations", verbose_name="lot")
    version = models.PositiveSmallIntegerField("version")
    is_current = models.BooleanField("en vigueur", default=True)
    rule = models.CharField("règle", max_length=20, choices=ObligationRule)
    amount_ht = AmountField("montant HT (€)", null=True, blank=True)
    fixed_hours = HoursField("heures fixées", null=True, blank=True)
    labour_share = ExactDecimalField("part de main-d'œuvre", null=True, blank=True)
    hourly_cost = AmountField("coût horaire (€)", null=True, blank=True)
    rate = ExactDecimalField("taux d'insertion", null=True, blank=True)
    offered_hours = HoursField("heures offertes", null=True, blank=True)
    exempt_reason = models.CharField("motif de l'absence d'obligation", blank=True)
    due = HoursField(
        "heures dues",
    )
    signed_on = models.DateField("en vigueur depuis le", null=True, blank=True)
    amendment = models.ForeignKey(
        Amendment, models.SET_NULL, null=True, blank=True, related_name="obligations", verbose_name="avenant"
    )
    set_by = models.ForeignKey(
        "tenants.Member", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="fixée par"
    )
    created_at = models.DateTimeField("enregistrée le", auto_now_add=True)
    buyer_account = account_field()

    access: ClassVar[dict[str, Access]] = {"tenant": MEMBERS_WRITE, "buyer": BUYER_READS}

    class Meta:
        verbose_name = "obligation"
        ordering = ["lot_id", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "lot", "version"], name="obligation_unique_version"),
            models.UniqueConstraint(
                fields=["tenant", "lot"], condition=models.Q(is_current=True), name="obligation_one_current"
            ),
            models.CheckConstraint(
                condition=models.Q(due__gte=0),
                name="obligation_due_positive",
                violation_error_message="Les heures dues ne peuvent pas être négatives.",
            ),
            models.CheckConstraint(
                condition=models.Q(rule="fixed", fixed_hours__isnull=False)
                | models.Q(
                    rule="share_of_labour",
                    amount_ht__isnull=False,
                    labour_share__isnull=False,
                    hourly_cost__isnull=False,
                    rate__isnull=False,
                )
                | (models.Q(rule="none") & ~models.Q(exempt_reason="")),
                name="obligation_has_its_parameters",
                violation_error_message="Il manque un paramètre à la règle choisie.",
            ),
            models.CheckConstraint(
                condition=models.Q(hourly_cost__isnull=True) | models.Q(hourly_cost__gt=0),
                name="obligation_hourly_cost_positive",
                violation_error_message="Le coût horaire doit être supérieur à 0.",
            ),
            models.CheckConstraint(
                condition=(models.Q(labour_share__isnull=True) | models.Q(labour_share__gte=0, labour_share__lte=1))
                & (models.Q(rate__isnull=True) | models.Q(rate__gte=0, rate__lte=1)),
                name="obligation_parts_are_parts",
                violation_error_message="La part de main-d'œuvre et le taux se situent entre 0 et 1.",
            ),
        ]
        indexes = [models.Index(fields=["buyer_account"], name="obligation_of_account")]
