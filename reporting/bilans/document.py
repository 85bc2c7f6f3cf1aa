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
from lib.bar_text import bar_words
from lib.dates import PARIS, date_fr, month_fr, parse_month, period_fr
from lib.numbers import NNBSP, hours_fr, number_fr, percent_fr
from lib.pdf import render_pdf
from lib.progress_rules import ProgressFigures
from lib.siret import siret_fr
from lib.svg import PRINT, WEB, Palette, obligation_bar
from lib.svg_charts import MonthPoint, monthly_chart
from reporting.bilans.small_groups import SMALLEST_SHOWN, withheld
from reporting.bilans.snapshot import as_of
from reporting.enums import ScopeKind

TEMPLATE = "reporting/bilan_document.html"
MOST_ROWS = 300
STATIC_DIR = Path(settings.BASE_DIR) / "static"
STYLES = ("tokens.css", "pdf.css")
NOT_KNOWN = {"non_connu": "non connu", "hors_qpv": "hors quartier prioritaire"}
BASES = {
    "declared": "heures totales déclarées par les entreprises",
    "estimated": "heures totales estimées d'après la part de main-d'œuvre",
    "mixed": "heures totales déclarées pour certaines opérations, estimées pour d'autres",
    "none": "heures totales inconnues",
}
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


def live_figures(indicators: Mapping[str, Any]) -> dict[str, Any]:
    """The answer, the six figures and the rates, for a page: the same words as on paper."""
    return {
        "answer": _answer(indicators),
        "figures": _figures(indicators),
        "bar": _bar(indicators["hours"], palette=WEB),
        "rates": rate_rows(indicators["rates"]),
    }


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
        "answer": _answer(indicators),
        "figures": _figures(indicators),
        "bar": _bar(indicators["hours"]),
        "rates": rate_rows(indicators["rates"]),
        "contracts": _contracts(snapshot["lots"][:MOST_ROWS]),
        "lots_left": max(0, len(snapshot["lots"]) - MOST_ROWS),
        "hours": {name: hours_fr(_decimal(value)) for name, value in indicators["hours"].items()},
        "obligation_rate": percent_fr(_rate(indicators["rates"]["obligation"])),
        "holders": [_holder(row) for row in snapshot["holders"][:MOST_ROWS]],
        "employers": [_employer(row) for row in snapshot["employers"][:MOST_ROWS]],
        "counts": indicators["counts"],
        "profile": _profile(indicators["by"]),
        "smallest_shown": SMALLEST_SHOWN,
        "modalities": _modalities(indicators["by"]["modality"]),
        "contract_types": [_contract_type(row) for row in snapshot["contract_types"]],
        "chart": _chart(snapshot["months"]),
        "months": [_month(row) for row in snapshot["months"]],
        "etp": number_fr(_decimal(indicators["etp"]["value"])),
        "etp_divisor": number_fr(Decimal(indicators["etp"]["divisor"])),
        "comments": [(SECTIONS[key], comments[key]) for key in SECTIONS if comments.get(key, "").strip()],
    }


def _kind(subject: Mapping[str, Any]) -> str:
    programme = subject["programme"]
    if programme and programme["kind"] != ProgrammeKind.HORS_ANRU:
        return "Bilan de mise en œuvre de la clause d'insertion, ANRU"
    return "Bilan de mise en œuvre des clauses sociales d'insertion"


def _answer(indicators: Mapping[str, Any]) -> list[str]:
    """Page 2 answers in a few sentences before any table."""
    rates = indicators["rates"]
    operations = [
        _rate_sentence(rates[name], label)
        for name, label in (("works", "travaux et leur ingénierie"), ("gup", "gestion urbaine de proximité"))
        if rates[name]["value"] is not None
    ]
    return [*_hours_sentences(indicators["hours"], rates), *operations, *_counts_sentences(indicators["counts"])]


