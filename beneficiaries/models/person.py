"""People, and what makes them eligible. No NIR is ever kept."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from beneficiaries.enums import HORS_QPV, EducationLevel, QpvGeneration, Sex
from tenants.models import RegisterModel, TenantModel, unique_reference


def masked(value: Any) -> str:
    """Criteria show behind a click that is logged, and nowhere else: not in the history either."""
    return "masqué"


class Beneficiary(RegisterModel):
    """A person, named or anonymised (then the three columns of identity are empty and `person_key` stays).

    `person_key` is lib.identity's: the same for two records of one person. `sort_key` sorts French names.
    """

    last_name = models.CharField("nom", blank=True)
    first_name = models.CharField("prénom", blank=True)
    birth_date = models.DateField("date de naissance", null=True, blank=True)
    person_key = models.CharField("clé de la personne", editable=False)
    sort_key = models.CharField(editable=False, blank=True)
    sex = models.CharField("sexe", max_length=1, choices=Sex)
    postcode = models.CharField("code postal", blank=True)
    city = models.CharField("commune", blank=True)
    education_level = models.CharField(
        "niveau de formation", max_length=10, choices=[*EducationLevel.choices, ("non_connu", "non connu")], blank=True
    )
    qpv_code = models.CharField("quartier prioritaire", blank=True)
    qpv_generation = models.CharField("génération du QPV", max_length=10, choices=QpvGeneration, blank=True)
    qpv_checked_on = models.DateField("QPV vérifié le", null=True, blank=True)
    email = models.EmailField("adresse électronique", blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)

    personal = frozenset({"last_name", "first_name", "birth_date", "postcode", "email", "phone"})

    class Meta:
        verbose_name = "bénéficiaire"
        ordering = ["sort_key", "pk"]
        constraints = [
            unique_reference("beneficiary"),
            models.CheckConstraint(
                condition=models.Q(last_name="", first_name="", birth_date__isnull=True)
                | (~models.Q(last_name="") & ~models.Q(first_name="") & models.Q(birth_date__isnull=False)),
                name="beneficiary_named_or_anonymised",
                violation_error_message="Le nom, le prénom et la date de naissance vont ensemble.",
            ),
            models.CheckConstraint(condition=~models.Q(person_key=""), name="beneficiary_has_a_key"),
        ]
        indexes = [
            models.Index(fields=["tenant", "sort_key", "id"], name="beneficiary_sorted"),
            models.Index(fields=["tenant", "person_key"], name="beneficiary_person"),
        ]

    def __str__(self) -> str:
        return f"{self.last_name} {self.first_name}".strip() or f"Personne anonymisée {self.external_ref}"

    @property
    def is_anonymised(self) -> bool:
        return self.birth_date is None

    @property
    def lives_in_qpv(self) -> bool:
        return self.qpv_code not in ("", HORS_QPV)


class Eligibility(TenantModel):
    """What was verified on a person's status before a job: criteria (the first is the main one), proof, date, agent."""

    beneficiary = models.ForeignKey(
        Beneficiary, models.CASCADE, related_name="eligibilities", verbose_name="bénéficiaire"
    )
    criteria = ArrayField(models.CharField(), verbose_name="critères", default=list)
    proof_kind = models.CharField("justificatif", max_length=200, blank=True)
    proof_date = models.DateField("date du justificatif", null=True, blank=True)
    valid_until = models.DateField("valable jusqu'au", null=True, blank=True)
    verified_on = models.DateField("vérifiée le", null=True, blank=True)
    verified_by = models.ForeignKey(
        "tenants.Member", models.PROTECT, null=True, blank=True, verbose_name="vérifiée par", related_name="+"
    )
    list_version = models.CharField("liste de critères", max_length=60, blank=True)
    document = models.ForeignKey("tenants.Document", models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField("enregistrée le", auto_now_add=True)

    shown: ClassVar[dict[str, Callable[[Any], str]]] = {"criteria": masked, "proof_kind": masked}

    class Meta:
        verbose_name = "éligibilité"
        ordering = ["-pk"]


class BeneficiaryDocument(TenantModel):
    """A document filed under a person."""

    beneficiary = models.ForeignKey(Beneficiary, models.CASCADE, related_name="documents", verbose_name="bénéficiaire")
    document = models.ForeignKey("tenants.Document", models.CASCADE, related_name="+", verbose_name="document")

    class Meta:
        verbose_name = "document du bénéficiaire"
        verbose_name_plural = "documents du bénéficiaire"
