"""The indicators as docs/exchange-format.md writes them: hours with two decimals, rates with six, half up."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lib.dates import month_key
from lib.numbers import Number, round_half_up
from reporting.indicators.figures import HoursFigures, OperationsRate, Rate, Rates
from reporting.indicators.population import Breakdowns, Counts, Group

VERSION = 1
_WITH_CONTRACTS = ("modality", "contract_type")


@dataclass(frozen=True, slots=True)
class Indicators:
    """Figures of a perimeter over whole months, unrounded. `etp_divisor`: hours of a full-time year."""

    tenant: str
    first: date
    last: date
    kind: str
    ref: str | None
    hours: HoursFigures
    rates: Rates
    counts: Counts
    etp_divisor: int
    by: Breakdowns

    @property
    def etp(self) -> Fraction:
        return Fraction(self.hours.validated) / self.etp_divisor


def as_document(indicators: Indicators) -> dict[str, Any]:
    return {
        "version": VERSION,
        "tenant": indicators.tenant,
        "period": {"from": month_key(indicators.first), "to": month_key(indicators.last)},
        "scope": {"kind": indicators.kind, "ref": indicators.ref},
        "hours": hours_document(indicators.hours),
        "rates": rates_document(indicators.rates),
        "counts": asdict(indicators.counts),
        "etp": {"value": _hours(indicators.etp), "divisor": indicators.etp_divisor},
        "by": breakdowns_document(indicators.by),
    }


def hours_document(hours: HoursFigures) -> dict[str, Any]:
    return {name: _hours(value) for name, value in asdict(hours).items()}


def rates_document(rates: Rates) -> dict[str, Any]:
    return {
        "obligation": _rate(rates.obligation),
        "works": _operations_rate(rates.works),
        "gup": _operations_rate(rates.gup),
        "lots": _plain_rate(rates.lots),
    }


def _operations_rate(rate: OperationsRate) -> dict[str, Any]:
    return {"value": _rate(rate.value), "qpv": _rate(rate.qpv), "target": rate.target, "base": rate.base}


def _plain_rate(rate: Rate) -> dict[str, Any]:
    return {"value": _rate(rate.value), "qpv": _rate(rate.qpv)}


def breakdowns_document(by: Breakdowns) -> dict[str, Any]:
    names = ("sex", "age", "education", "criterion", "qpv", "modality", "contract_type", "buyer")
    groups = {name: _groups(getattr(by, name), with_contracts=name in _WITH_CONTRACTS) for name in names}
    return {**groups, "month": {month: {"hours": _hours(hours)} for month, hours in by.month.items()}}


def _groups(groups: Mapping[str, Group], *, with_contracts: bool) -> dict[str, Any]:
    return {
        value: {
            "beneficiaries": group.beneficiaries,
            **({"employment_contracts": group.employment_contracts} if with_contracts else {}),
            "hours": _hours(group.hours),
        }
        for value, group in groups.items()
    }


def _hours(value: Number) -> Decimal:
    return round_half_up(value, 2)


def _rate(value: Fraction | None) -> Decimal | None:
    return None if value is None else round_half_up(value, 6)


def to_json(value: Any, indent: str = "") -> str:
    """JSON, in ASCII, whose numbers are the decimals themselves: the standard module would make floats of them."""
    if isinstance(value, Mapping):
        inner = f"{indent}  "
        items = [f"{inner}{json.dumps(key)}: {to_json(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(items) + f"\n{indent}}}" if items else "{}"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return json.dumps(value)
