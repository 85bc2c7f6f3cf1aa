from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from contractors.enums import CompanyKind
from lib.siret import check_siret, siret_fr
from tenants.models import RegisterModel, TenantModel, unique_reference
from tenants.walls.access import MEMBERS_WRITE, Access, setting


def validate_siret(value: str) -> None:
    verdict = check_siret(value)
    if not verdict.valid:
        raise ValidationError(verdict.reason)


# A bailleur reads the names of the companies that hold its own lots, and of no other.
HOLDS_A_LOT_OF_THE_BUYER = (
    f"id IN (SELECT company_id FROM clauses_lotholder WHERE buyer_account_id = {setting('buyer_account')})"  # noqa: S608 -- constants only
)


class Company(RegisterModel):
    """A company or SIAE. An ACI and an AI of one association may share a SIRET: it is not unique."""

    name = models.CharField("nom")
    kind = models.CharField("nature", max_length=20, choices=CompanyKind, default=CompanyKind.COMPANY)
    siret = models.CharField("SIRET", max_length=14, blank=True, validators=[validate_siret])
    # What an open data file says when it is no valid SIRET: kept and shown, never repaired.
    foreign_id = models.CharField("autre identifiant", max_length=60, blank=True)
    address = models.CharField("adresse", max_length=250, blank=True)
    postcode = models.CharField("code postal", max_length=10, blank=True)
    city = models.CharField("commune", max_length=120, blank=True)
    notes = models.TextField("notes", blank=True)

    access: ClassVar[dict[str, Access]] = {
        "tenant": MEMBERS_WRITE,
        "buyer": Access("SELECT (id, tenant_id, name, kind, siret, city)", HOLDS_A_LOT_OF_THE_BUYER),
    }

    class Meta:
        verbose_name = "entreprise"
        ordering = ["name", "pk"]
        constraints = [
            unique_reference("company"),
        ]
        indexes = [
            models.Index(fields=["tenant", "siret"], name="company_siret"),
            models.Index(fields=["tenant", "name"], name="company_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def siret_shown(self) -> str:
        return siret_fr(self.siret)


class Contact(TenantModel):
    """A person to call in a company; about half of those named in a bid have changed by execution."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="contacts", verbose_name="entreprise")
    name = models.CharField("nom")
    position = models.CharField("fonction", max_length=120, blank=True)
    email = models.EmailField("adresse électronique", blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)
    left_on = models.DateField("n'est plus en poste depuis le", null=True, blank=True)

    class Meta:
        verbose_name = "contact"
        ordering = ["left_on", "name"]

    def __str__(self) -> str:
        return self.name


class CompanyDocument(TenantModel):
    """A document filed under a company."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="documents", verbose_name="entreprise")
    document = models.ForeignKey("tenants.Document", models.CASCADE, related_name="+", verbose_name="document")

    class Meta:
        verbose_name = "document de l'entreprise"
        verbose_name_plural = "documents de l'entreprise"
