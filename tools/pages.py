"""The main pages, who sees each one and how to get there: for the screenshots and for the tests in a browser."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin

from playwright.sync_api import Page as Tab

ROW = "main .row-main"


@dataclass(frozen=True)
class Shown:
    """`steps`: selectors of links, each followed in turn from `path`. `who`: a key of the accounts, or nobody."""

    name: str
    label: str
    path: str
    steps: tuple[str, ...] = ()
    who: str = "facilitator"

    def visit(self, tab: Tab, address: str) -> bool:
        """Opens the page; False when a link on the way is missing, as on a list without rows."""
        tab.goto(urljoin(address, self.path))
        for step in self.steps:
            link = tab.locator(step).first
            if not link.count():
                return False
            tab.goto(urljoin(tab.url, str(link.get_attribute("href"))))
        return True


LATE = "/marches/?status=en_retard&period=en_cours"

PAGES = (
    Shown("connexion", "Connexion", "/connexion/", who=""),
    Shown("mot-de-passe", "Mot de passe oublié", "/mot-de-passe/oublie/", who=""),
    Shown("introuvable", "Page introuvable", "/nulle-part/", who=""),
    Shown("accessibilite", "Accessibilité", "/accessibilite/", who=""),
    Shown("accueil", "Accueil", "/accueil/"),
    Shown("lots-du-mois", "Lots du mois", "/accueil/", (".stats a",)),
    Shown("chiffres", "Chiffres", "/chiffres/"),
    Shown("recherche", "Recherche", "/recherche/?q=mar"),
    Shown("heures", "Saisie des heures", "/heures/"),
    Shown("heures-annee", "Douze mois d'un lot", LATE, (ROW, ROW, ".tabs a[href$='/heures/']")),
    Shown("marches", "Marchés", "/marches/"),
    Shown("marche", "Marché", LATE, (ROW,)),
    Shown("marche-nouveau", "Nouveau marché", "/marches/nouveau/"),
    Shown("marche-obligations", "Obligations et avenants", LATE, (ROW, ".tabs a[href$='/obligations/']")),
    Shown("avenant", "Nouvel avenant", LATE, (ROW, ".tabs a[href$='/obligations/']", ".page-actions a")),
    Shown("lots", "Lots", "/marches/lots/"),
    Shown("lot", "Lot", LATE, (ROW, ROW)),
    Shown("lot-avancement", "Avancement d'un lot", "/accueil/", (ROW,)),
    Shown("operations", "Opérations", "/marches/operations/"),
    Shown("operation", "Opération", "/marches/operations/", (ROW,)),
    Shown("programmes", "Programmes", "/marches/programmes/"),
    Shown("programme", "Programme", "/marches/programmes/", (ROW,)),
    Shown("donneurs-d-ordre", "Donneurs d'ordre", "/marches/donneurs-d-ordre/"),
    Shown("donneur-d-ordre", "Donneur d'ordre", "/marches/donneurs-d-ordre/", (ROW,)),
    Shown("beneficiaires", "Bénéficiaires", "/beneficiaires/"),
    Shown("beneficiaire", "Bénéficiaire", "/beneficiaires/?en_contrat=oui", (ROW,)),
    Shown("beneficiaire-nouveau", "Nouveau bénéficiaire", "/beneficiaires/nouveau/"),
    Shown("contrat-nouveau", "Nouveau contrat de travail", "/beneficiaires/", (ROW, "a[href*='/contrats/nouveau/']")),
    Shown("contrats", "Contrats de travail", "/contrats/"),
    Shown("contrat", "Contrat de travail", "/contrats/", (ROW,)),
    Shown("entreprises", "Entreprises", "/entreprises/"),
    Shown("entreprise", "Entreprise", "/entreprises/", (ROW,)),
    Shown("bilans", "Bilans", "/bilans/"),
    Shown("bilan", "Bilan", "/bilans/", (ROW,)),
    Shown("bilan-nouveau", "Nouveau bilan", "/bilans/nouveau/"),
    Shown("donnees", "Données", "/donnees/"),
    Shown("decp", "Reprise de marchés publiés", "/donnees/decp/"),
    Shown("decp-rapport", "Rapport d'import", "/donnees/decp/", (ROW,)),
    Shown("structure", "Structure", "/structure/", who="administrator"),
    Shown("membres", "Membres", "/structure/membres/", who="administrator"),
    Shown("liens", "Comptes liés", "/structure/liens/", who="administrator"),
    Shown("travaux", "Travaux", "/structure/travaux/", who="administrator"),
    Shown("courriels", "Courriels", "/structure/courriels/", who="administrator"),
    Shown("consultations", "Consultations", "/structure/consultations/", who="administrator"),
    Shown("compte", "Compte", "/compte/"),
    Shown("exploitation", "Exploitation", "/exploitation/", who="operator"),
    Shown("bailleur", "Tableau de bord du bailleur", "/bailleur/", who="buyer"),
    Shown("bailleur-marches", "Marchés du bailleur", "/bailleur/marches/", who="buyer"),
    Shown("bailleur-marche", "Marché du bailleur", "/bailleur/marches/", (ROW,), who="buyer"),
    Shown("bailleur-bilans", "Bilans du bailleur", "/bailleur/bilans/", who="buyer"),
    Shown("bailleur-compte", "Compte du bailleur", "/bailleur/compte/", who="buyer"),
    Shown("bailleur-structures", "Structures liées", "/bailleur/compte/structures/", who="buyer"),
)


def named(names: Iterable[str]) -> tuple[Shown, ...]:
    """The pages of these names, all of them when none is given."""
    wanted = set(names)
    unknown = wanted - {page.name for page in PAGES}
    if unknown:
        raise ValueError(f"pages inconnues : {', '.join(sorted(unknown))}")
    return tuple(page for page in PAGES if not wanted or page.name in wanted)
