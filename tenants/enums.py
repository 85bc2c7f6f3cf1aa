"""Choices and transition tables of the organisation, without models."""

from django.db.models import TextChoices


class TenantRole(TextChoices):
    ADMINISTRATOR = "administrator", "administrateur·rice"
    FACILITATOR = "facilitator", "chargé·e de mission"
    READER = "reader", "lecteur·rice"


class BuyerRole(TextChoices):
    ADMINISTRATOR = "administrator", "administrateur·rice"
    VALIDATOR = "validator", "valideur·se"
    READER = "reader", "lecteur·rice"


class AreaKind(TextChoices):
    TENANT = "tenant", "structure"
    BUYER = "buyer", "donneur d'ordre"
    OPERATOR = "operator", "exploitation de la plateforme"


class JobState(TextChoices):
    QUEUED = "queued", "en attente"
    RUNNING = "running", "en cours"
    DONE = "done", "terminé"
    FAILED = "failed", "échec"


JOB_TRANSITIONS: dict[str, frozenset[str]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING}),
    JobState.RUNNING: frozenset({JobState.QUEUED, JobState.DONE, JobState.FAILED}),
    JobState.FAILED: frozenset({JobState.QUEUED}),
    JobState.DONE: frozenset(),
}


class MailState(TextChoices):
    WAITING = "waiting", "à envoyer"
    SENDING = "sending", "envoi en cours"
    SENT = "sent", "envoyé"
    UNCERTAIN = "uncertain", "envoi incertain"
    FAILED = "failed", "échec"


class LinkPurpose(TextChoices):
    TENANT_INVITATION = "tenant_invitation", "invitation dans une structure"
    BUYER_INVITATION = "buyer_invitation", "invitation chez un donneur d'ordre"


class AuditAction(TextChoices):
    INSERT = "I", "création"
    UPDATE = "U", "modification"
    DELETE = "D", "suppression"
