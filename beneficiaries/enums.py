"""Choices about people and their work, as exchange-format.md lists them; the states of an hour line."""

from django.db.models import TextChoices


class Sex(TextChoices):
    F = "F", "femme"
    M = "M", "homme"


class EducationLevel(TextChoices):
    """The scale of 2019; the old Roman levels stand beside, as people still say them."""

    INFRA3 = "infra3", "infra 3 (VI, V bis)"
    LEVEL_3 = "3", "3 (V : CAP, BEP)"
    LEVEL_4 = "4", "4 (IV : bac)"
    LEVEL_5 = "5", "5 (III : bac + 2)"
    LEVEL_6 = "6", "6 (II : bac + 3, bac + 4)"
    LEVEL_7 = "7", "7 (I : bac + 5)"
    LEVEL_8 = "8", "8 (I : doctorat)"


class QpvGeneration(TextChoices):
    ZUS = "zus", "ZUS (1996)"
    QP2015 = "qp2015", "QPV 2015"
    QP2024 = "qp2024", "QPV 2024"


class Modality(TextChoices):
    DIRECT = "embauche_directe", "embauche directe"
    PLACEMENT = "mise_a_disposition", "mise à disposition"
    SUBCONTRACTING = "sous_traitance", "co- ou sous-traitance"


class EmploymentType(TextChoices):
    CDI = "cdi", "CDI"
    CDD = "cdd", "CDD"
    CDDI = "cddi", "CDD d'insertion"
    INTERIM = "interim", "intérim"
    CONTRAT_PRO = "contrat_pro", "contrat de professionnalisation"
    APPRENTISSAGE = "apprentissage", "apprentissage"
    AUTRE = "autre", "autre"


class HourKind(TextChoices):
    WORK = "travail", "travail"
    TRAINING = "formation", "formation"


class HourStatus(TextChoices):
    DECLARED = "declaree", "déclarée"
    CONTROLLED = "controlee", "contrôlée"
    VALIDATED = "validee", "validée"
    REFUSED = "refusee", "refusée"


# déclarée → contrôlée → validée | refusée; back to déclarée is a reopening, with a reason.
HOUR_TRANSITIONS: dict[str, frozenset[str]] = {
    HourStatus.DECLARED: frozenset({HourStatus.CONTROLLED, HourStatus.VALIDATED, HourStatus.REFUSED}),
    HourStatus.CONTROLLED: frozenset({HourStatus.DECLARED, HourStatus.VALIDATED, HourStatus.REFUSED}),
    HourStatus.VALIDATED: frozenset({HourStatus.DECLARED}),
    HourStatus.REFUSED: frozenset({HourStatus.DECLARED}),
}
# A line in one of these states may be typed over, and is then declared again; the others are reopened first.
EDITABLE_HOURS = frozenset({HourStatus.DECLARED, HourStatus.CONTROLLED})
NEEDS_REASON: frozenset[tuple[str, str]] = frozenset(
    {
        (HourStatus.DECLARED, HourStatus.REFUSED),
        (HourStatus.CONTROLLED, HourStatus.REFUSED),
        (HourStatus.VALIDATED, HourStatus.DECLARED),
        (HourStatus.REFUSED, HourStatus.DECLARED),
    }
)

HORS_QPV = "hors_qpv"
NON_CONNU = "non_connu"
