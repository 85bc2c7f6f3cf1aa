"""What the indicators of a perimeter say in French, on screen and on paper: sentences, key figures, bar and rates."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lib.bar_text import bar_words
from lib.numbers import NNBSP, hours_fr, number_fr, percent_fr
from lib.progress_rules import ProgressFigures
from lib.svg import PRINT, WEB, Palette, obligation_bar

BASES = {
    "declared": "heures totales déclarées par les entreprises",
    "estimated": "heures totales estimées d'après la part de main-d'œuvre",
    "mixed": "heures totales déclarées pour certaines opérations, estimées pour d'autres",
    "none": "heures totales inconnues",
}


def live_figures(indicators: Mapping[str, Any]) -> dict[str, Any]:
    """The answer, the six figures and the rates, for a page: the same words as on paper."""
    return rates_figures(indicators["hours"], indicators["rates"]) | {
        "answer": answer(indicators),
        "figures": key_figures(indicators),
    }


def rates_figures(hours: Mapping[str, Any], rates: Mapping[str, Any]) -> dict[str, Any]:
    """The same without what is said of people."""
    return {
        "answer": _rates_answer(hours, rates),
        "figures": _rates_key_figures(hours, rates),
        "bar": due_bar(hours, palette=WEB),
        "rates": rate_rows(rates),
    }


def answer(indicators: Mapping[str, Any]) -> list[str]:
    """Page 2 answers in a few sentences before any table."""
    return [*_rates_answer(indicators["hours"], indicators["rates"]), *people_answer(indicators["counts"])]


def _rates_answer(hours: Mapping[str, Any], rates: Mapping[str, Any]) -> list[str]:
    operations = [
        _rate_sentence(rates[name], label)
        for name, label in (("works", "travaux et leur ingénierie"), ("gup", "gestion urbaine de proximité"))
        if rates[name]["value"] is not None
    ]
    return [*_hours_sentences(hours, rates), *operations]


def _hours_sentences(hours: Mapping[str, Any], rates: Mapping[str, Any]) -> list[str]:
    shown = {name: hours_fr(decimal_of(value)) for name, value in hours.items()}
    of_the_period = "Sur la période, aucune heure d'insertion n'a été validée."
    if decimal_of(hours["validated"]):
        of_the_period = (
            f"Sur la période, {shown['validated']} d'insertion ont été validées, dont {shown['validated_qpv']} par des "
            "habitants des quartiers prioritaires."
        )
    if not decimal_of(hours["due"]):
        return [of_the_period]
    since_the_start = f"Depuis l'origine, {shown['validated_to_date']} sont validées sur {shown['due']} dues"
    if not decimal_of(hours["remaining"]):
        return [of_the_period, f"{since_the_start}{NNBSP}: chaque lot a rempli son obligation."]
    rate = percent_fr(rate_of(rates["obligation"]))
    rest = f"il reste {shown['remaining']} à réaliser, lot par lot."
    return [of_the_period, f"{since_the_start}, soit {rate} de l'obligation{NNBSP}; {rest}"]


def people_answer(counts: Mapping[str, Any]) -> list[str]:
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
    target = f" pour {percent_fr(rate_of(rate['target']))} attendus" if rate["target"] is not None else ""
    return (
        f"Pour les opérations de {label}, {percent_fr(rate_of(rate['value']))} des heures travaillées sont des heures "
        f"d'insertion{target}, dont {percent_fr(rate_of(rate['qpv']))} par des habitants de QPV "
        f"({BASES[rate['base']]})."
    )


def key_figures(indicators: Mapping[str, Any]) -> list[dict[str, str]]:
    people = {
        "value": number_fr(Decimal(indicators["counts"]["beneficiaries"])),
        "label": "Bénéficiaires",
        "note": "personnes distinctes",
    }
    return [*_rates_key_figures(indicators["hours"], indicators["rates"]), people]


def _rates_key_figures(hours: Mapping[str, Any], rates: Mapping[str, Any]) -> list[dict[str, str]]:
    anru = rates["works"] if rates["works"]["value"] is not None else rates["gup"]
    target = f"objectif {percent_fr(rate_of(anru['target']))}" if anru["target"] is not None else "sans objectif commun"
    return [
        {
            "value": hours_fr(decimal_of(hours["due"])),
            "label": "Heures dues",
            "note": "obligations entières des lots de la période",
        },
        {
            "value": hours_fr(decimal_of(hours["validated"])),
            "label": "Heures validées sur la période",
            "note": f"{hours_fr(decimal_of(hours['declared']))} déclarées",
        },
        {
            "value": percent_fr(rate_of(rates["obligation"])),
            "label": "Part de l'obligation",
            "note": f"{hours_fr(decimal_of(hours['validated_to_date']))} validées depuis l'origine",
        },
        {
            "value": percent_fr(rate_of(anru["value"])),
            "label": "Part des heures travaillées des opérations",
            "note": target,
        },
        {
            "value": hours_fr(decimal_of(hours["validated_qpv"])),
            "label": "Heures d'habitants de QPV",
            "note": "sur la période",
        },
    ]


def due_bar(hours: Mapping[str, Any], palette: Palette = PRINT) -> dict[str, Any]:
    due, to_date = decimal_of(hours["due"]), decimal_of(hours["validated_to_date"])
    figures = ProgressFigures(due=due, validated=to_date, declared=to_date, remaining=decimal_of(hours["remaining"]))
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
        (
            "Gestion urbaine de proximité\u202f: heures d'insertion ÷ heures travaillées",
            *_operation_rate(rates["gup"]),
        ),
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
            "value": percent_fr(rate_of(value)),
            "qpv": "–" if label.startswith("Heures validées") else percent_fr(rate_of(qpv)),
            "target": "–" if target is None else percent_fr(rate_of(target)),
            "base": base,
        }
        for label, value, qpv, target, base in rows
    ]


def _operation_rate(rate: Mapping[str, Any]) -> tuple[Any, Any, Any, str]:
    return rate["value"], rate["qpv"], rate["target"], BASES[rate["base"]]


def _count(value: int, one: str, many: str) -> str:
    """« 1 marché », « 2 marchés », « 0 marché »."""
    return f"{number_fr(Decimal(value))} {one if value < 2 else many}"


def decimal_of(value: Any) -> Decimal:
    return Decimal(str(value))


def rate_of(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
