"""Marchés, their lots, who holds them, and the avenants that change them."""

from datetime import date
from typing import ClassVar

from django.db import models

from clauses.enums import ContractNature, HolderRole, Mechanism
from clauses.models.buyer import Buyer, Operation
from contractors.models import Company
from tenants.models import RegisterModel, TenantModel, unique_reference
from tenants.models.fields import AmountField
from tenants.walls.access import BUYER_READS, BUYER_ROWS, MEMBERS_WRITE, Access


def _not_negative(field: str, name: str, message: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__isnull": True}) | models.Q(**{f"{field}__gte": 0}),
        name=name,
        violation_error_message=message,
    )


def account_field() -> models.ForeignKey:
    """The account that sees the row; stamped by triggers (migrations of clauses), never by Python."""
    return models.ForeignKey(
        "tenants.BuyerAccount", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )


class PublicContract(RegisterModel):
    """A marché."""

    buyer = models.ForeignKey(Buyer, models.PROTECT, related_name="contracts", verbose_name="donneur d'ordre")
    operation = models.ForeignKey(
        Operation, models.PROTECT, related_name="contracts", null=True, blank=True, verbose_name="opération"
    )
    number = models.CharField("numéro du marché", blank=True)
    title = models.CharField("objet")
    nature = models.CharField("nature", max_length=40, choices=ContractNature, default=ContractNature.TRAVAUX)
    mechanism = models.CharField("mécanisme", max_length=40, choices=Mechanism, default=Mechanism.EXECUTION)
    cpv = models.CharField("code CPV", max_length=12, blank=True)
    social_considerations = models.CharField("considérations sociales publiées", max_length=200, blank=True)
    notified_on = models.DateField("notifié le", null=True, blank=True)
    starts_on = models.DateField("début d'exécution")
    ends_on = models.DateField("fin d'exécution")
    amount_ht = AmountField("montant HT (€)", null=True, blank=True)
    followed_by = models.ForeignKey(
        "tenants.Member", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="suivi par"
    )
    notes = models.TextField("notes", blank=True)
    buyer_account = account_field()

    handed_over = ("followed_by",)
    access: ClassVar[dict[str, Access]] = {
        "tenant": MEMBERS_WRITE,
        "buyer": Access(
            "SELECT (id, tenant_id, external_ref, buyer_id, operation_id, number, title, nature, mechanism, cpv,"
            " notified_on, starts_on, ends_on, amount_ht, buyer_account_id, archived_at, created_at,"
            " social_considerations)",
            BUYER_ROWS,
        ),
    }

    class Meta:
        verbose_name = "marché"
        ordering = ["-starts_on", "-pk"]
        constraints = [
            unique_reference("contract"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="contract_dates_in_order",
                violation_error_message="La fin d'exécution précède le début.",
            ),
            _not_negative("amount_ht", "contract_amount_positive", "Le montant ne peut pas être négatif."),
        ]
        indexes = [
            models.Index(fields=["tenant", "-starts_on", "-id"], name="contract_recent"),
            models.Index(fields=["buyer_account"], name="contract_of_account"),
        ]

    def __str__(self) -> str:
        return self.title