def _hours_sentences(hours: Mapping[str, Any], rates: Mapping[str, Any]) -> list[str]:
    shown = {name: hours_fr(_decimal(value)) for name, value in hours.items()}
    of_the_period = "Sur la période, aucune heure d'insertion n'a été validée."
    if _decimal(hours["validated"]):
        of_the_period = (
            f"Sur la période, {shown['validated']} d'insertion ont été validées, dont {shown['validated_qpv']} par des "
            "habitants des quartiers prioritaires."
        )
    if not _decimal(hours["due"]):
        return [of_the_period]
    since_the_start = f"Depuis l'origine, {shown['validated_to_date']} sont validées sur {shown['due']} dues"
    if not _decimal(hours["remaining"]):
        return [of_the_period, f"{since_the_start}{NNBSP}: chaque lot a rempli son obligation."]
    rate = percent_fr(_rate(rates["obligation"]))
    rest = f"il reste {shown['remaining']} à réaliser, lot par lot."
    return [of_the_period, f"{since_the_start}, soit {rate} de l'obligation{NNBSP}; {rest}"]


def _counts_sentences(counts: Mapping[str, Any]) -> list[str]:
    if not counts["beneficiaries"]:
        return []
    people = _count(counts["beneficiaries"], "personne a travaillé", "personnes ont travaillé")
    newcomers = _count(counts["new_beneficiaries"], "nouvelle", "nouvelles")
    work = _count(counts["employment_contracts"], "contrat de travail", "contrats de travail")
    employers = _count(counts["employers"], "employeur", "employeurs")
    marches = _count(counts["contracts"], "marché", "marchés")
    lots = _count(counts["lots"], "lot", "lots")
    holders = _count(counts["holders"], "entreprise titulaire", "entreprises titulaires")
    siae = number_fr(Decimal(counts["siae"]))
    return [
        f"{people} sur ces marchés, chacune comptée une fois, dont {newcomers} sur la période.",
        f"Ces heures viennent de {work} chez {employers}, dont {siae} SIAE, sur {marches}, {lots} et {holders}.",
    ]


def _rate_sentence(rate: Mapping[str, Any], label: str) -> str:
    target = f" pour {percent_fr(_rate(rate['target']))} attendus" if rate["target"] is not None else ""
    return (
        f"Pour les opérations de {label}, {percent_fr(_rate(rate['value']))} des heures travaillées sont des heures "
        f"d'insertion{target}, dont {percent_fr(_rate(rate['qpv']))} par des habitants de QPV ({BASES[rate['base']]})."
    )


def _figures(indicators: Mapping[str, Any]) -> list[dict[str, str]]:
    hours, counts, rates = indicators["hours"], indicators["counts"], indicators["rates"]
    anru = rates["works"] if rates["works"]["value"] is not None else rates["gup"]
    target = f"objectif {percent_fr(_rate(anru['target']))}" if anru["target"] is not None else "sans objectif commun"
    return [
        {
            "value": hours_fr(_decimal(hours["due"])),
            "label": "Heures dues",
            "note": "obligations entières des lots de la période",
        },
        {
            "value": hours_fr(_decimal(hours["validated"])),
            "label": "Heures validées sur la période",
            "note": f"{hours_fr(_decimal(hours['declared']))} déclarées",
        },
        {
            "value": percent_fr(_rate(rates["obligation"])),
            "label": "Part de l'obligation",
            "note": f"{hours_fr(_decimal(hours['validated_to_date']))} validées depuis l'origine",
        },
        {
            "value": percent_fr(_rate(anru["value"])),
            "label": "Part des heures travaillées des opérations",
            "note": target,
        },
        {
            "value": hours_fr(_decimal(hours["validated_qpv"])),
            "label": "Heures d'habitants de QPV",
            "note": "sur la période",
        },
        {
            "value": number_fr(Decimal(counts["beneficiaries"])),
            "label": "Bénéficiaires",
            "note": "personnes distinctes",
        },
    ]


def _bar(hours: Mapping[str, Any], palette: Palette = PRINT) -> dict[str, Any]:
    due, to_date = _decimal(hours["due"]), _decimal(hours["validated_to_date"])
    figures = ProgressFigures(due=due, validated=to_date, declared=to_date, remaining=_decimal(hours["remaining"]))
    return {
        "svg": obligation_bar(due, to_date, to_date, None, uid="bilan", palette=palette),
        "text": bar_words(figures),
    }


