"""Keeps LotMonth and LotProgress true: recomputation of stale lots, sweep, nightly reconciliation."""

import logging
from datetime import date
from pathlib import Path

from django.db import connection
from django.db.backends.utils import CursorWrapper

from clauses.services.progress import RECOMPUTATION_TASK
from lib.dates import today_paris
from lib.progress_rules import reference_date
from tenants import scope
from tenants.services import jobs

logger = logging.getLogger(__name__)

_SQL = Path(__file__).parent.parent / "sql"
RECOMPUTE = (_SQL / "recompute_progress.sql").read_text()
RECOMPUTE_MONTHS = (_SQL / "recompute_months.sql").read_text()
MARK_DIFFERENCES = (_SQL / "mark_differences.sql").read_text()
# First key of the advisory lock that keeps two recomputations of one structure from crossing; the second is its id.
_LOCK = 0x0C1A
# Beyond this many months (an import), all the months of their lots are read at once.
_MANY_MONTHS = 5_000

# A stale lot, and the month whose lines changed when some did.
Mark = tuple[int, date | None]


def recompute_progress(*, tenant_id: int, today: date | None = None, everything: bool = False) -> int:
    """Recompute the structure's stale lots, or all of them; the number of lots whose answer changed.

    Marks are taken away before the lines are read: what is committed in between is read, and its own mark stays. The
    lock comes in a statement of its own, so that the next one's snapshot holds all that its predecessor wrote.
    """
    today = today or today_paris()
    with scope.tenant(tenant_id), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s::int)", [_LOCK, tenant_id % 2**31])
        cursor.execute("DELETE FROM clauses_stalelot RETURNING lot_id, month")
        marks: set[Mark] = set(cursor.fetchall())
        if not (marks or everything):
            return 0
        _recompute_months(cursor, marks)
        lots = None if everything else sorted({lot for lot, _ in marks})
        cursor.execute(RECOMPUTE, {"lots": lots, "today": today, "reference": reference_date(today)})
        return int(cursor.rowcount)


def _recompute_months(cursor: CursorWrapper, marks: set[Mark]) -> None:
    pairs = [(lot, month) for lot, month in marks if month is not None]
    lots, months = [lot for lot, _ in pairs], [month for _, month in pairs]
    if len(pairs) > _MANY_MONTHS:
        cursor.execute(RECOMPUTE_MONTHS, {"whole": sorted(set(lots)), "lots": [], "months": []})
    elif pairs:
        cursor.execute(RECOMPUTE_MONTHS, {"whole": [], "lots": lots, "months": months})


def sweep_progress() -> list[int]:
    """Ask again for the structures that still have stale lots; their ids."""
    with scope.worker(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM clauseo_stale_tenants()")
        stale = [int(row[0]) for row in cursor.fetchall()]
    for tenant_id in stale:
        jobs.post(RECOMPUTATION_TASK, [tenant_id])
    return stale


def reconcile(*, tenant_id: int, today: date | None = None) -> list[int]:
    """Compare the stored sums with the lines, mark and log the lots that differ, then recompute all: statuses age.

    The ids of the lots whose sums were wrong although nothing had marked them.
    """
    with scope.tenant(tenant_id), connection.cursor() as cursor:
        cursor.execute(MARK_DIFFERENCES)
        wrong = sorted({int(row[0]) for row in cursor.fetchall()})
    if wrong:
        logger.error("Structure %s: the stored sums of lots %s differ from their lines", tenant_id, wrong)
    recompute_progress(tenant_id=tenant_id, today=today, everything=True)
    return wrong
