"""What every Celery task and every kind of job is held to: done twice or by two workers at once, it is done once.

Each app lists its own in `tests/<app>/repetition_cases.py`; one that nobody listed fails (tests/test_repetition.py):

    from tests.repetition import Case

    TASKS = {"reporting.recompute_progress": Case(stale_lot, stored_progress, expected=[(833, 100)])}
    JOBS = {"decp.import": Case(ask_for_import, what_was_taken, expected=1)}

`prepare(world)` makes the work due and returns what it is called with: the arguments of a task, the Job of a job.
`facts(world)` reads what is left afterwards; it must differ from `expected` before, and equal it however often it ran.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.factories import World


@dataclass(frozen=True)
class Case:
    prepare: Callable[[World], Any]
    facts: Callable[[World], Any]
    expected: Any
