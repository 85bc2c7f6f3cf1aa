"""Every registered task and every kind of job, done twice in a row and by two workers at once. Cases: repetition.py."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config.celery import app
from tenants.services import jobs
from tests.concurrency import at_once
from tests.factories import World
from tests.repetition import Case

app.loader.import_default_modules()
REGISTERED_JOBS = frozenset(jobs.registered())


def collected(table: str) -> dict[str, Case]:
    cases: dict[str, Case] = {}
    for path in sorted(Path(__file__).parent.glob("*/repetition_cases.py")):
        module = importlib.import_module(f"tests.{path.parent.name}.repetition_cases")
        cases |= getattr(module, table, {})
    return cases


TASKS, JOBS = collected("TASKS"), collected("JOBS")
CASES = [*(("task", name) for name in sorted(TASKS)), *(("job", name) for name in sorted(JOBS))]


@pytest.fixture
def committed(transactional_db: None) -> World:
    return World.build()


def test_every_task_and_every_kind_of_job_is_listed():
    assert set(TASKS) == {name for name in app.tasks if not name.startswith("celery.")}
    assert set(JOBS) == REGISTERED_JOBS


def ready(kind: str, name: str, world: World) -> tuple[Case, Callable[[], Any]]:
    """The case, its work made due, and what does it once."""
    case = (TASKS if kind == "task" else JOBS)[name]
    prepared = case.prepare(world)
    assert case.facts(world) != case.expected, "nothing was due: this case cannot fail"
    if kind == "task":
        return case, lambda: app.tasks[name](*prepared)
    return case, lambda: jobs.run_job(tenant_id=prepared.tenant_id, job_id=prepared.pk)


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_twice(committed: World, kind: str, name: str) -> None:
    case, work = ready(kind, name, committed)
    work()
    assert case.facts(committed) == case.expected
    work()
    assert case.facts(committed) == case.expected


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_at_once(committed: World, kind: str, name: str) -> None:
    case, work = ready(kind, name, committed)
    assert [result for result in at_once(work, work) if isinstance(result, BaseException)] == []
    assert case.facts(committed) == case.expected
