"""Choices of the clauses, as exchange-format.md lists them, and the states that progress gives to a lot."""

from django.db.models import TextChoices


class BuyerKind(TextChoices):
    OPH = "oph", "office public de l'habitat"
    ESH = "esh", "entreprise sociale pour l'habitat"
    COOP = "coop", "coopérative HLM"
    SEM = "sem", "société d'économie mixte"
    COMMUNE = "commune", "commune"
    EPCI = "epci", "intercommunalité"
    DEPARTEMENT = "departement", "département"
    REGION = "region", "région"
    ETAT = "etat", "État"
    AUTRE = "autre", "autre"


class ProgrammeKind(TextChoices):
    PNRU = "pnru", "PNRU"
    NPNRU = "npnru", "NPNRU"
    HORS_ANRU = "hors_anru", "hors ANRU"


class OperationKind(TextChoices):
    TRAVAUX = "travaux", "travaux"
    INGENIERIE = "ingenierie", "ingénierie"
    GUP = "gup", "gestion urbaine de proximité"
    RELOGEMENT = "relogement", "relogement"
    AUTRE = "autre", "autre"


class ContractNature(TextChoices):
    TRAVAUX = "travaux", "travaux"
    SERVICES = "services", "services"
    FOURNITURES = "fournitures", "fournitures"
    PI = "prestations_intellectuelles", "prestations intellectuelles"


class Mechanism(TextChoices):
    EXECUTION = "execution", "condition d'exécution (L2112-2)"
    EXECUTION_CRITERE = "execution_critere", "condition d'exécution et critère (R2152-7)"
    INSERTION = "insertion", "service d'insertion (R2123-1)"
    RESERVE_EA_ESAT = "reserve_ea_esat", "réservé EA et ESAT (L2113-12)"
    RESERVE_SIAE = "reserve_siae", "réservé SIAE (L2113-13)"
    RESERVE_MIXTE = "reserve_mixte", "réservé EA, ESAT et SIAE (L2113-14)"
    RESERVE_ESS = "reserve_ess", "réservé ESS (L2113-15)"


class HolderRole(TextChoices):
    TITULAIRE = "titulaire", "titulaire"
    MANDATAIRE = "mandataire", "mandataire"
    COTRAITANT = "cotraitant", "cotraitant"
    SOUS_TRAITANT = "sous_traitant", "sous-traitant"


# The one who answers for a lot, alone or before the others: it has one at most.
LEAD_ROLES = (HolderRole.TITULAIRE, HolderRole.MANDATAIRE)


class ObligationRule(TextChoices):
    FIXED = "fixed", "heures fixées au marché"
    SHARE_OF_LABOUR = "share_of_labour", "part de la main-d'œuvre"
    NONE = "none", "sans obligation"


class LotStatus(TextChoices):
    A_CALIBRER = "a_calibrer", "à calibrer"
    SANS_OBLIGATION = "sans_obligation", "sans obligation"
    ATTEINT = "atteint", "atteint"
    A_VENIR = "a_venir", "à venir"
    NON_ATTEINT = "non_atteint", "non atteint"
    COMPROMIS = "compromis", "compromis"
    EN_AVANCE = "en_avance", "en avance"
    A_SURVEILLER = "a_surveiller", "à surveiller"
    EN_RETARD = "en_retard", "en retard"


# Most urgent first: LotProgress.severity is the rank in this list, from 1 (reporting/sql/recompute_progress.sql).
BY_SEVERITY = (
    LotStatus.COMPROMIS,
    LotStatus.EN_RETARD,
    LotStatus.A_SURVEILLER,
    LotStatus.NON_ATTEINT,
    LotStatus.A_CALIBRER,
    LotStatus.EN_AVANCE,
    LotStatus.A_VENIR,
    LotStatus.ATTEINT,
    LotStatus.SANS_OBLIGATION,
)


class LinkState(TextChoices):
    PROPOSED = "proposed", "proposé"
    ACCEPTED = "accepted", "accepté"
    ENDED = "ended", "terminé"


LINK_TRANSITIONS: dict[str, frozenset[str]] = {
    LinkState.PROPOSED: frozenset({LinkState.ACCEPTED, LinkState.ENDED}),
    LinkState.ACCEPTED: frozenset({LinkState.ENDED}),
    LinkState.ENDED: frozenset(),
}
