"""What is typed in the grid of hours, cell by cell or as one plain form, and what narrows it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import QueryDict

from beneficiaries.enums import HourKind, HourStatus
from beneficiaries.forms.plain_text import WithoutNir, one_line
from beneficiaries.selectors.assignments import Working
from beneficiaries.services.hours import EMPTY
from clauses.models import Buyer, Lot, PublicContract
from contractors.models import Company
from lib.dates import MonthError, parse_month
from lib.hours import HoursError, parse_hours_or_none
from tenants.forms.long_select import LongSelect

FIRST_YEAR, LAST_YEAR = 1990, 2100
LARGEST_VERSION = 2**31 - 1
LARGEST_ID = 2**63 - 1

_KEY = re.compile(
    rf"(?P<assignment>[0-9]{{1,18}})-(?P<month>[0-9]{{4}}-[0-9]{{2}})-(?P<kind>{'|'.join(HourKind.values)})"
)
_SAVED = re.compile(r"[0-9]{1,6}\.[0-9]{2}")


class MonthField(forms.Field):
    """A month, « 2026-10 » as the browser's own control writes it; its value is the first day."""

    widget = forms.TextInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"type": "month", "min": f"{FIRST_YEAR}-01", "max": f"{LAST_YEAR}-12"}

    def to_python(self, value: Any) -> date | None:
        if not value:
            return None
        try:
            month = parse_month(str(value))
        except MonthError as error:
            raise ValidationError(str(error), code="invalid") from error
        if not FIRST_YEAR <= month.year <= LAST_YEAR:
            raise ValidationError(f"Choisissez un mois entre {FIRST_YEAR} et {LAST_YEAR}.", code="invalid")
        return month


class MonthForm(forms.Form):
    mois = MonthField(label="mois", required=False)


class YearForm(forms.Form):
    annee = forms.IntegerField(label="année", required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR)


class CellForm(forms.Form):
    """One cell, as static/js/hours/post.js sends it."""

    assignment = forms.IntegerField(min_value=1, max_value=LARGEST_ID)
    month = MonthField()
    kind = forms.ChoiceField(choices=HourKind.choices)
    version = forms.IntegerField(required=False, min_value=0, max_value=LARGEST_VERSION)
    hours = forms.CharField(required=False, strip=False, max_length=100)

    def clean_version(self) -> int:
        return self.cleaned_data["version"] or EMPTY


class StatusForm(WithoutNir, forms.Form):
    """What becomes of the ticked rows: the button pressed, and the reason where one is needed."""

    ACTIONS: Mapping[str, str] = {
        "controler": HourStatus.CONTROLLED,
        "valider": HourStatus.VALIDATED,
        "refuser": HourStatus.REFUSED,
        "rouvrir": HourStatus.DECLARED,
    }

    action = forms.CharField()
    reason = forms.CharField(required=False, max_length=500)

    def clean_action(self) -> str:
        to = self.ACTIONS.get(self.cleaned_data["action"])
        if to is None:
            raise ValidationError("Choisissez ce que deviennent les heures cochées.")
        return to

    def clean_reason(self) -> str:
        return one_line(self.cleaned_data["reason"])


class GridFilter(forms.Form):
    """Narrows the grid; the choices are what the month itself holds, and what is asked for already."""

    MODELS: Mapping[str, type[Model]] = {
        "donneur": Buyer,
        "marche": PublicContract,
        "lot": Lot,
        "entreprise": Company,
    }

    donneur = forms.ChoiceField(label="donneur d'ordre", required=False, widget=LongSelect)
    marche = forms.ChoiceField(label="marché", required=False, widget=LongSelect)
    lot = forms.ChoiceField(label="lot", required=False, widget=LongSelect)
    entreprise = forms.ChoiceField(label="entreprise", required=False, widget=LongSelect)

    def __init__(self, data: QueryDict, working: Sequence[Working]) -> None:
        super().__init__(data)
        self.working = working
        for name, found in _choices(working).items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "Tous" if name != "entreprise" else "Toutes"), *self._with_asked(name, found)]

    def _with_asked(self, name: str, found: dict[str, str]) -> list[tuple[str, str]]:
        """A lot without anyone at work this month stays chosen when one turns the months."""
        asked = self.data.get(name, "")
        if asked not in found and asked.isascii() and asked.isdecimal() and int(asked) <= LARGEST_ID:
            row = self.MODELS[name].objects.filter(pk=asked).first()  # type: ignore[attr-defined]
            if row is not None:
                found = {**found, asked: str(row)}
        return sorted(found.items(), key=lambda choice: choice[1].casefold())

    @property
    def is_narrowed(self) -> bool:
        return any(self.cleaned_data.values())

    def narrow(self) -> list[Working]:
        """The rows asked for; a parameter that was refused counts as absent."""
        self.full_clean()
        asked = {name: int(value) for name, value in self.cleaned_data.items() if value}
        return [one for one in self.working if all(wanted in _ids(one)[name] for name, wanted in asked.items())]


