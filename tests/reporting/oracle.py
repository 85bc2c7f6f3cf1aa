"""The indicators of a portfolio, computed from its CSV rows in the plainest way: loops, sets and fractions.

Written from docs/exchange-format.md alone; it shares no code with the product, so that the two can disagree.
"""

import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Row = dict[str, str]
Rows = dict[str, list[Row]]

SIAE = {"ei", "aci", "ai", "etti", "eiti"}
LETTERS = {"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l"}


def indicators(
    rows: Rows, *, tenant: str, start: str, end: str, kind: str = "tenant", ref: str | None = None, divisor: int = 1607
) -> dict[str, Any]:
    return _Oracle(rows, start, end).document(tenant, kind, ref, divisor)


@dataclass
class _Line:
    employment: Row
    lot: Row
    month: str
    kind: str
    hours: Fraction
    status: str


class _Oracle:
    def __init__(self, rows: Rows, start: str, end: str) -> None:
        self.start, self.end = start, end
        self.buyers = _by_ref(rows, "buyers", "buyer_ref")
        self.programmes = _by_ref(rows, "programmes", "programme_ref")
        self.companies = _by_ref(rows, "companies", "company_ref")
        self.operations = _by_ref(rows, "operations", "operation_ref")
        self.contracts = _by_ref(rows, "contracts", "contract_ref")
        self.lots = _by_ref(rows, "lots", "lot_ref")
        self.people = _by_ref(rows, "beneficiaries", "beneficiary_ref")
        self.employments = _by_ref(rows, "employment_contracts", "employment_ref")
        self.lines = [
            _Line(
                self.employments[_cell(row, "employment_ref")],
                self.lots[_cell(row, "lot_ref")],
                _cell(row, "month"),
                _cell(row, "kind"),
                Fraction(_cell(row, "hours")),
                _cell(row, "status"),
            )
            for row in rows["hours"]
        ]

    def document(self, tenant: str, kind: str, ref: str | None, divisor: int) -> dict[str, Any]:
        lots = [lot for lot in self.lots.values() if self.belongs(lot, kind, ref) and self.meets_period(lot)]
        hours = self.hours(lots)
        validated = Fraction(str(hours["validated"]))
        return {
            "version": 1,
            "tenant": tenant,
            "period": {"from": self.start, "to": self.end},
            "scope": {"kind": kind, "ref": ref},
            "hours": hours,
            "rates": self.rates(lots),
            "counts": self.counts(lots),
            "etp": {"value": _rounded(validated / divisor, 2), "divisor": divisor},
            "by": self.by(lots),
        }

    # Lots in scope

    def contract_of(self, lot: Row) -> Row:
        return self.contracts[_cell(lot, "contract_ref")]

    def operation_of(self, lot: Row) -> Row | None:
        return self.operations.get(_cell(self.contract_of(lot), "operation_ref"))

    def belongs(self, lot: Row, kind: str, ref: str | None) -> bool:
        operation = self.operation_of(lot)
        if kind == "tenant":
            return True
        if kind == "buyer":
            return _cell(self.contract_of(lot), "buyer_ref") == ref
        if kind == "programme":
            return operation is not None and _cell(operation, "programme_ref") == ref
        if kind == "operation":
            return operation is not None and _cell(operation, "operation_ref") == ref
        if kind == "contract":
            return _cell(lot, "contract_ref") == ref
        return _cell(lot, "lot_ref") == ref

    def meets_period(self, lot: Row) -> bool:
        starts_on = _cell(lot, "starts_on") or _cell(self.contract_of(lot), "starts_on")
        ends_on = _cell(lot, "ends_on") or _cell(self.contract_of(lot), "ends_on")
        if starts_on[:7] <= self.end and ends_on[:7] >= self.start:
            return True
        return any(line.lot is lot and self.start <= line.month <= self.end for line in self.lines)

    # Hours

    def due(self, lot: Row) -> Fraction:
        rule = _cell(lot, "rule")
        if rule == "none":
            return Fraction(0)
        if rule == "fixed":
            due = Fraction(_cell(lot, "fixed_hours"))
        else:
            due = _half_up(self.labour(lot) * Fraction(_cell(lot, "rate")), 0)
        return max(due, Fraction(_cell(lot, "offered_hours") or 0))

    def labour(self, lot: Row) -> Fraction | None:
        """amount_ht × labour_share ÷ hourly_cost, of the lots that have the three."""
        amount, share, cost = (_cell(lot, name) for name in ("amount_ht", "labour_share", "hourly_cost"))
        if not (amount and share and cost):
            return None
        return Fraction(amount) * Fraction(share) / Fraction(cost)

    def validated_to_date(self, lots: list[Row], *, qpv_only: bool = False) -> Fraction:
        return sum(
            (
                line.hours
                for line in self.lines
                if any(line.lot is lot for lot in lots)
                and line.status == "validee"
                and line.month <= self.end
                and (not qpv_only or self.qpv(line.employment) != "hors_qpv")
            ),
            Fraction(0),
        )

    def hours(self, lots: list[Row]) -> dict[str, Any]:
        lines = self.lines_in_period(lots)
        validated = [line for line in lines if line.status == "validee"]
        figures = {
            "due": sum(map(self.due, lots), Fraction(0)),
            "declared": _total(line for line in lines if line.status != "refusee"),
            "validated": _total(validated),
            "validated_to_date": self.validated_to_date(lots),
            "remaining": sum(
                (max(Fraction(0), self.due(it) - self.validated_to_date([it])) for it in lots), Fraction(0)
            ),
            "validated_qpv": _total(line for line in validated if self.qpv(line.employment) != "hors_qpv"),
            "training_validated": _total(line for line in validated if line.kind == "formation"),
        }
        return {name: _rounded(value, 2) for name, value in figures.items()}

    def lines_in_period(self, lots: list[Row]) -> list[_Line]:
        return [
            line for line in self.lines if self.start <= line.month <= self.end and any(line.lot is lot for lot in lots)
        ]

    # Rates

    def rates(self, lots: list[Row]) -> dict[str, Any]:
        due = sum(map(self.due, lots), Fraction(0))
        estimated = [lot for lot in lots if self.labour(lot) is not None]
        labour = sum(filter(None, map(self.labour, estimated)), Fraction(0))
        return {
            "obligation": _rate(self.validated_to_date(lots), due),
            "works": self.operations_rate(lots, {"travaux", "ingenierie"}),
            "gup": self.operations_rate(lots, {"gup"}),
            "lots": {
                "value": _rate(self.validated_to_date(estimated), labour),
                "qpv": _rate(self.validated_to_date(estimated, qpv_only=True), labour),
            },
        }

    def operations_rate(self, lots: list[Row], kinds: set[str]) -> dict[str, Any]:
        refs = {
            _cell(operation, "operation_ref")
            for operation in map(self.operation_of, lots)
            if operation is not None and _cell(operation, "kind") in kinds
        }
        numerator = qpv = denominator = Fraction(0)
        targets, bases = set(), set()
        for ref in refs:
            operation = self.operations[ref]
            all_lots = [lot for lot in self.lots.values() if self.operation_of(lot) is operation]
            total = _cell(operation, "total_hours_worked")
            if total:
                worked, base = Fraction(total), "declared"
            else:
                all_lots = [lot for lot in all_lots if self.labour(lot) is not None]
                worked, base = sum(filter(None, map(self.labour, all_lots)), Fraction(0)), "estimated"
            if worked == 0:
                continue
            denominator += worked
            numerator += self.validated_to_date(all_lots)
            qpv += self.validated_to_date(all_lots, qpv_only=True)
            bases.add(base)
            targets.add(self.target(operation))
        return {
            "value": _rate(numerator, denominator),
            "qpv": _rate(qpv, denominator),
            "target": targets.pop() if len(targets) == 1 else None,
            "base": "none" if not bases else bases.pop() if len(bases) == 1 else "mixed",
        }

    def target(self, operation: Row) -> float | None:
        programme = self.programmes.get(_cell(operation, "programme_ref"))
        kind = _cell(programme, "kind") if programme else None
        if _cell(operation, "kind") == "gup":
            return 0.1 if kind == "npnru" else None
        return 0.05 if kind in ("pnru", "npnru") else None

    # What was frozen at hire

    def person_of(self, employment: Row) -> Row:
        return self.people[_cell(employment, "beneficiary_ref")]

    def identity(self, employment: Row) -> tuple[str, ...]:
        person = self.person_of(employment)
        if _cell(person, "person_key"):
            return ("anonymised", _cell(person, "person_key"))
        return (
            _letters(_cell(person, "last_name")),
            _letters(_cell(person, "first_name")),
            _cell(person, "birth_date"),
        )

    def age(self, employment: Row) -> int | None:
        cell = _cell(employment, "age_at_hire")
        if cell == "non_connu":
            return None
        if cell:
            return int(cell)
        birth = _cell(self.person_of(employment), "birth_date")
        if not birth:
            return None
        hired = _cell(employment, "starts_on")
        return int(hired[:4]) - int(birth[:4]) - (hired[5:] < birth[5:])

    def frozen(self, employment: Row, name: str, unknown: str) -> str:
        cell = _cell(employment, name) or _cell(self.person_of(employment), name)
        return cell or unknown

    def qpv(self, employment: Row) -> str:
        return self.frozen(employment, "qpv_code", "hors_qpv")

    def criterion(self, employment: Row) -> str:
        for row in (employment, self.person_of(employment)):
            criteria = [part.strip() for part in row.get("criteria", "").split(";") if part.strip()]
            if criteria:
                return criteria[0]
        return "non_connu"

    # Counts and breakdowns

    def counted(self, lots: list[Row]) -> list[_Line]:
        return [it for it in self.lines_in_period(lots) if it.status == "validee" and it.hours > 0]

    def counts(self, lots: list[Row]) -> dict[str, int]:
        lines = self.counted(lots)
        contracts = [self.contract_of(line.lot) for line in lines]
        employers = {_cell(line.employment, "employer_ref") for line in lines}
        persons = {self.identity(line.employment) for line in lines}
        return {
            "buyers": len({_cell(contract, "buyer_ref") for contract in contracts}),
            "operations": len({_cell(contract, "operation_ref") for contract in contracts} - {""}),
            "contracts": len({_cell(contract, "contract_ref") for contract in contracts}),
            "lots": len({_cell(line.lot, "lot_ref") for line in lines}),
            "holders": len({_cell(line.lot, "holder_ref") for line in lines} - {""}),
            "employers": len(employers),
            "siae": sum(_cell(self.companies[ref], "kind") in SIAE for ref in employers),
            "employment_contracts": len({_cell(line.employment, "employment_ref") for line in lines}),
            "beneficiaries": len(persons),
            "new_beneficiaries": sum(self.start <= self.first_month(person) <= self.end for person in persons),
        }

    def first_month(self, person: tuple[str, ...]) -> str:
        return min(
            line.month
            for line in self.lines
            if line.status == "validee" and line.hours > 0 and self.identity(line.employment) == person
        )

    def by(self, lots: list[Row]) -> dict[str, Any]:
        lines = self.counted(lots)
        bands = self.bands(lines)
        months = {line.month for line in lines}
        return {
            "sex": self.grouped(lines, lambda it: _cell(self.person_of(it.employment), "sex")),
            "age": self.grouped(lines, lambda it: bands[self.identity(it.employment)]),
            "education": self.grouped(lines, lambda it: self.frozen(it.employment, "education_level", "non_connu")),
            "criterion": self.grouped(lines, lambda it: self.criterion(it.employment)),
            "qpv": self.grouped(lines, lambda it: self.qpv(it.employment)),
            "modality": self.grouped(lines, lambda it: _cell(it.employment, "modality"), contracts=True),
            "contract_type": self.grouped(lines, lambda it: _cell(it.employment, "type"), contracts=True),
            "buyer": self.grouped(lines, lambda it: _cell(self.contract_of(it.lot), "buyer_ref")),
            "month": {
                month: {"hours": _rounded(_total(line for line in lines if line.month == month), 2)} for month in months
            },
        }

    def grouped(self, lines: list[_Line], key: Any, *, contracts: bool = False) -> dict[str, Any]:
        groups: dict[str, Any] = {}
        for value in {key(line) for line in lines}:
            of_value = [line for line in lines if key(line) == value]
            groups[value] = {"beneficiaries": len({self.identity(line.employment) for line in of_value})}
            if contracts:
                refs = {_cell(line.employment, "employment_ref") for line in of_value}
                groups[value]["employment_contracts"] = len(refs)
            groups[value]["hours"] = _rounded(_total(of_value), 2)
        return groups

    def bands(self, lines: list[_Line]) -> dict[tuple[str, ...], str]:
        bands = {}
        for person in {self.identity(line.employment) for line in lines}:
            employments = [line.employment for line in lines if self.identity(line.employment) == person]
            first = min(_cell(employment, "starts_on") for employment in employments)
            ages = [self.age(it) for it in employments if _cell(it, "starts_on") == first]
            bands[person] = _band(min((age for age in ages if age is not None), default=None))
        return bands


