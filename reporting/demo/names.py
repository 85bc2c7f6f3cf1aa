"""Invented names and identifiers: plausible, and of nobody."""

from dataclasses import dataclass
from datetime import date
from random import Random

from stdnum import luhn

# Real ones, with their code in the lists of 2015 and 2024.
NEIGHBOURHOODS = (
    ("Empalot", "QP031010", "QN03109M"),
    ("Grand Mirail", "QP031007", "QN03107M"),
    ("Les Izards", "QP031011", "QN03110M"),
    ("Arènes", "QP031008", "QN03108M"),
    ("Pradettes", "QP031006", "QN03106I"),
    ("Soupetard", "QP031014", "QN03113M"),
    ("La Gloire", "QP031019", "QN03115I"),
    ("Cépière Beauregard", "QP031012", "QN03111I"),
    ("Vivier Maçon", "QP031017", "QN03114M"),
)
RESIDENCES = (
    "des Tilleuls", "du Vieux Moulin", "Les Amandiers", "du Lac", "Les Genêts", "Belle Fontaine", "du Château d'eau",
    "Les Violettes", "Clair Matin", "du Parc", "Les Cèdres", "des Lauriers", "La Prairie", "Les Platanes",
    "du Belvédère", "Les Mûriers", "des Capucines", "Val Fleuri", "Les Acacias", "du Pigeonnier",
)  # fmt: skip
SCHOOLS = (
    "Jean Tolsac", "Marie Roumégas", "des Coteaux", "Louise Fontgrande", "du Ruisseau", "Élise Castelviel",
    "des Marronniers", "Paul Varnhac",
)  # fmt: skip
PLACES = ("du Foirail", "des Tisserands", "du Marché neuf", "des Platanes", "de la Halle", "du Lavoir", "des Vignes")

HLM_BUYERS = (
    ("Toit Garonnais", "esh"),
    ("Habitat des Deux Rives", "oph"),
    ("Cité Claire Habitat", "esh"),
    ("Foyer du Lauragais", "coop"),
    ("Logis des Coteaux", "esh"),
    ("Office de l'habitat du Volvestre", "oph"),
    ("Demeures du Canal", "sem"),
    ("Brique et Toit", "esh"),
    ("Maison Commune Habitat", "coop"),
    ("Habitat de l'Hers", "oph"),
    ("Résidences du Midi toulousain", "esh"),
    ("L'Abri coopératif", "coop"),
    ("Logement du Comminges", "oph"),
    ("Pastel Habitat", "esh"),
    ("Nouveau Seuil", "esh"),
    ("Terre cuite Habitat", "sem"),
    ("Habitat et Voisinage", "coop"),
)
OTHER_BUYERS = (
    ("Ville de Montgaillac", "commune"),
    ("Ville de Castelrive", "commune"),
    ("Ville de Saint-Amans-sur-Garonne", "commune"),
    ("Ville de Villebrune", "commune"),
    ("Ville de Pechbelle", "commune"),
    ("Ville de Labastide-le-Clos", "commune"),
    ("Ville de Roquefontaine", "commune"),
    ("Ville de Mauvers-la-Plaine", "commune"),
    ("Communauté de communes des Terres d'Autan", "epci"),
    ("Agglomération des Trois Canaux", "epci"),
    ("Métropole des Deux Garonnes", "epci"),
    ("Département de la Garonne-Moyenne", "departement"),
    ("Région Midi-Pastel", "region"),
    ("Centre hospitalier des Coteaux", "etat"),
    ("Université du Pastel", "etat"),
    ("Direction interrégionale des bâtiments", "etat"),
    ("Aménagement de la Rive gauche", "sem"),
    ("Société d'équipement du Canal", "sem"),
    ("Transports de la Plaine", "autre"),
    ("Syndicat des eaux de l'Autan", "autre"),
    ("Service d'incendie des Terres d'Autan", "autre"),
)
# Bailleurs that the second structure follows; the first of them is followed by both.
SHARED_BUYER = HLM_BUYERS[0]
SECOND_HLM_BUYERS = (
    SHARED_BUYER,
    ("Habitat de la Rive droite", "oph"),
    ("Logis des Faubourgs", "esh"),
    ("Toits du Pastel", "coop"),
    ("Compagnie des Résidences d'Oc", "esh"),
)

