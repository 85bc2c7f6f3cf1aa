"""A sound folder into the structure that is open: some twenty statements, whatever the number of lines.

Rows are found again by their `external_ref`; one that already says the same is not written, so that a folder sent twice
leaves no trace: no history, no lot to compute again.
"""

from collections.abc import Callable

from django.db import connection, transaction

from beneficiaries.portfolio.columns import FILES
from beneficiaries.portfolio.tables import Portfolio
from beneficiaries.portfolio.writing import hours, obligations, people
from beneficiaries.portfolio.writing.registers import EMPLOYMENTS, LOTS, REGISTERS, Outcome, upsert
from beneficiaries.portfolio.writing.staging import stage_file, unstage
from clauses.services.progress import request_recomputation
from tenants import scope
from tenants.services.statistics import refresh_statistics_on_commit

REASON = "Import du portefeuille"
# First key of the advisory lock that keeps two imports of one structure from crossing; the second is its id.
_LOCK = 0x0C1B

Tell = Callable[[int, int, str], None]


class PortfolioRefusedError(Exception):
    """The folder has errors (portfolio.findings); nothing was written."""


def import_portfolio(
    *, portfolio: Portfolio, member_id: int | None = None, tell: Tell = lambda done, total, note: None
) -> dict[str, Outcome]:
    """Write a sound folder in one transaction; what became of each file's rows. `tell` is given the steps done.

    Raises PortfolioRefusedError, for what the structure already holds too; the reasons are then in the findings.
    """
    if not portfolio.is_sound:
        raise PortfolioRefusedError
    tenant_id = scope.current_tenant_id()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s::int)", [_LOCK, tenant_id % 2**31])
        scope.give_reason(REASON)
        _stage(portfolio)
        outcomes = _write(tenant_id, member_id, tell)
        hours.judge_sums(portfolio, tenant_id)
        if not portfolio.is_sound:
            raise PortfolioRefusedError
        unstage([*(file.name for file in FILES), "obligations", "assignments"])
        refresh_statistics_on_commit()
        request_recomputation()
    return outcomes


def _stage(portfolio: Portfolio) -> None:
    people.stage_people(portfolio)
    for name in ("buyers", "programmes", "companies", "operations", "contracts", "lots"):
        stage_file(portfolio[name])
    obligations.stage_obligations(portfolio["lots"])
    hours.stage_hours(portfolio)


def _write(tenant_id: int, member_id: int | None, tell: Tell) -> dict[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    steps = len(FILES)
    for done, register in enumerate(REGISTERS):
        tell(done, steps, f"{register.file}.csv")
        if register is EMPLOYMENTS:
            people.import_eligibilities(tenant_id)
            people.keep_what_was_frozen(tenant_id)
        outcomes[register.file] = upsert(register, tenant_id)
        if register is LOTS:
            obligations.import_holders(tenant_id)
            obligations.import_obligations(tenant_id)
        if register is EMPLOYMENTS:
            people.follow_identities(tenant_id)
    tell(steps - 1, steps, "hours.csv")
    hours.import_assignments(tenant_id)
    outcomes["hours"] = hours.import_hours(tenant_id, member_id)
    tell(steps, steps, "")
    return outcomes
