"""Structures and buyer accounts: the organisations that people act for."""

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models

from tenants.models.base import new_reference
from tenants.walls.access import ALL_ROWS, Access, setting


class Tenant(models.Model):
    """A structure facilitatrice. Made by the platform's operator; its members see it and nothing of the others."""

    slug = models.SlugField("identifiant", max_length=60, unique=True)
    name = models.CharField("nom", max_length=200)
    etp_divisor = models.PositiveIntegerField(
        "heures d'un ETP annuel",
        default=1607,
        validators=[MinValueValidator(1)],
        help_text="1 607 h (durée légale), 1 820 h ou une valeur de votre financeur\u202f; imprimée sous le chiffre.",
    )
    is_demo = models.BooleanField("données de démonstration", default=False)
    created_at = models.DateTimeField("créée le", auto_now_add=True)
    closed_at = models.DateTimeField("fermée le", null=True, blank=True)

    access: ClassVar[dict[str, Access]] = {
        "tenant": Access("SELECT, UPDATE (name, etp_divisor)", f"id = {setting('tenant')}"),
        "operator": Access("SELECT, INSERT, UPDATE", ALL_ROWS),
    }

    class Meta:
        verbose_name = "structure"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(etp_divisor__gt=0), name="tenant_etp_divisor_positive")
        ]

    def __str__(self) -> str:
        return self.name


class BuyerAccount(models.Model):
    """A donneur d'ordre as an organisation of its own, across the structures that it accepted to be linked to."""

    name = models.CharField("nom", max_length=200)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    # What the account gives to the structures that it wants to be linked to: nobody finds it by its name or SIRET.
    code = models.CharField("code de rattachement", max_length=12, unique=True, default=new_reference, editable=False)
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    closed_at = models.DateTimeField("fermé le", null=True, blank=True)

    access: ClassVar[dict[str, Access]] = {
        "buyer": Access("SELECT", f"id = {setting('buyer_account')}"),
        "operator": Access("SELECT, INSERT, UPDATE", ALL_ROWS),
    }

    class Meta:
        verbose_name = "compte de donneur d'ordre"
        verbose_name_plural = "comptes de donneurs d'ordre"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
