"""Work contracts, their assignment to lots, and the hours."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from beneficiaries.enums import EmploymentType, HourKind, HourStatus, Modality, QpvGeneration
from beneficiaries.models.person import Beneficiary, masked
from clauses.models import Lot
from contractors.models import Company
from tenants.models import RegisterModel, TenantModel, unique_reference
from tenants.models.fields import HoursField

MAX_HOURS_A_MONTH = 744


class EmploymentContract(RegisterModel):
    """A work contract. Below `weekly_hours`, what was frozen at hire: figures read it, never the person's record.

    Empty means known to be absent: `age_at_hire` NULL, `education_level` '', `criteria` [] (non_connu), `qpv_code` ''
    (hors_qpv). `person_key` follows corrections of identity until the person is anonymised.
    """

    beneficiary = models.ForeignKey(
        Beneficiary, models.PROTECT, related_name="employments", verbose_name="bénéficiaire"
    )
    employer = models.ForeignKey(Company, models.PROTECT, related_name="employments", verbose_name="employeur")
    user_company = models.ForeignKey(
        Company,
        models.PROTECT,
        related_name="user_employments",
        null=True,
        blank=True,
        verbose_name="entreprise utilisatrice",
    )
    modality = models.CharField("modalité", max_length=20, choices=Modality)
    type = models.CharField("type de contrat", max_length=20, choices=EmploymentType)
    starts_on = models.DateField("embauche")
    ends_on = models.DateField("fin", null=True, blank=True)
    rome_code = models.CharField("métier (ROME)", blank=True)
    weekly_hours = HoursField("heures par semaine", null=True, blank=True)

    person_key = models.CharField("clé de la personne", editable=False)
    age_at_hire = models.PositiveSmallIntegerField("âge à l'embauche", null=True, blank=True)
    education_level = models.CharField("niveau à l'embauche", max_length=10, blank=True)
    criteria = ArrayField(models.CharField(), verbose_name="critères à l'embauche", default=list, blank=True)
    qpv_code = models.CharField("QPV à l'embauche", blank=True)
    qpv_generation = models.CharField("génération du QPV", max_length=10, choices=QpvGeneration, blank=True)

    shown: ClassVar[dict[str, Callable[[Any], str]]] = {"criteria": masked}

    class Meta:
        verbose_name = "contrat de travail"
        verbose_name_plural = "contrats de travail"
        ordering = ["-starts_on", "-pk"]
        constraints = [
            unique_reference("employment"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="employment_dates_in_order",
                violation_error_message="La fin du contrat précède l'embauche.",
            ),
            models.CheckConstraint(
                condition=models.Q(weekly_hours__isnull=True) | models.Q(weekly_hours__gte=0),
                name="employment_weekly_hours_positive",
                violation_error_message="Les heures par semaine ne peuvent pas être négatives.",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "person_key"], name="employment_person")]

    def __str__(self) -> str:
        return f"{self.get_type_display()} du {self.starts_on:%d/%m/%Y}"


class Assignment(TenantModel):
    """A mise à l'emploi: a work contract put at one lot's service."""

    employment = models.ForeignKey(
        EmploymentContract, models.CASCADE, related_name="assignments", verbose_name="contrat de travail"
    )
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="assignments", verbose_name="lot")
    holder = models.ForeignKey(
        Company, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="pour le compte de"
    )
    starts_on = models.DateField("début sur le lot", null=True, blank=True)
    ends_on = models.DateField("fin sur le lot", null=True, blank=True)
    accepted_by = models.ForeignKey(
        "tenants.Member", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="acceptée par"
    )
    accepted_on = models.DateField("acceptée le", null=True, blank=True)
    created_at = models.DateTimeField("créée le", auto_now_add=True)

    class Meta:
        verbose_name = "mise à l'emploi"
        verbose_name_plural = "mises à l'emploi"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "employment", "lot"],
                name="assignment_unique",
                violation_error_message="Ce contrat est déjà affecté à ce lot.",
            ),
            # What an hour line repeats is held equal to its assignment's by a foreign key onto this (migration 0002).
            models.UniqueConstraint(fields=["tenant", "id", "employment", "lot"], name="assignment_whole_key"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(starts_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="assignment_dates_in_order",
                violation_error_message="La fin précède le début.",
            ),
        ]


class HourEntry(TenantModel):
    """Hours of an assignment in a month, of one kind. `lot` and `employment` repeat the assignment's, for the sums.

    A validated line changes only with a reason (trigger of migration 0002). `version` grows at each change.
    """

    # One key of four columns onto the assignment (migration 0002) holds these four, and indexes that begin with the
    # structure find them: a key and an index of each one's own would double the time of an import.
    tenant = models.ForeignKey(
        "tenants.Tenant",
        models.PROTECT,
        editable=False,
        verbose_name="structure",
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    assignment = models.ForeignKey(
        Assignment,
        models.CASCADE,
        related_name="hours",
        verbose_name="mise à l'emploi",
        db_constraint=False,
        db_index=False,
    )
    lot = models.ForeignKey(
        Lot, models.PROTECT, related_name="hours", verbose_name="lot", db_constraint=False, db_index=False
    )
    employment = models.ForeignKey(
        EmploymentContract,
        models.CASCADE,
        related_name="hours",
        verbose_name="contrat",
        db_constraint=False,
        db_index=False,
    )
    month = models.DateField("mois")
    kind = models.CharField("nature", max_length=10, choices=HourKind, default=HourKind.WORK)
    hours = models.DecimalField("heures", max_digits=8, decimal_places=2)
    status = models.CharField("état", max_length=10, choices=HourStatus, default=HourStatus.DECLARED)
    status_reason = models.CharField("motif", max_length=500, blank=True)
    status_by = models.ForeignKey(
        "tenants.Member",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="état donné par",
        db_index=False,
    )
    status_at = models.DateTimeField("état donné le", null=True, blank=True)
    proof = models.ForeignKey(
        "tenants.Document",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="justificatif",
        db_index=False,
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "heures d'insertion"
        verbose_name_plural = "heures d'insertion"
        ordering = ["month", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "assignment", "month", "kind"],
                name="hour_entry_unique",
                violation_error_message="Ce mois est déjà saisi pour cette mise à l'emploi.",
            ),
            models.CheckConstraint(
                condition=models.Q(hours__gte=0)
                & (models.Q(hours__lte=MAX_HOURS_A_MONTH) | models.Q(status=HourStatus.REFUSED)),
                name="hour_entry_within_a_month",
                violation_error_message="Un mois compte de 0 à 744 heures.",
            ),
            models.CheckConstraint(
                condition=models.Q(month__day=1),
                name="hour_entry_first_of_month",
                violation_error_message="Le mois s'écrit au premier jour.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "lot", "month"],
                include=["kind", "status", "hours", "employment"],
                name="hour_entry_sums",
            ),
            models.Index(fields=["tenant", "employment", "month"], name="hour_entry_of_employment"),
            models.Index(fields=["tenant", "month"], name="hour_entry_of_month"),
            models.Index(fields=["proof"], name="hour_entry_of_proof", condition=models.Q(proof__isnull=False)),
            # What waits is a small part of the lines, counted on each person's first page of the day.
            models.Index(
                fields=["tenant", "month"],
                name="hour_entry_waiting",
                condition=models.Q(status__in=[HourStatus.DECLARED, HourStatus.CONTROLLED]),
            ),
        ]