def _by_ref(rows: Rows, file: str, key: str) -> dict[str, Row]:
    return {_cell(row, key): row for row in rows[file]}


def _cell(row: Row, name: str) -> str:
    return row.get(name, "").strip()


def _letters(name: str) -> str:
    for letter, plain in LETTERS.items():
        name = name.replace(letter, plain).replace(letter.upper(), plain)
    folded = unicodedata.normalize("NFKD", name.casefold()).casefold()
    kept = [c for c in folded if (k := unicodedata.category(c)) == "Nd" or (k[0] == "L" and k != "Lm")]
    return "".join(kept)


def _band(age: int | None) -> str:
    if age is None:
        return "non_connu"
    return "<26" if age < 26 else "26-40" if age <= 40 else "41-50" if age <= 50 else "51+"


def _total(lines: Any) -> Fraction:
    return sum((line.hours for line in lines), Fraction(0))


def _half_up(value: Fraction, places: int) -> Fraction:
    scale = 10**places
    return Fraction((value * scale * 2 + 1) // 2, scale)


def _rounded(value: Fraction, places: int) -> float:
    return float(_half_up(value, places))


def _rate(numerator: Fraction, denominator: Fraction) -> float | None:
    return None if denominator == 0 else _rounded(numerator / denominator, 6)
