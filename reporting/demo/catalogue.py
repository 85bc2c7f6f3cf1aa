"""Real marchés that the demonstration is made of, and what each trade needs."""

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "marches.csv"


@dataclass(frozen=True, slots=True)
class Trade:
    """`labour_share` of an amount, ROME code of the job, how a company of the trade is called."""

    key: str
    labour_share: Decimal
    rome_code: str
    company_names: tuple[str, ...]


TRADES = {
    trade.key: trade
    for trade in (
        Trade("peinture", Decimal("0.70"), "F1606", ("Peintures {}", "{} Décor")),
        Trade("sols", Decimal("0.50"), "F1609", ("Sols {}", "{} Revêtements")),
        Trade("platrerie", Decimal("0.60"), "F1604", ("Plâtrerie {}", "{} Cloisons")),
        Trade("menuiserie", Decimal("0.40"), "F1607", ("Menuiserie {}", "{} Bois")),
        Trade("metallerie", Decimal("0.40"), "H2911", ("Métallerie {}", "{} Serrurerie")),
        Trade("couverture", Decimal("0.45"), "F1610", ("Couverture {}", "{} Étanchéité")),
        Trade("charpente", Decimal("0.35"), "F1503", ("Charpentes {}", "{} Structures")),
        Trade("facade", Decimal("0.55"), "F1611", ("Façades {}", "{} Ravalement")),
        Trade("plomberie", Decimal("0.40"), "F1603", ("{} Thermique", "Plomberie {}")),
        Trade("electricite", Decimal("0.45"), "F1602", ("{} Électricité", "Électricité {}")),
        Trade("demolition", Decimal("0.55"), "F1704", ("{} Déconstruction", "Démolition {}")),
        Trade("gros_oeuvre", Decimal("0.50"), "F1703", ("Bâtiment {}", "Maçonnerie {}")),
        Trade("vrd", Decimal("0.40"), "F1702", ("Travaux publics {}", "{} Voirie")),
        Trade("espaces_verts", Decimal("0.65"), "A1203", ("Jardins {}", "{} Paysage")),
        Trade("nettoyage", Decimal("0.80"), "K2204", ("{} Propreté", "Netteté {}")),
        Trade("dechets", Decimal("0.50"), "K2303", ("{} Collecte", "Recyclage {}")),
        Trade("maintenance", Decimal("0.60"), "I1203", ("{} Maintenance", "Services {}")),
        Trade("etudes", Decimal("0.70"), "F1106", ("Atelier {}", "{} Ingénierie")),
    )
}

# First word found in the lot's title, then the CPV, in this order.
_WORDS = (
    ("nettoyage", "nettoyage"),
    ("propret", "nettoyage"),
    ("peinture", "peinture"),
    ("plâtr", "platrerie"),
    ("cloison", "platrerie"),
    ("plafond", "platrerie"),
    ("isolation", "facade"),
    ("façade", "facade"),
    ("menuiserie", "menuiserie"),
    ("vitrerie", "menuiserie"),
    ("métallerie", "metallerie"),
    ("serrurerie", "metallerie"),
    ("ferronnerie", "metallerie"),
    ("clôture", "metallerie"),
    ("couverture", "couverture"),
    ("étanchéité", "couverture"),
    ("charpente", "charpente"),
    ("plomberie", "plomberie"),
    ("chauffage", "plomberie"),
    ("électricité", "electricite"),
    ("courants", "electricite"),
    ("ascenseur", "electricite"),
    ("carrelage", "sols"),
    ("sols", "sols"),
    ("revêtement", "sols"),
    ("démolition", "demolition"),
    ("déconstruction", "demolition"),
    ("désamiantage", "demolition"),
    ("gros œuvre", "gros_oeuvre"),
    ("maçonnerie", "gros_oeuvre"),
    ("vrd", "vrd"),
    ("voirie", "vrd"),
    ("espaces verts", "espaces_verts"),
    ("environnement", "espaces_verts"),
    ("aménagement", "vrd"),
)
_CPV = (
    ("4523", "vrd"),
    ("4511", "vrd"),
    ("4522", "gros_oeuvre"),
    ("4542", "menuiserie"),
    ("45", "gros_oeuvre"),
    ("71", "etudes"),
    ("77", "espaces_verts"),
    ("905", "dechets"),
    ("904", "maintenance"),
    ("909", "nettoyage"),
)


@dataclass(frozen=True, slots=True)
class ModelLot:
    title: str
    cpv: str
    amount_ht: Decimal
    months: int
    notified_on: date
    trade: Trade


@dataclass(frozen=True, slots=True)
class Family:
    """One real marché with its lots. `buyers`: hlm, collectivite or tous."""

    key: str
    title: str
    operation_kind: str
    buyers: str
    lots: tuple[ModelLot, ...]

    @property
    def nature(self) -> str:
        if self.operation_kind == "ingenierie":
            return "prestations_intellectuelles"
        return "travaux" if self.lots[0].cpv.startswith("45") else "services"


@dataclass(frozen=True, slots=True)
class _Row:
    family: str
    title: str
    operation_kind: str
    buyers: str
    lot: ModelLot


@cache
def families() -> tuple[Family, ...]:
    with _DATA.open(encoding="utf-8", newline="") as file:
        rows = [_row(fields) for fields in csv.DictReader(file)]
    found = []
    for key, group in groupby(rows, attrgetter("family")):
        lots = list(group)
        found.append(Family(key, lots[0].title, lots[0].operation_kind, lots[0].buyers, tuple(row.lot for row in lots)))
    return tuple(found)


def _row(fields: dict[str, str]) -> _Row:
    lot = ModelLot(
        title=fields["lot_title"],
        cpv=fields["cpv"],
        amount_ht=Decimal(fields["amount_ht"]),
        months=int(fields["months"]),
        notified_on=date.fromisoformat(fields["notified_on"]),
        trade=TRADES[_trade_key(fields["lot_title"], fields["title"], fields["cpv"])],
    )
    return _Row(fields["family"], fields["title"], fields["operation_kind"], fields["buyers"], lot)


def _trade_key(lot_title: str, title: str, cpv: str) -> str:
    for text in (lot_title.casefold(), title.casefold()):
        for word, key in _WORDS:
            if word in text:
                return key
    return next((key for prefix, key in _CPV if cpv.startswith(prefix)), "maintenance")