COMPANY_STEMS = (
    "Varnhac", "Tolsac", "Delpuget", "Roumégas", "Castelviel", "Fontgrande", "Bourdelane", "Escaffit", "Marsalou",
    "Peyrebrune", "Cazalbère", "Lafontaube", "Rigaudel", "Montauzet", "Sabarthou", "Vidalenc-Prat", "Barthélac",
    "Couderquié", "Puechgarric", "Lavergnolle",
)  # fmt: skip
EMPLOYERS = (
    ("Tremplin des Deux Rives", "etti"),
    ("Passerelle Intérim d'insertion", "etti"),
    ("Relais Chantiers du Canal", "etti"),
    ("Autan Insertion Intérim", "etti"),
    ("Le Pont des métiers", "etti"),
    ("Chantiers du Lauragais", "aci"),
    ("Les Jardins du Ruisseau", "aci"),
    ("Atelier de la Brique", "aci"),
    ("Propre et Vert", "ei"),
    ("Bâti Solidaire des Coteaux", "ei"),
    ("Second œuvre et Cie", "ei"),
    ("Entraide Services de la Plaine", "ai"),
    ("Voisins de l'Hers", "ai"),
    ("GEIQ des métiers du bâtiment d'Autan", "geiq"),
    ("GEIQ Propreté des Coteaux", "geiq"),
    ("Régie de quartier du Belvédère", "regie_quartier"),
    ("Régie de quartier des Tisserands", "regie_quartier"),
    ("Intérim Bâtiment d'Autan", "ett"),
    ("Missions du Canal", "ett"),
    ("Atelier adapté du Lavoir", "ea"),
)
FIRST_NAMES_F = (
    "Amina", "Aïcha", "Alice", "Béatrice", "Camille", "Carole", "Céline", "Chloé", "Claire", "Dalila", "Delphine",
    "Élodie", "Émilie", "Fanta", "Farida", "Fatou", "Florence", "Hélène", "Inès", "Jeanne", "Julie", "Karima",
    "Laetitia", "Laura", "Leïla", "Léa", "Louise", "Lucie", "Maëlle", "Magali", "Malika", "Manon", "Marie", "Mélanie",
    "Mireille", "Myriam", "Nadia", "Nathalie", "Noémie", "Océane", "Olga", "Pauline", "Rachida", "Rokia", "Sabrina",
    "Samira", "Sandrine", "Sarah", "Sofia", "Solène", "Sonia", "Sophie", "Sylvie", "Tatiana", "Valérie", "Virginie",
    "Yasmine", "Zoé",
)  # fmt: skip
FIRST_NAMES_M = (
    "Abdel", "Adama", "Adrien", "Ahmed", "Alexandre", "Ali", "Amadou", "Anthony", "Antoine", "Arnaud", "Baptiste",
    "Bilal", "Boubacar", "Bruno", "Cédric", "Christophe", "Damien", "Daniel", "David", "Dylan", "Éric", "Fabien",
    "Farid", "Florian", "Franck", "Frédéric", "Guillaume", "Hakim", "Hugo", "Ibrahim", "Idriss", "Jérémy", "Jérôme",
    "Jordan", "Julien", "Karim", "Kévin", "Laurent", "Lucas", "Ludovic", "Malik", "Marc", "Mathieu", "Maxime", "Mehdi",
    "Mickaël", "Mohamed", "Moussa", "Nicolas", "Olivier", "Omar", "Pascal", "Pierre", "Quentin", "Rachid", "Romain",
    "Samuel", "Sébastien", "Souleymane", "Stéphane", "Thierry", "Thomas", "Vincent", "Xavier", "Yann", "Youssef",
)  # fmt: skip
LAST_NAMES = (
    "Abadou", "Alazarède", "Amrouni", "Arnalot", "Azémarc", "Bakayoré", "Balandrin", "Barreyrol", "Belkacimi",
    "Bénazetti", "Bernadouze", "Bonnafier", "Boucharel", "Bourniquet", "Cabarroux", "Calmettier", "Camaraté",
    "Capdevergne", "Cassagnol", "Caubérat", "Chabanole", "Cissokhan", "Clauzelin", "Combescot", "Coulibar",
    "Couzinhac", "Dardignac", "Dembelou", "Diallonké", "Diarrassou", "Dupuyrol", "Escoubat", "Esquirolle",
    "Fabrégat", "Farguettes", "Ferrandoux", "Fontaniol", "Fourcadet", "Gachassin", "Galinier-Roc", "Gasquetel",
    "Gazagnet", "Ghezalou", "Gomès-Ribas", "Gourdonnat", "Haddadi-Roux", "Hamdaniel", "Iglésiade", "Issaouni",
    "Jalabertin", "Jouanicot", "Kaddouri", "Kanoutier", "Keïtani", "Labatutte", "Lacassagnol", "Lafforguette",
    "Lakhdaroui", "Lapeyrade", "Larrouyet", "Lasserrade", "Latapiat", "Loubatièrenc", "Magnabalier", "Mahiedou",
    "Malaterrat", "Marcoulier", "Mazouzat", "Mélianet", "Merzougat", "Molinéral", "Montagnac-Rey", "Moulaïna",
    "Navarrol", "Ndiayou", "Nogarède", "Ouattarel", "Oustalier", "Pagésy", "Parayrol", "Pélissoux", "Peyronnac",
    "Pradelou", "Puylaurent", "Rabanier", "Ramondenc", "Ressegat", "Rivalsac", "Roquelaine", "Roumiguet", "Sahraouin",
    "Salvanhac", "Sanchérol", "Sangaret", "Sarradet", "Séguélas", "Serrano-Vic", "Sicardou", "Soulacroup", "Tabardel",
    "Taillefier", "Tarroux", "Teyssèdre-Prim", "Tolosane", "Touzanet", "Traorémi", "Vaissettes", "Valdeyrol",
    "Verdierou", "Vidallon", "Vignolat", "Yahiani-Bec", "Zaïdounet", "Zerrouqi",
)  # fmt: skip
CITIES = (("31100", "Toulouse"), ("31200", "Toulouse"), ("31300", "Toulouse"), ("31400", "Toulouse"),
          ("31500", "Toulouse"), ("31770", "Colomiers"), ("31700", "Blagnac"), ("31600", "Muret"),
          ("31170", "Tournefeuille"), ("31120", "Portet-sur-Garonne"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Identity:
    last_name: str
    first_name: str
    birth_date: date
    sex: str


def siret(rank: int) -> str:
    """A valid SIRET under a SIREN that begins with 0000, which INSEE gives to nobody."""
    siren = f"0000{rank:04}"
    siren += luhn.calc_check_digit(siren)
    nic = f"{siren}0001"
    return nic + luhn.calc_check_digit(nic)


def identities(random: Random, birth_dates: list[date]) -> list[Identity]:
    """One person per birth date; no two have the same names and date. Two of five are women."""
    seen: set[Identity] = set()
    people = []
    for birth_date in birth_dates:
        while True:
            sex = "F" if random.random() < 0.38 else "M"
            first_name = random.choice(FIRST_NAMES_F if sex == "F" else FIRST_NAMES_M)
            person = Identity(random.choice(LAST_NAMES), first_name, birth_date, sex)
            if person not in seen:
                break
        seen.add(person)
        people.append(person)
    return people
