"""One cell saved in the grid, through the real server: its lot's progress is right within a second, worker idle."""

import time
from collections.abc import Iterator
from decimal import Decimal
from statistics import median

from bench.site import Cell, Person, served
from bench.stage import demonstration, tenant_of
from bench.verdicts import Verdict
from beneficiaries.models import HourEntry
from clauses.models import LotProgress
from lib.dates import month_key
from reporting.demo.accounts import PASSWORD
from tenants import scope

TIMES = 15
AGENT = "direction@tme.example"
PATIENCE = 30.0


def measure() -> Iterator[Verdict]:
    demonstration()
    tenant_id = tenant_of("toulouse-emploi")
    assert tenant_id is not None
    with served() as address:
        person = Person(address, AGENT, PASSWORD)
        seconds = [_save_and_wait(person, tenant_id) for _ in range(TIMES)]
    yield Verdict("cellule enregistrée, avancement visible", median(seconds), 1, "s")


def _save_and_wait(person: Person, tenant_id: int) -> float:
    """Adds or takes away an hour somewhere; seconds from the click to the lot's sum."""
    with scope.tenant(tenant_id):
        line = HourEntry.objects.filter(status="declaree", hours__gt=1).order_by("?").select_related("lot")[0]
        before = _declared(line.lot_id)
    change = Decimal(1) if line.version % 2 else Decimal(-1)
    cell = Cell(line.assignment_id, month_key(line.month), line.kind)
    begins = time.perf_counter()
    status, answer = person.save(cell, f"{line.hours + change:.2f}", line.version)
    assert status == 200, (status, answer)
    while True:
        with scope.tenant(tenant_id):
            if _declared(line.lot_id) == before + change:
                return time.perf_counter() - begins
        assert time.perf_counter() - begins < PATIENCE, "the progress never came"
        time.sleep(0.005)


def _declared(lot_id: int) -> Decimal:
    return LotProgress.objects.values_list("declared", flat=True).get(lot=lot_id)
