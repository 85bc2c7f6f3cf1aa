"""The pages of a bilan: a snapshot turned into French words, tables and charts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from beneficiaries.enums import EducationLevel, EmploymentType, Modality, Sex
from beneficiaries.reference import criterion_label
from clauses.enums import ObligationRule, OperationKind, ProgrammeKind
from clauses.reference import qpv_name
from contractors.enums import CompanyKind
from lib.dates import PARIS, date_fr, month_fr, parse_month, period_fr
from lib.numbers import hours_fr, number_fr, percent_fr
from lib.pdf import render_pdf
from lib.siret import siret_fr
from lib.svg_charts import MonthPoint, monthly_chart
from reporting.bilans.answer import answer, decimal_of, due_bar, key_figures, rate_of, rate_rows
from reporting.bilans.small_groups import SMALLEST_SHOWN, withheld
from reporting.bilans.snapshot import as_of
from reporting.enums import ScopeKind
from reporting.indicators.population import AGE_LABELS

TEMPLATE = "reporting/bilan_document.html"
MOST_ROWS = 300
STATIC_DIR = Path(settings.BASE_DIR) / "static"
STYLES = ("tokens.css", "pdf.css")
NOT_KNOWN = {"non_connu": "non connu", "hors_qpv": "hors quartier prioritaire"}
SECTIONS = {
    "contexte": "Contexte",
    "actions": "Actions et visites",
    "parcours": "Parcours",
    "perspectives": "Perspectives",
}


def render_html(
    snapshot: Mapping[str, Any],
    *,
    reference: str,
    sha256: str,
    comments: Mapping[str, str],
    preview_styles: Sequence[str] = (),
) -> str:
    """The whole document; its preview in a browser is this very text with the URLs of its stylesheets."""
    context = _context(snapshot, reference, sha256, comments) | {"preview_styles": preview_styles}
    return render_to_string(TEMPLATE, context)


def render_bilan_pdf(html: str, *, reference: str, data_as_of: datetime) -> bytes:
    """Raises lib.pdf.PdfError."""
    styles = [(STATIC_DIR / "css" / name).read_text() for name in STYLES]
    return render_pdf(html, stylesheets=styles, static_dirs=[STATIC_DIR], identifier=reference, created_at=data_as_of)


def _context(snapshot: Mapping[str, Any], reference: str, sha256: str, comments: Mapping[str, str]) -> dict[str, Any]:
    indicators = snapshot["indicators"]
    first, last = (parse_month(snapshot["period"][end]) for end in ("from", "to"))
    subject = snapshot["subject"]
    stopped = as_of(snapshot).astimezone(PARIS)
    return {
        "title": f"Bilan d'insertion · {subject['label']}",
        "kind": _kind(subject),
        "subject": subject,
        "scope_kind": ScopeKind(subject["kind"]).label,
        "programme_kind": subject["programme"] and ProgrammeKind(subject["programme"]["kind"]).label,
        "structure": snapshot["structure"],
        "period": period_fr(first, last),
        "data_as_of": f"{date_fr(stopped)} à {stopped:%H} h {stopped:%M}",
        "reference": reference,
        "sha256": sha256,
        "answer": answer(indicators),
        "figures": key_figures(indicators),
        "bar": due_bar(indicators["hours"]),
        "rates": rate_rows(indicators["rates"]),
        "contracts": _contracts(snapshot["lots"][:MOST_ROWS]),
        "lots_left": max(0, len(snapshot["lots"]) - MOST_ROWS),
        "hours": {name: hours_fr(decimal_of(value)) for name, value in indicators["hours"].items()},
        "obligation_rate": percent_fr(rate_of(indicators["rates"]["obligation"])),
        "holders": [_holder(row) for row in snapshot["holders"][:MOST_ROWS]],
        "employers": [_employer(row) for row in snapshot["employers"][:MOST_ROWS]],
        "counts": indicators["counts"],
        "profile": _profile(indicators["by"]),
        "smallest_shown": SMALLEST_SHOWN,
        "modalities": _modalities(indicators["by"]["modality"]),
        "contract_types": [_contract_type(row) for row in snapshot["contract_types"]],
        "chart": _chart(snapshot["months"]),
        "months": [_month(row) for row in snapshot["months"]],
        "etp": number_fr(decimal_of(indicators["etp"]["value"])),
        "etp_divisor": number_fr(Decimal(indicators["etp"]["divisor"])),
        "comments": [(SECTIONS[key], comments[key]) for key in SECTIONS if comments.get(key, "").strip()],
    }


def _kind(subject: Mapping[str, Any]) -> str:
    programme = subject["programme"]
    if programme and programme["kind"] != ProgrammeKind.HORS_ANRU:
        return "Bilan de mise en œuvre de la clause d'insertion, ANRU"
    return "Bilan de mise en œuvre des clauses sociales d'insertion"


def _contracts(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The lots under their marché, in the order of the snapshot: one title rather than one a lot."""
    return [
        {
            "number": number,
            "title": title,
            "buyer": buyer,
            "operation": operation,
            "operation_kind": kind and OperationKind(kind).label,
            "lots": [_lot(row) for row in lots],
        }
        for (number, title, buyer, operation, kind), lots in groupby(
            rows, key=itemgetter("contract_number", "contract_title", "buyer", "operation", "operation_kind")
        )
    ]


