"""Two transactions at once, on two real connections (fixture `transactional_db`)."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection, connections


class Other(threading.Thread):
    """Runs `work` on a connection of its own; `result` is what it returned or raised."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__()
        self.work = work
        self.result: Any = None
        self.backend: int | None = None

    def run(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (self.backend,) = cursor.fetchone()
            self.result = self.work()
        except Exception as error:  # noqa: BLE001 -- handed to the test
            self.result = error
        finally:
            connection.close()

    def is_waiting(self) -> bool:
        """Asked on the owner's connection: ours may be within a transaction that failed."""
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = %s", [self.backend])
            return bool(cursor.fetchone()[0])

    def has_waited(self) -> bool:
        """Within five seconds; False as soon as it ended without waiting."""
        return any(self.is_waiting() or self.join(0.02) for _ in range(250) if self.is_alive())


def meanwhile(other: Other) -> None:
    """Within a transaction that has written and is not committed: start `other` and see it wait for us."""
    other.start()
    assert other.has_waited(), "the other did not wait: nothing was tested"


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Results of `works` begun together, each on its own connection."""
    ready = threading.Barrier(len(works))

    def begin(work: Callable[[], Any]) -> Callable[[], Any]:
        def begun() -> Any:
            ready.wait(10)
            return work()

        return begun

    others = [Other(begin(work)) for work in works]
    for other in others:
        other.start()
    for other in others:
        other.join(30)
    return [other.result for other in others]
