"""A DECP file taken into the open structure, and what came of it."""

from typing import Any

from clauses.decp.reader import read_decp
from clauses.models import Amendment, Buyer, DecpPublication, Lot, LotHolder, PublicContract
from clauses.services.decp import DecpReport, import_decp
from contractors.models import Company
from tests.clauses.decp_rows import as_file

SIRET = "81223113200026"
OTHER_SIRET = "35600000012305"
REF = "decp:21350238800019:2026000100"


def take(*rows: Any) -> DecpReport:
    return import_decp(read_decp(as_file(*rows)))


def holder(siret: str, name: str = "Garami SARL", id_type: str = "SIRET") -> dict[str, str]:
    return {"typeIdentifiant": id_type, "id": siret, "denominationSociale": name}


def modification(**changes: Any) -> dict[str, Any]:
    return {
        "objetModification": "Avenant n° 1",
        "dateNotificationModification": "2026-10-01",
        "montant": 130000,
        "dureeMois": 30,
        **changes,
    }


def texts(report: DecpReport) -> list[str]:
    return [note.text.replace("\u202f", " ") for note in report.warnings]


def everything() -> dict[str, list[Any]]:
    """Every row that an import may touch, but for what says when."""
    models = (Buyer, Company, PublicContract, Lot, LotHolder, Amendment, DecpPublication)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}