def rate_rows(rates: Mapping[str, Any]) -> list[dict[str, str]]:
    """The rates, each with its label, its QPV part, its target and its base. `rates`: as in the exchange format."""
    rows = [
        (
            "Heures validées ÷ heures dues des lots",
            rates["obligation"],
            None,
            None,
            "obligations des lots, depuis l'origine",
        ),
        ("Travaux et ingénierie\u202f: heures d'insertion ÷ heures travaillées", *_operation_rate(rates["works"])),
        ("Gestion urbaine de proximité\u202f: heures d'insertion ÷ heures travaillées", *_operation_rate(rates["gup"])),
        (
            "Lots de ce bilan\u202f: heures d'insertion ÷ heures estimées par la part de main-d'œuvre",
            rates["lots"]["value"],
            rates["lots"]["qpv"],
            None,
            "lots dont le montant, la part et le coût horaire sont connus",
        ),
    ]
    return [
        {
            "label": label,
            "value": percent_fr(_rate(value)),
            "qpv": "–" if label.startswith("Heures validées") else percent_fr(_rate(qpv)),
            "target": "–" if target is None else percent_fr(_rate(target)),
            "base": base,
        }
        for label, value, qpv, target, base in rows
    ]


def _operation_rate(rate: Mapping[str, Any]) -> tuple[Any, Any, Any, str]:
    return rate["value"], rate["qpv"], rate["target"], BASES[rate["base"]]


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
    due, to_date = _decimal(row["due"]), _decimal(row["validated_to_date"])
    return {
        **row,
        "due": hours_fr(due) if row["rule"] else "à calibrer",
        "exempt": row["rule"] == ObligationRule.NONE,
        "validated": hours_fr(_decimal(row["validated"])),
        "validated_to_date": hours_fr(to_date),
        "remaining": hours_fr(_decimal(row["remaining"])),
        "rate": percent_fr(Fraction(to_date) / Fraction(due) if due else None),
    }


def _holder(row: Mapping[str, Any]) -> dict[str, Any]:
    due, to_date = _decimal(row["due"]), _decimal(row["validated_to_date"])
    return {
        "name": row["name"],
        "siret": siret_fr(row["siret"]),
        "lots": row["lots"],
        "due": hours_fr(due),
        "validated": hours_fr(_decimal(row["validated"])),
        "rate": percent_fr(Fraction(to_date) / Fraction(due) if due else None),
    }


def _employer(row: Mapping[str, Any]) -> dict[str, Any]:
    people = row["beneficiaries"]
    return {
        "name": row["name"],
        "kind": CompanyKind(row["kind"]).label,
        "employment_contracts": number_fr(Decimal(row["employment_contracts"])),
        "beneficiaries": number_fr(Decimal(people)) if people >= SMALLEST_SHOWN else f"moins de {SMALLEST_SHOWN}",
        "hours": hours_fr(_decimal(row["hours"])),
    }


def _profile(by: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The tables about people; each says which groups are withheld."""
    tables: list[tuple[str, str, Callable[[str], str]]] = [
        ("sex", "Sexe", lambda key: Sex(key).label),
        ("age", "Âge à l'embauche", lambda key: f"{key} ans"),
        ("education", "Niveau de formation", lambda key: EducationLevel(key).label),
        ("criterion", "Critère principal d'éligibilité", criterion_label),
        ("qpv", "Résidence", lambda key: f"{key} {qpv_name(key)}".strip()),
    ]
    return [{"title": title, "rows": _profile_rows(by[name], label)} for name, title, label in tables if by[name]]


def _profile_rows(groups: Mapping[str, Mapping[str, Any]], label: Callable[[str], str]) -> list[dict[str, str]]:
    hidden = withheld(groups)
    shown = sorted((key for key in groups if key not in hidden), key=lambda key: (-_decimal(groups[key]["hours"]), key))
    rows = [
        {
            "label": NOT_KNOWN.get(key) or label(key),
            "beneficiaries": number_fr(Decimal(groups[key]["beneficiaries"])),
            "hours": hours_fr(_decimal(groups[key]["hours"])),
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
            "hours": hours_fr(_decimal(group["hours"])),
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
            validated=_decimal(row["validated"]),
            declared=_decimal(row["declared"]),
            cumulative=_decimal(row["cumulative"]),
            expected=None,
        )
        for row in months
    ]
    return monthly_chart(points, uid="months", title="Heures d'insertion mois par mois et leur cumul sur la période")


def _month(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "month": month_fr(parse_month(row["month"])),
        **{name: hours_fr(_decimal(row[name])) for name in ("validated", "declared", "cumulative")},
    }


def _count(value: int, one: str, many: str) -> str:
    """« 1 marché », « 2 marchés », « 0 marché »."""
    return f"{number_fr(Decimal(value))} {one if value < 2 else many}"


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value))


def _rate(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
