"""Portfolio folders for tests: a small sound one, to be spoilt one cell at a time."""

import csv
from pathlib import Path

from beneficiaries.portfolio.columns import FILES

Rows = dict[str, list[dict[str, str]]]
COLUMNS = {file.name: file.column_names for file in FILES}


def sound_rows() -> Rows:
    """One buyer, one marché of two lots, a named and an anonymised person, five lines of hours."""
    return {
        "buyers": [{"buyer_ref": "B1", "name": "Office public de l'habitat", "siret": "", "kind": "oph"}],
        "programmes": [{"programme_ref": "P1", "name": "Convention", "kind": "npnru", "starts_on": "", "ends_on": ""}],
        "companies": [
            {"company_ref": "C1", "name": "Bâtisseurs réunis", "siret": "73282932000074", "kind": "entreprise"},
            {"company_ref": "C2", "name": "Chantier école", "siret": "", "kind": "aci"},
        ],
        "operations": [
            {
                "operation_ref": "O1",
                "buyer_ref": "B1",
                "programme_ref": "P1",
                "name": "Réhabilitation",
                "kind": "travaux",
                "qpv_code": "",
                "total_hours_worked": "",
            }
        ],
        "contracts": [
            {
                "contract_ref": "M1",
                "buyer_ref": "B1",
                "operation_ref": "O1",
                "title": "Travaux de réhabilitation",
                "nature": "travaux",
                "mechanism": "execution",
                "notified_on": "",
                "starts_on": "2024-01-15",
                "ends_on": "2024-12-20",
                "amount_ht": "1000000",
            }
        ],
        "lots": [lot("L1"), lot("L2", number="2", rule="fixed", fixed_hours="300")],
        "beneficiaries": [
            {
                "beneficiary_ref": "D1",
                "last_name": "Exemple",
                "first_name": "Ana",
                "birth_date": "1990-05-04",
                "person_key": "",
                "sex": "F",
                "education_level": "3",
                "criteria": "drsa; qpv",
                "qpv_code": "QN03101A",
                "qpv_generation": "qp2024",
            },
            {
                "beneficiary_ref": "D2",
                "last_name": "",
                "first_name": "",
                "birth_date": "",
                "person_key": "cle-2",
                "sex": "M",
                "education_level": "",
                "criteria": "",
                "qpv_code": "",
                "qpv_generation": "",
            },
        ],
        "employment_contracts": [
            employment("E1"),
            employment("E2", beneficiary_ref="D2", age_at_hire="52", modality="mise_a_disposition", type="interim"),
        ],
        "hours": [
            hours("E1", "L1", "2024-03", "100.50"),
            hours("E1", "L1", "2024-03", "7", kind="formation"),
            hours("E1", "L2", "2024-04", "80", status="declaree"),
            hours("E2", "L2", "2024-04", "12.25", status="refusee"),
            hours("E2", "L2", "2024-05", "151.67"),
        ],
    }


def lot(ref: str, **cells: str) -> dict[str, str]:
    row = {
        "lot_ref": ref,
        "contract_ref": "M1",
        "number": "1",
        "title": "Gros œuvre",
        "amount_ht": "600000",
        "holder_ref": "C1",
        "rule": "share_of_labour",
        "fixed_hours": "",
        "labour_share": "0.5",
        "hourly_cost": "30",
        "rate": "0.05",
        "offered_hours": "",
        "exempt_reason": "",
        "starts_on": "",
        "ends_on": "",
    }
    if cells.get("rule") == "fixed":
        row["rate"] = ""
    elif cells.get("rule") == "none":
        row |= {"labour_share": "", "hourly_cost": "", "rate": "", "exempt_reason": "Hors cible"}
    return row | cells


def employment(ref: str, **cells: str) -> dict[str, str]:
    return {
        "employment_ref": ref,
        "beneficiary_ref": "D1",
        "employer_ref": "C2",
        "user_company_ref": "C1",
        "modality": "embauche_directe",
        "type": "cdd",
        "starts_on": "2024-02-01",
        "ends_on": "",
        "age_at_hire": "",
        "education_level": "",
        "criteria": "",
        "qpv_code": "",
        "qpv_generation": "",
    } | cells


def hours(employment_ref: str, lot_ref: str, month: str, worked: str, **cells: str) -> dict[str, str]:
    return {
        "employment_ref": employment_ref,
        "lot_ref": lot_ref,
        "month": month,
        "kind": "travail",
        "hours": worked,
        "status": "validee",
    } | cells


def write_folder(folder: Path, rows: Rows) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, records in rows.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(records[0]) if records else COLUMNS[name])
            writer.writeheader()
            writer.writerows(records)
    return folder