class Lot(RegisterModel):
    """A lot: where the obligation lies. A marché without lots has one, numbered 1. Absent dates are the marché's."""

    contract = models.ForeignKey(PublicContract, models.CASCADE, related_name="lots", verbose_name="marché")
    number = models.CharField("numéro")
    title = models.CharField("intitulé")
    amount_ht = AmountField("montant HT (€)", null=True, blank=True)
    starts_on = models.DateField("début", null=True, blank=True, help_text="Vide\u202f: celui du marché.")
    ends_on = models.DateField("fin", null=True, blank=True, help_text="Vide\u202f: celle du marché.")
    capacity_fte = models.DecimalField(
        "personnes à temps plein possibles",
        max_digits=5,
        decimal_places=2,
        default=2,
        help_text="Sert à dire jusqu'à quand l'objectif reste tenable.",
    )
    buyer_account = account_field()

    access: ClassVar[dict[str, Access]] = {"tenant": MEMBERS_WRITE, "buyer": BUYER_READS}

    class Meta:
        verbose_name = "lot"
        ordering = ["contract_id", "number", "pk"]
        constraints = [
            unique_reference("lot"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(starts_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="lot_dates_in_order",
                violation_error_message="La fin du lot précède son début.",
            ),
            models.CheckConstraint(
                condition=models.Q(capacity_fte__gt=0),
                name="lot_capacity_positive",
                violation_error_message="La capacité doit être supérieure à 0.",
            ),
            _not_negative("amount_ht", "lot_amount_positive", "Le montant ne peut pas être négatif."),
        ]
        indexes = [models.Index(fields=["buyer_account"], name="lot_of_account")]

    def __str__(self) -> str:
        return f"Lot {self.number} · {self.title}"

    @property
    def first_day(self) -> date:
        return self.starts_on or self.contract.starts_on

    @property
    def last_day(self) -> date:
        return self.ends_on or self.contract.ends_on


class LotHolder(TenantModel):
    """A company on a lot, in a role. `share` is its part of the hours due."""

    lot = models.ForeignKey(Lot, models.CASCADE, related_name="holders", verbose_name="lot")
    company = models.ForeignKey(Company, models.PROTECT, related_name="holdings", verbose_name="entreprise")
    role = models.CharField("rôle", max_length=20, choices=HolderRole, default=HolderRole.TITULAIRE)
    share = models.DecimalField("part des heures dues", max_digits=7, decimal_places=6, default=1)
    buyer_account = account_field()

    access: ClassVar[dict[str, Access]] = {"tenant": MEMBERS_WRITE, "buyer": BUYER_READS}

    class Meta:
        verbose_name = "titulaire du lot"
        verbose_name_plural = "titulaires du lot"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "lot", "company", "role"],
                name="lot_holder_unique",
                violation_error_message="Cette entreprise a déjà ce rôle sur le lot.",
            ),
            models.UniqueConstraint(
                fields=["tenant", "lot"],
                condition=models.Q(role__in=["titulaire", "mandataire"]),
                name="lot_holder_one_lead",
                violation_error_message="Un lot a un seul titulaire ou mandataire.",
            ),
            models.CheckConstraint(
                condition=models.Q(share__gte=0, share__lte=1),
                name="lot_holder_share_is_part",
                violation_error_message="Une part se situe entre 0 et 1.",
            ),
        ]
        indexes = [models.Index(fields=["buyer_account"], name="lot_holder_of_account")]


class Amendment(TenantModel):
    """An avenant of a marché, as signed or as published."""

    contract = models.ForeignKey(PublicContract, models.CASCADE, related_name="amendments", verbose_name="marché")
    external_ref = models.CharField("référence externe")
    number = models.PositiveSmallIntegerField("numéro")
    subject = models.CharField("objet", max_length=500)
    signed_on = models.DateField("signé le", null=True, blank=True)
    amount_ht = AmountField("nouveau montant HT (€)", null=True, blank=True)
    ends_on = models.DateField("nouvelle fin", null=True, blank=True)
    # Unknown for an avenant that came from a file: {"amount_ht", "ends_on", "lots": {id: [amount before, after]}}.
    replaced = models.JSONField("ce qu'il a remplacé", null=True, editable=False)
    buyer_account = account_field()

    access: ClassVar[dict[str, Access]] = {"tenant": MEMBERS_WRITE, "buyer": BUYER_READS}

    class Meta:
        verbose_name = "avenant"
        ordering = ["contract_id", "number"]
        constraints = [unique_reference("amendment")]

    def __str__(self) -> str:
        return f"Avenant n° {self.number}"


class ContractDocument(TenantModel):
    """A document filed under a marché."""

    contract = models.ForeignKey(PublicContract, models.CASCADE, related_name="documents", verbose_name="marché")
    document = models.ForeignKey("tenants.Document", models.CASCADE, related_name="+", verbose_name="document")

    class Meta:
        verbose_name = "document du marché"
        verbose_name_plural = "documents du marché"
