"""Each trap of tests/traps.py shuts on what it is for, and on nothing else."""

import socket

import pytest
from django.template import Context, Engine, Template

from clauses.models import Lot
from tenants import scope
from tests.factories import LotFactory
from tests.traps import UndefinedVariableError


def test_unordered_querysets_come_in_any_order(world):
    with scope.tenant(world.ours.tenant.pk):
        for _ in range(12):
            LotFactory(contract=world.ours.contract)
        unordered = [tuple(Lot.objects.order_by().values_list("pk", flat=True)) for _ in range(8)]
        ordered = {tuple(Lot.objects.order_by("pk").values_list("pk", flat=True)) for _ in range(8)}
    assert len(set(unordered)) > 1
    assert len(ordered) == 1
    assert {frozenset(order) for order in unordered} == {frozenset(order) for order in ordered}


def test_lock_must_say_what_it_locks(world):
    with scope.tenant(world.ours.tenant.pk):
        with pytest.raises(AssertionError, match="needs of="):
            Lot.objects.select_for_update()
        assert list(Lot.objects.select_for_update(of=("self",))) == [world.ours.lot]


@pytest.mark.parametrize("text", ["{{ absent }}", "{{ absent|default:'x' }}", "{% include part with x=absent only %}"])
def test_undefined_variable_fails(text):
    engine = Engine.get_default()
    with pytest.raises(UndefinedVariableError, match="absent"):
        Template(text, engine=engine).render(Context({"part": "components/_status.html"}))


def test_variable_asked_about_may_be_absent():
    assert Template("{% if absent %}a{% else %}b{% endif %}").render(Context()) == "b"


@pytest.mark.parametrize("address", [("192.0.2.1", 9), ("example.org", 80)])
def test_only_this_machine_answers(address):
    with socket.socket() as client, pytest.raises(AssertionError, match="only this machine"):
        client.connect(address)
    with socket.socket() as client, pytest.raises(AssertionError, match="only this machine"):
        client.connect_ex(address)


def test_this_machine_answers():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        for host in ("127.0.0.1", "localhost"):
            with socket.socket() as client:
                client.connect((host, server.getsockname()[1]))