def _ids(one: Working) -> dict[str, Iterable[int]]:
    return {
        "donneur": (one.buyer_id,),
        "marche": (one.contract_id,),
        "lot": (one.lot_id,),
        "entreprise": one.companies,
    }


def _choices(working: Sequence[Working]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"donneur": {}, "marche": {}, "lot": {}, "entreprise": {}}
    for one in working:
        found["donneur"][str(one.buyer_id)] = one.buyer_name
        found["marche"][str(one.contract_id)] = one.contract_name
        found["lot"][str(one.lot_id)] = f"{one.lot_name} ({one.contract_name})"
        found["entreprise"].update((str(company), name) for company, name in one.companies.items())
    return found


@dataclass(frozen=True, slots=True)
class Typed:
    """A cell whose text the person changed in the plain form. `hours` is meaningless when there is an `error`."""

    key: str
    text: str
    assignment_id: int
    month: date
    kind: str
    version: int
    hours: Decimal | None
    error: str


def read_typed(data: QueryDict) -> list[Typed]:
    """The cells of a plain form whose text is not what was on the screen (fields hours-, version- and saved-KEY)."""
    found = []
    for name, text in data.items():
        match = _KEY.fullmatch(name.removeprefix("hours-")) if name.startswith("hours-") else None
        if match is None:
            continue
        hours, error = _read(str(text))
        if not error and hours == _saved(data, match[0]):
            continue
        try:
            month = parse_month(match["month"])
        except MonthError:
            continue
        assignment_id, version = int(match["assignment"]), _version(data, match[0])
        found.append(Typed(match[0], str(text), assignment_id, month, match["kind"], version, hours, error))
    return found


def _version(data: QueryDict, key: str) -> int:
    text = data.get(f"version-{key}", "")
    return min(int(text), LARGEST_VERSION) if text.isascii() and text.isdecimal() and len(text) < 12 else EMPTY


def _saved(data: QueryDict, key: str) -> Decimal | None:
    """The value that was on the screen when the page was made; None for an empty cell."""
    text = data.get(f"saved-{key}", "")
    return Decimal(text) if _SAVED.fullmatch(text) else None


def _read(text: str) -> tuple[Decimal | None, str]:
    try:
        return parse_hours_or_none(text), ""
    except HoursError as error:
        return None, str(error)


def ticked_keys(data: QueryDict) -> dict[str, int]:
    """Version seen of every line in the ticked rows, by key.

    A box says what it ticks: one cell (« 45-2026-10-travail »), a row (« 45 »), or one kind of it (« 45:formation »).
    """
    boxes = [_ticks(box) for box in data.getlist("selected")]
    lines = {}
    for name in data:
        key = name.removeprefix("version-")
        if (
            name != key
            and _KEY.fullmatch(key)
            and any(key.startswith(start) and key.endswith(end) for start, end in boxes)
        ):
            lines[key] = _version(data, key)
    return {key: version for key, version in lines.items() if version != EMPTY}


def _ticks(box: str) -> tuple[str, str]:
    """Beginning and end of the keys that a box stands for."""
    row, _, kind = box.partition(":")
    return (box, "") if row.count("-") else (f"{row}-", f"-{kind}" if kind else "")
