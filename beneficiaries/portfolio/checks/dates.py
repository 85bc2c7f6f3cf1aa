"""What begins ends no earlier, and a lot is executed within its marché."""

from datetime import date

from beneficiaries.portfolio.derived import parents
from beneficiaries.portfolio.tables import Portfolio
from lib.dates import date_fr

_WITH_PERIOD = ("programmes", "contracts", "lots", "employment_contracts")


def check_dates(portfolio: Portfolio) -> None:
    for name in _WITH_PERIOD:
        table = portfolio[name]
        for position, starts_on, ends_on in table.rows("starts_on", "ends_on"):
            if starts_on and ends_on and ends_on < starts_on:
                table.error(
                    position, "ends_on", f"fin antérieure au début ({date_fr(starts_on)}). Corrigez l'une des deux."
                )
    _check_lots_within_contracts(portfolio)


def _check_lots_within_contracts(portfolio: Portfolio) -> None:
    lots, contracts = portfolio["lots"], portfolio["contracts"]
    starts, ends = contracts.values["starts_on"], contracts.values["ends_on"]
    for position, parent in enumerate(parents(lots, "contract_ref", contracts)):
        if parent is None:
            continue
        first, last = starts[parent], ends[parent]
        for name in ("starts_on", "ends_on"):
            day = lots.values[name][position]
            if day and ((first and day < first) or (last and day > last)):
                lots.error(position, name, f"date hors de l'exécution du marché ({_bounds(first, last)}). Corrigez-la.")


def _bounds(first: date | None, last: date | None) -> str:
    return f"du {date_fr(first) if first else '?'} au {date_fr(last) if last else '?'}"
