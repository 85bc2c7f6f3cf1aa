"""Kinds of companies, as exchange-format.md lists them."""

from django.db.models import TextChoices


class CompanyKind(TextChoices):
    COMPANY = "entreprise", "entreprise"
    EI = "ei", "entreprise d'insertion (EI)"
    ACI = "aci", "atelier et chantier d'insertion (ACI)"
    AI = "ai", "association intermédiaire (AI)"
    ETTI = "etti", "entreprise de travail temporaire d'insertion (ETTI)"
    EITI = "eiti", "entreprise d'insertion par le travail indépendant (EITI)"
    GEIQ = "geiq", "groupement d'employeurs (GEIQ)"
    EA = "ea", "entreprise adaptée (EA)"
    EATT = "eatt", "entreprise adaptée de travail temporaire (EATT)"
    ESAT = "esat", "établissement d'aide par le travail (ESAT)"
    REGIE = "regie_quartier", "régie de quartier"
    ETT = "ett", "entreprise de travail temporaire (ETT)"


# The SIAE of the indicators (exchange-format.md, « Counts »).
SIAE_KINDS = frozenset({CompanyKind.EI, CompanyKind.ACI, CompanyKind.AI, CompanyKind.ETTI, CompanyKind.EITI})
