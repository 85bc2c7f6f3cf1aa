"""The spreadsheet of a bilan: its figures and the lines behind them, with nothing on the person."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from beneficiaries.enums import EmploymentType, HourKind, HourStatus, Modality
from lib.tables import Column, Sheet, write_xlsx
from reporting.bilans.snapshot import as_of

_HOURS = "#,##0.00"


def write_annex(snapshot: Mapping[str, Any], lines: Iterable[Sequence[Any]], *, reference: str, sha256: str) -> bytes:
    """Sheets: Chiffres, Lots, Lignes. The same snapshot and lines give the same bytes."""
    file = BytesIO()
    stopped = as_of(snapshot)
    sheets = [_figures(snapshot, reference, sha256), _lots(snapshot["lots"]), _lines(lines)]
    write_xlsx(file, sheets, source_date=stopped)
    return file.getvalue()


def _figures(snapshot: Mapping[str, Any], reference: str, sha256: str) -> Sheet:
    indicators = snapshot["indicators"]
    rows: list[list[Any]] = [
        ["Structure", snapshot["structure"]],
        ["Porte sur", snapshot["subject"]["label"]],
        ["Période", f"{snapshot['period']['from']} à {snapshot['period']['to']}"],
        ["Données arrêtées au", as_of(snapshot)],
        ["Référence", reference],
        ["Empreinte des chiffres (SHA-256)", sha256],
        *([HOURS[name], Decimal(str(value))] for name, value in indicators["hours"].items()),
        *(
            [label, None if (value := read(indicators["rates"])) is None else Decimal(str(value))]
            for label, read in RATES
        ),
        *([COUNTS[name], value] for name, value in indicators["counts"].items()),
        [f"ETP (heures validées ÷ {indicators['etp']['divisor']} h)", Decimal(str(indicators["etp"]["value"]))],
    ]
    return Sheet("Chiffres", [Column("Chiffre", 60), Column("Valeur", 40)], rows)


HOURS = {
    "due": "Heures dues",
    "declared": "Heures déclarées sur la période",
    "validated": "Heures validées sur la période",
    "validated_to_date": "Heures validées depuis l'origine",
    "remaining": "Heures restant à réaliser",
    "validated_qpv": "Heures validées par des habitants de QPV sur la période",
    "training_validated": "Heures de formation validées sur la période",
}
RATES = [
    ("Taux de l'obligation", lambda rates: rates["obligation"]),
    ("Taux des opérations de travaux et d'ingénierie", lambda rates: rates["works"]["value"]),
    ("dont habitants de QPV", lambda rates: rates["works"]["qpv"]),
    ("Objectif travaux et ingénierie", lambda rates: rates["works"]["target"]),
    ("Taux de la gestion urbaine de proximité", lambda rates: rates["gup"]["value"]),
    ("dont habitants de QPV", lambda rates: rates["gup"]["qpv"]),
    ("Objectif gestion urbaine de proximité", lambda rates: rates["gup"]["target"]),
    ("Taux des lots, sur les heures estimées", lambda rates: rates["lots"]["value"]),
    ("dont habitants de QPV", lambda rates: rates["lots"]["qpv"]),
]
COUNTS = {
    "buyers": "Donneurs d'ordre",
    "operations": "Opérations",
    "contracts": "Marchés",
    "lots": "Lots",
    "holders": "Entreprises titulaires",
    "employers": "Employeurs",
    "siae": "dont SIAE",
    "employment_contracts": "Contrats de travail",
    "beneficiaries": "Bénéficiaires (personnes distinctes)",
    "new_beneficiaries": "dont entrés sur la période",
}


def _lots(lots: Iterable[Mapping[str, Any]]) -> Sheet:
    names = ("due", "declared", "validated", "validated_to_date", "remaining")
    columns = [
        Column("Marché", 20),
        Column("Objet", 50),
        Column("Lot", 8),
        Column("Intitulé", 40),
        Column("Donneur d'ordre", 30),
        Column("Opération", 30),
        Column("Titulaire", 30),
        Column("Début"),
        Column("Fin"),
        *(Column(HOURS[name], 16, _HOURS) for name in names),
    ]
    rows = (
        [
            *(
                lot[name]
                for name in ("contract_number", "contract_title", "number", "title", "buyer", "operation", "holder")
            ),
            date.fromisoformat(lot["starts_on"]),
            date.fromisoformat(lot["ends_on"]),
            *(Decimal(lot[name]) for name in names),
        ]
        for lot in lots
    )
    return Sheet("Lots", columns, rows)


def _lines(lines: Iterable[Sequence[Any]]) -> Sheet:
    titles = ("Marché", "Objet", "Lot", "Intitulé", "Mois", "Nature", "Modalité", "Type de contrat")
    columns = [*(Column(title, 24) for title in titles), Column("Heures", 12, _HOURS), Column("État", 12)]
    rows = (
        [
            contract, subject, lot, title, month, HourKind(kind).label, Modality(modality).label,
            EmploymentType(contract_type).label, hours, HourStatus(status).label,
        ]
        for contract, subject, lot, title, month, kind, modality, contract_type, hours, status in lines
    )  # fmt: skip
    return Sheet("Lignes", columns, rows)
