"""Background work and mails: rows first, the broker only carries their ids."""

from typing import ClassVar

from django.db import models

from tenants.enums import JobState, MailState
from tenants.models.base import TenantModel
from tenants.walls.access import ALL_ROWS, NO_TENANT_ROWS, TENANT_ROWS, Access


class Job(TenantModel):
    """One background work of a structure, written with the business change that asks for it (services/jobs.py)."""

    kind = models.CharField("nature", max_length=60)
    state = models.CharField("état", max_length=10, choices=JobState, default=JobState.QUEUED)
    params = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    progress_note = models.CharField(max_length=200, blank=True)
    error = models.TextField("motif de l'échec", blank=True)
    attempts = models.PositiveSmallIntegerField("tentatives", default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        "tenants.Member", models.PROTECT, null=True, blank=True, verbose_name="demandé par", related_name="+"
    )
    created_at = models.DateTimeField("demandé le", auto_now_add=True)
    finished_at = models.DateTimeField("terminé le", null=True, blank=True)

    audited = False

    class Meta:
        verbose_name = "travail"
        verbose_name_plural = "travaux"
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["state", "lease_until"], name="job_due", condition=models.Q(state__in=["queued", "running"])
            ),
            models.Index(fields=["tenant", "kind", "-id"], name="job_tenant_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


_ENQUEUE = Access("INSERT", NO_TENANT_ROWS)


class OutboxMail(models.Model):
    """A mail to send, written in the transaction that decides it. Its body may hold a link: wiped once sent."""

    tenant = models.ForeignKey("tenants.Tenant", models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField("état", max_length=10, choices=MailState, default=MailState.WAITING)
    to = models.EmailField("destinataire")
    subject = models.CharField("objet", max_length=200)
    body = models.TextField("texte", blank=True)
    dedup_key = models.CharField(max_length=120, null=True, blank=True, unique=True)
    attempts = models.PositiveSmallIntegerField("tentatives", default=0)
    next_attempt_at = models.DateTimeField("prochain essai", auto_now_add=True)
    error = models.CharField("motif de l'échec", max_length=300, blank=True)
    created_at = models.DateTimeField("écrit le", auto_now_add=True)
    sent_at = models.DateTimeField("envoyé le", null=True, blank=True)

    access: ClassVar[dict[str, Access]] = {
        "none": _ENQUEUE,
        "user": _ENQUEUE,
        "buyer": _ENQUEUE,
        "operator": _ENQUEUE,
        "tenant": Access(
            'SELECT (id, tenant_id, state, "to", subject, attempts, error, created_at, sent_at), INSERT,'
            " UPDATE (state, attempts, next_attempt_at)",
            TENANT_ROWS,
        ),
        "worker": Access("SELECT, UPDATE, DELETE", ALL_ROWS),
    }

    class Meta:
        verbose_name = "message"
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="mail_due", condition=models.Q(state__in=["waiting", "sending"])
            )
        ]

    def __str__(self) -> str:
        return self.subject


class LocalMail(models.Model):
    """What `make run` shows instead of sending (settings.LOCAL_MAILBOX). Empty in production."""

    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    received_at = models.DateTimeField(auto_now_add=True)

    access: ClassVar[dict[str, Access]] = {
        "none": Access("SELECT", ALL_ROWS),
        "worker": Access("SELECT, INSERT", ALL_ROWS),
    }

    class Meta:
        verbose_name = "message local"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.subject
