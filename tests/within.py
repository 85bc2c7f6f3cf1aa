"""What tests of pages need beside the clients: the structure's scope, and what was said to the person."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse

from tenants import scope
from tests.factories import World


@pytest.fixture
def ours(world: World) -> Callable[..., Any]:
    """Runs a function as Alice, in her structure: ``ours(lambda: Lot.objects.count())``."""

    def run(read: Callable[[], Any]) -> Any:
        with scope.tenant(world.ours.tenant.pk, world.alice.pk):
            return read()

    return run


def shown(response: HttpResponse) -> str:
    """The page as it is read: its source, entities resolved."""
    return html.unescape(response.content.decode())


def said(response: HttpResponse) -> list[str]:
    """The messages of this answer."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def errors(response: HttpResponse, field: str = "__all__", form: str = "form") -> str:
    return " ".join(response.context[form].errors.get(field, []))
