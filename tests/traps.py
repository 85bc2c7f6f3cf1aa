"""Traps that make tests honest, set for the whole run by tests/conftest.py.

A queryset without an order comes shuffled; a template variable that nobody gave fails; select_for_update must say what
it locks; nothing is reached but this machine.
"""

import ipaddress
import random
import socket
from typing import Any

import pytest
from django.conf import settings
from django.db.models import QuerySet
from django.template import engines


def shuffle_unordered_querysets(patch: pytest.MonkeyPatch) -> None:
    """PostgreSQL gives rows as it likes; a test that passes by insertion order would fail one day in production."""
    fetch_all = QuerySet._fetch_all

    def fetch_all_shuffled(self: QuerySet) -> None:
        fresh = self._result_cache is None
        fetch_all(self)
        if fresh and not self.ordered and isinstance(self._result_cache, list):
            random.shuffle(self._result_cache)

    patch.setattr(QuerySet, "_fetch_all", fetch_all_shuffled)


def demand_what_is_locked(patch: pytest.MonkeyPatch) -> None:
    """Without `of`, every joined table is locked too: waits and deadlocks that no test of one user shows."""
    select_for_update = QuerySet.select_for_update

    def select_for_update_of(self: QuerySet, *args: Any, **kwargs: Any) -> QuerySet:
        assert kwargs.get("of"), 'select_for_update needs of=("self",)'
        return select_for_update(self, *args, **kwargs)

    patch.setattr(QuerySet, "select_for_update", select_for_update_of)


class UndefinedVariableError(AssertionError):
    pass


class _FailsWhenShown:
    """Stands for `string_if_invalid`: Django asks whether it holds %s, then formats it with the variable's name."""

    def __contains__(self, text: str) -> bool:
        return True

    def __mod__(self, variable: object) -> str:
        raise UndefinedVariableError(f"undefined template variable: {variable}")


def fail_on_undefined_variables(patch: pytest.MonkeyPatch) -> None:
    trap = _FailsWhenShown()
    patch.setitem(settings.TEMPLATES[0]["OPTIONS"], "string_if_invalid", trap)
    # A module that renders while it is collected has made the engine already.
    for backend in engines.all():
        patch.setattr(backend.engine, "string_if_invalid", trap)


def stay_on_this_machine(patch: pytest.MonkeyPatch) -> None:
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def checked(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise AssertionError(f"a test reached for {address[0]}: only this machine may answer")

    def connect_here(self: socket.socket, address: Any) -> None:
        checked(self, address)
        connect(self, address)

    def connect_ex_here(self: socket.socket, address: Any) -> int:
        checked(self, address)
        return connect_ex(self, address)

    patch.setattr(socket.socket, "connect", connect_here)
    patch.setattr(socket.socket, "connect_ex", connect_ex_here)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def set_all(patch: pytest.MonkeyPatch) -> None:
    shuffle_unordered_querysets(patch)
    demand_what_is_locked(patch)
    fail_on_undefined_variables(patch)
    stay_on_this_machine(patch)
