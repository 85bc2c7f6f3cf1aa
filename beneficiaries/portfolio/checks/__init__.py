"""Rules that bear on the whole folder, once every cell has been read."""

from beneficiaries.portfolio.checks.dates import check_dates
from beneficiaries.portfolio.checks.hours import check_hours
from beneficiaries.portfolio.checks.lots import check_lots
from beneficiaries.portfolio.checks.people import check_people
from beneficiaries.portfolio.checks.references import check_references
from beneficiaries.portfolio.tables import Portfolio


def check(portfolio: Portfolio) -> None:
    for rule in (check_references, check_dates, check_lots, check_people, check_hours):
        rule(portfolio)
