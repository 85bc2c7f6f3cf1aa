"""Several people save cells at once, some of them the same ones, through the real server for a minute.

Nobody gets a fault, who writes over another is told, and once they stop every lot's progress is that of its lines.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import quantiles

from django.db import connection

from bench.site import Cell, Person, served
from bench.stage import demonstration, tenant_of
from bench.verdicts import Verdict
from beneficiaries.models import HourEntry
from clauses.models import StaleLot
from lib.dates import month_key
from reporting.demo.accounts import PASSWORD
from reporting.services.progress import MARK_DIFFERENCES
from tenants import scope

SECONDS = 60.0
PEOPLE = ("direction@tme.example", "mission@tme.example") * 3
# As many cells as make people meet now and then.
CELLS = 400
SETTLED_WITHIN = 30.0
STRUCTURE = "toulouse-emploi"


@dataclass(slots=True)
class Tally:
    answers: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


def measure() -> Iterator[Verdict]:
    demonstration()
    tenant_id = tenant_of(STRUCTURE)
    assert tenant_id is not None
    cells = _cells(tenant_id)
    with served() as address:
        people = [Person(address, email, PASSWORD) for email in PEOPLE]
        with ThreadPoolExecutor(len(people)) as pool:
            tallies = list(pool.map(lambda person: _type(person, cells), people))
        settled = _seconds_to_settle(tenant_id)
    answers = sum((tally.answers for tally in tallies), Counter())
    seconds = [one for tally in tallies for one in tally.seconds]
    saved, conflicts = answers[200], answers[409]
    print(f"{len(people)} personnes, {SECONDS:.0f} s : {saved} cellules enregistrées, {conflicts} conflits dits")
    hundredths = quantiles(seconds, n=100)
    print(f"réponse : médiane {hundredths[49] * 1000:.0f} ms, 99 % sous {hundredths[98] * 1000:.0f} ms")
    yield Verdict("saisie à plusieurs, réponses en faute", sum(answers.values()) - saved - conflicts, 0, "")
    yield Verdict("saisie à plusieurs, avancement juste après l'arrêt", settled, SETTLED_WITHIN, "s")
    yield Verdict("saisie à plusieurs, lots dont les sommes diffèrent de leurs lignes", _differences(tenant_id), 0, "")


def _cells(tenant_id: int) -> dict[Cell, int]:
    """With the version that everybody has on the screen to begin with."""
    with scope.tenant(tenant_id):
        lines = HourEntry.objects.filter(status="declaree").order_by("?")[:CELLS]
        return {Cell(line.assignment_id, month_key(line.month), line.kind): line.version for line in lines}


def _type(person: Person, cells: Mapping[Cell, int]) -> Tally:
    """Goes from cell to cell; when told of another's value, takes its version and goes on, as a person who reloads."""
    tally, places, versions = Tally(), list(cells), dict[Cell, int | str](cells)
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        cell = random.choice(places)
        begins = time.perf_counter()
        status, answer = person.save(cell, f"{random.randrange(1, 150)},50", versions[cell])
        tally.seconds.append(time.perf_counter() - begins)
        tally.answers[status] += 1
        if "version" in answer:
            versions[cell] = answer["version"]
    return tally


def _seconds_to_settle(tenant_id: int) -> float:
    begins = time.monotonic()
    while time.monotonic() - begins < 2 * SETTLED_WITHIN:
        with scope.tenant(tenant_id):
            if not StaleLot.objects.exists():
                break
        time.sleep(0.1)
    return time.monotonic() - begins


def _differences(tenant_id: int) -> int:
    with scope.tenant(tenant_id), connection.cursor() as cursor:
        cursor.execute(MARK_DIFFERENCES)
        return len(cursor.fetchall())
