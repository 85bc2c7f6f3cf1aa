"""States of a bilan and of a month, and what a bilan may be about."""

from django.db.models import TextChoices


class BilanState(TextChoices):
    DRAFT = "draft", "brouillon"
    SUBMITTED = "submitted", "transmis"
    RETURNED = "returned", "renvoyé"
    VALIDATED = "validated", "validé"
    ARCHIVED = "archived", "archivé"


BILAN_TRANSITIONS: dict[str, frozenset[str]] = {
    BilanState.DRAFT: frozenset({BilanState.SUBMITTED}),
    BilanState.SUBMITTED: frozenset({BilanState.RETURNED, BilanState.VALIDATED}),
    BilanState.RETURNED: frozenset({BilanState.SUBMITTED}),
    BilanState.VALIDATED: frozenset({BilanState.ARCHIVED}),
    BilanState.ARCHIVED: frozenset(),
}


class Collected(TextChoices):
    """What came in for lots in a month in which they ran, and owed hours: reporting/sql/home_month.sql."""

    VALIDATED = "valide", "validés"
    RECEIVED = "recu", "reçus, à valider"
    SILENT = "non_declare", "non déclarés"
    IDLE = "sans_personne", "sans personne au travail"


class ScopeKind(TextChoices):
    """What indicators and bilans bear on (exchange-format.md, « Indicators »)."""

    TENANT = "tenant", "structure"
    BUYER = "buyer", "donneur d'ordre"
    PROGRAMME = "programme", "programme"
    OPERATION = "operation", "opération"
    CONTRACT = "contract", "marché"
    LOT = "lot", "lot"
