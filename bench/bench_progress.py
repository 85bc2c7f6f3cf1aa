"""All LotProgress of a structure of 100 000 lines and 1 000 lots: twice the bare sum of the same lines, at most.

The bare sum reads the lines with what the answer of a lot needs beside them, in the same scope: the work contract
(QPV), the lot, its marché, its obligation. When one line of each lot changed, months are recomputed too: it is compared
with the sum by lot, month and kind.
"""

import time
from collections.abc import Callable, Iterator
from datetime import date
from statistics import median

from django.db import connection, connections

from bench.portfolio import Size
from bench.stage import structure
from bench.verdicts import Verdict
from reporting.services.progress import recompute_progress
from tenants import scope

TIMES = 9
# In the middle of the portfolio: its last three months have lines, as in a structure at work.
TODAY = date(2023, 11, 20)

LINES = """
FROM beneficiaries_hourentry h
JOIN beneficiaries_employmentcontract e ON e.id = h.employment_id
JOIN clauses_lot l ON l.id = h.lot_id
JOIN clauses_publiccontract c ON c.id = l.contract_id
LEFT JOIN clauses_obligation o ON o.lot_id = l.id AND o.is_current
"""
BY_LOT = f"SELECT l.id, sum(h.hours) {LINES} GROUP BY l.id"
BY_MONTH = f"SELECT l.id, h.month, h.kind, sum(h.hours) {LINES} GROUP BY l.id, h.month, h.kind"
ONE_LINE_OF_EACH_LOT = """
UPDATE beneficiaries_hourentry SET hours = CASE WHEN hours > 100 THEN hours - 1 ELSE hours + 1 END
WHERE id IN (SELECT DISTINCT ON (lot_id) id FROM beneficiaries_hourentry ORDER BY lot_id, random())
"""


def measure() -> Iterator[Verdict]:
    tenant_id = structure("bench-0", Size())

    def recompute(*, everything: bool = False) -> None:
        recompute_progress(tenant_id=tenant_id, today=TODAY, everything=everything)

    print(f"premier calcul après l'import, {_seconds(recompute):.2f} s")
    _refresh_statistics()
    by_lot, by_month, everything, changed = [], [], [], []
    for _ in range(TIMES):
        by_lot.append(_seconds(lambda: _sum(tenant_id, BY_LOT)))
        everything.append(_seconds(lambda: recompute(everything=True)))
        by_month.append(_seconds(lambda: _sum(tenant_id, BY_MONTH)))
        _change_lines(tenant_id)
        changed.append(_seconds(recompute))
    lot, month = median(by_lot), median(by_month)
    print(f"somme nue par lot, {lot * 1000:.0f} ms ; par lot, mois et nature, {month * 1000:.0f} ms")
    print(f"une ligne changée dans chaque lot, {median(changed) / lot:.1f} fois la somme par lot")
    yield Verdict("avancement de 1 000 lots, tout recalculé", median(everything) * 1000, 2 * lot * 1000, "ms")
    yield Verdict(
        "avancement de 1 000 lots, une ligne changée dans chacun", median(changed) * 1000, 2 * month * 1000, "ms"
    )


def _seconds(work: Callable[[], object]) -> float:
    begins = time.perf_counter()
    work()
    return time.perf_counter() - begins


def _sum(tenant_id: int, query: str) -> None:
    with scope.tenant(tenant_id), connection.cursor() as cursor:
        cursor.execute(query)
        cursor.fetchall()


def _change_lines(tenant_id: int) -> None:
    with scope.tenant(tenant_id), connection.cursor() as cursor:
        scope.give_reason("mesure")
        cursor.execute(ONE_LINE_OF_EACH_LOT)


def _refresh_statistics() -> None:
    """As autovacuum does within a minute of an import."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connections["owner"].close()
