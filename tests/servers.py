"""Throw-away PostgreSQL and broker for the run, before Django reads its settings. Loaded by `-p tests.servers`.

The controller starts them; workers of pytest-xdist inherit the addresses by the environment. Each has a database of its
own in PostgreSQL (tests/conftest.py) and in the broker: queues are counted.
"""

import os
from contextlib import ExitStack
from urllib.parse import urlsplit, urlunsplit

import pytest

from config import servers

_stack = ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        _stack.enter_context(servers.throwaway())
    else:
        os.environ["REDIS_URL"] = _own_database(os.environ["REDIS_URL"], int(worker.removeprefix("gw")) % 15 + 1)


def _own_database(url: str, number: int) -> str:
    if url.startswith("unix://"):
        return f"{url}?db={number}"
    return urlunsplit(urlsplit(url)._replace(path=f"/{number}"))


def pytest_unconfigure() -> None:
    _stack.close()
