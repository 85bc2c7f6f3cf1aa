"""Assignments and lines of hours. What refers to a row does so by its position: joins stay among small tables."""

from datetime import date
from decimal import Decimal
from itertools import count

from django.db import connection

from beneficiaries.portfolio.tables import Portfolio
from beneficiaries.portfolio.writing.registers import Outcome
from beneficiaries.portfolio.writing.staging import stage
from beneficiaries.rules import month_sum_problem
from lib.hours import MONTH_MAXIMUM


def stage_hours(portfolio: Portfolio) -> None:
    """An (employment, lot) pair with hours is one assignment, numbered in the order of its first line."""
    hours = portfolio["hours"]
    numbers = count()
    pairs: dict[tuple[str, str], int] = {}
    assignments = []
    for pair in zip(hours.values["employment_ref"], hours.values["lot_ref"], strict=True):
        if pair not in pairs:
            pairs[pair] = next(numbers)
        assignments.append(pairs[pair])
    employments, lots = portfolio["employment_contracts"].positions(), portfolio["lots"].positions()
    stage(
        "assignments",
        {"position": "integer", "employment": "integer", "lot": "integer"},
        [range(len(pairs)), [employments[ref] for ref, _ in pairs], [lots[ref] for _, ref in pairs]],
    )
    stage(
        "hours",
        {"assignment": "integer", "month": "date", "kind": "text", "hours": "numeric", "status": "text"},
        [assignments, *(hours.values[name] for name in ("month", "kind", "hours", "status"))],
    )


_PLACED = """
    FROM import_assignments i
    JOIN import_employment_contracts e ON e.position = i.employment
    JOIN import_lots l ON l.position = i.lot
"""


def import_assignments(tenant_id: int) -> None:
    """On behalf of the lot's holder. Dates and acceptance are not in the file, and stay as they are."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO beneficiaries_assignment (tenant_id, employment_id, lot_id, holder_id, created_at)
            SELECT %(tenant)s, e.id, l.id, c.id, now()
            {_PLACED} LEFT JOIN import_companies c ON c.company_ref = l.holder_ref
            ORDER BY i.position
            ON CONFLICT (tenant_id, employment_id, lot_id) DO NOTHING;

            UPDATE import_assignments t SET id = a.id
            {_PLACED} JOIN beneficiaries_assignment a
              ON a.tenant_id = %(tenant)s AND a.employment_id = e.id AND a.lot_id = l.id
            WHERE t.position = i.position
            """,  # noqa: S608 -- names of our own, nothing from a file
            {"tenant": tenant_id},
        )


def import_hours(tenant_id: int, member_id: int | None) -> Outcome:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH written AS (
              INSERT INTO beneficiaries_hourentry AS t
                (tenant_id, assignment_id, lot_id, employment_id, month, kind, hours, status, status_reason,
                 status_by_id, status_at, version)
              SELECT %(tenant)s, i.id, l.id, e.id, h.month, h.kind, h.hours, h.status, '', %(member)s, now(),
                     1 + floor(random() * 2 ^ 30)
              {_PLACED} JOIN import_hours h ON h.assignment = i.position
              ON CONFLICT (tenant_id, assignment_id, month, kind) DO UPDATE SET
                hours = excluded.hours, status = excluded.status, status_reason = '',
                status_by_id = excluded.status_by_id, status_at = excluded.status_at, version = t.version + 1
              WHERE (t.hours, t.status) IS DISTINCT FROM (excluded.hours, excluded.status)
              RETURNING xmax = 0 AS is_new
            )
            SELECT count(*) FILTER (WHERE is_new), count(*), (SELECT count(*) FROM import_hours) FROM written
            """,  # noqa: S608 -- names of our own, nothing from a file
            {"tenant": tenant_id, "member": member_id},
        )
        created, written, read = cursor.fetchone()
    return Outcome(created, written - created, read - written)


def judge_sums(portfolio: Portfolio, tenant_id: int) -> None:
    """Tell the months that overflow once added to the lines that the structure had and the folder does not hold."""
    hours = portfolio["hours"]
    sums = _overflowing(tenant_id)
    last = {
        (employment, month): position
        for position, employment, month in hours.rows("employment_ref", "month")
        if (employment, month) in sums
    }
    for key, position in last.items():
        error, _ = month_sum_problem(sums[key])
        hours.error(position, "hours", f"{error} Une partie est déjà dans la structure.")


def _overflowing(tenant_id: int) -> dict[tuple[str, date], Decimal]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT e.employment_ref, h.month, sum(h.hours)
            FROM import_employment_contracts e JOIN beneficiaries_hourentry h ON h.employment_id = e.id
            WHERE h.tenant_id = %s AND h.status <> 'refusee'
            GROUP BY e.employment_ref, h.month HAVING sum(h.hours) > %s
            """,
            [tenant_id, MONTH_MAXIMUM],
        )
        return {(ref, month): total for ref, month, total in cursor.fetchall()}
