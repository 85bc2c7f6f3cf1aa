"""Rows of the 2019 format for the DECP tests."""

import io
import json
from pathlib import Path
from typing import Any

from clauses.decp.notice import DecpFile, DecpNotice
from clauses.decp.reader import read_decp
from clauses.decp.rows import read_row

DATA = Path(__file__).parent.parent / "data" / "decp"
REAL_FILES = ("data.gouv.fr_pes.json.gz", "e-marchespublics.json.gz")


def row(**changes: Any) -> dict[str, Any]:
    """A sound row of the official example's shape; a change of None removes the field."""
    fields: dict[str, Any] = {
        "id": "2026000100",
        "acheteur": {"id": "21350238800019", "nom": "Ville de Rennes"},
        "nature": "Marché",
        "objet": "Entretien des jardins municipaux",
        "codeCPV": "77313000",
        "procedure": "Procédure adaptée",
        "lieuExecution": {"code": "35238", "typeCode": "Code commune", "nom": "Rennes"},
        "dureeMois": 24,
        "dateNotification": "2026-08-13",
        "datePublicationDonnees": "2026-08-19",
        "montant": 127000,
        "titulaires": [{"typeIdentifiant": "SIRET", "id": "81223113200026", "denominationSociale": "Garami SARL"}],
        "modifications": [],
    }
    fields.update(changes)
    return {name: value for name, value in fields.items() if value is not None}


def as_file(*rows: Any) -> io.BytesIO:
    return io.BytesIO(json.dumps({"marches": list(rows)}).encode())


def notice(index: int = 1, **changes: Any) -> DecpNotice:
    read = read_row(index, row(**changes))
    assert isinstance(read, DecpNotice), read
    return read


def real_file(name: str) -> DecpFile:
    with (DATA / name).open("rb") as file:
        return read_decp(file)