def _lot(row: Mapping[str, Any]) -> dict[str, Any]:
    due, to_date = decimal_of(row["due"]), decimal_of(row["validated_to_date"])
    return {
        **row,
        "due": hours_fr(due) if row["rule"] else "à calibrer",
        "exempt": row["rule"] == ObligationRule.NONE,
        "validated": hours_fr(decimal_of(row["validated"])),
        "validated_to_date": hours_fr(to_date),
        "remaining": hours_fr(decimal_of(row["remaining"])),
        "rate": percent_fr(Fraction(to_date) / Fraction(due) if due else None),
    }


def _holder(row: Mapping[str, Any]) -> dict[str, Any]:
    due, to_date = decimal_of(row["due"]), decimal_of(row["validated_to_date"])
    return {
        "name": row["name"],
        "siret": siret_fr(row["siret"]),
        "lots": row["lots"],
        "due": hours_fr(due),
        "validated": hours_fr(decimal_of(row["validated"])),
        "rate": percent_fr(Fraction(to_date) / Fraction(due) if due else None),
    }


def _employer(row: Mapping[str, Any]) -> dict[str, Any]:
    people = row["beneficiaries"]
    return {
        "name": row["name"],
        "kind": CompanyKind(row["kind"]).label,
        "employment_contracts": number_fr(Decimal(row["employment_contracts"])),
        "beneficiaries": number_fr(Decimal(people)) if people >= SMALLEST_SHOWN else f"moins de {SMALLEST_SHOWN}",
        "hours": hours_fr(decimal_of(row["hours"])),
    }


def _profile(by: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The tables about people; each says which groups are withheld."""
    tables: list[tuple[str, str, Callable[[str], str]]] = [
        ("sex", "Sexe", lambda key: Sex(key).label),
        ("age", "Âge à l'embauche", AGE_LABELS.__getitem__),
        ("education", "Niveau de formation", lambda key: EducationLevel(key).label),
        ("criterion", "Critère principal d'éligibilité", criterion_label),
        ("qpv", "Résidence", lambda key: f"{key} {qpv_name(key)}".strip()),
    ]
    return [{"title": title, "rows": _profile_rows(by[name], label)} for name, title, label in tables if by[name]]


def _profile_rows(groups: Mapping[str, Mapping[str, Any]], label: Callable[[str], str]) -> list[dict[str, str]]:
    hidden = withheld(groups)
    shown = sorted(
        (key for key in groups if key not in hidden), key=lambda key: (-decimal_of(groups[key]["hours"]), key)
    )
    rows = [
        {
            "label": NOT_KNOWN.get(key) or label(key),
            "beneficiaries": number_fr(Decimal(groups[key]["beneficiaries"])),
            "hours": hours_fr(decimal_of(groups[key]["hours"])),
        }
        for key in shown
    ]
    if hidden:
        names = ", ".join(sorted(NOT_KNOWN.get(key) or label(key) for key in hidden))
        rows.append(
            {"label": f"groupes trop petits pour être publiés ({names})", "beneficiaries": "n. p.", "hours": "n. p."}
        )
    return rows


def _modalities(groups: Mapping[str, Mapping[str, Any]]) -> list[dict[str, str]]:
    return [
        {
            "label": Modality(key).label,
            "employment_contracts": number_fr(Decimal(group["employment_contracts"])),
            "hours": hours_fr(decimal_of(group["hours"])),
        }
        for key, group in groups.items()
    ]


def _contract_type(row: Mapping[str, Any]) -> dict[str, str]:
    """Mean length of those that have an end, in months of 30.4375 days; « n. c. » when none has."""
    days = row["mean_days"]
    return {
        "label": EmploymentType(row["type"]).label,
        "employment_contracts": number_fr(Decimal(row["employment_contracts"])),
        "ended": number_fr(Decimal(row["ended"])),
        "mean": f"{number_fr(Decimal(days) / Decimal('30.4375'), 1)} mois" if days is not None else "n. c.",
    }


def _chart(months: Sequence[Mapping[str, Any]]) -> str:
    points = [
        MonthPoint(
            month=parse_month(row["month"]),
            validated=decimal_of(row["validated"]),
            declared=decimal_of(row["declared"]),
            cumulative=decimal_of(row["cumulative"]),
            expected=None,
        )
        for row in months
    ]
    return monthly_chart(points, uid="months", title="Heures d'insertion mois par mois et leur cumul sur la période")


def _month(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "month": month_fr(parse_month(row["month"])),
        **{name: hours_fr(decimal_of(row[name])) for name in ("validated", "declared", "cumulative")},
    }
