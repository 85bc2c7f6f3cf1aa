"""Addresses of many objects of one kind: one reverse for all, which costs more than the rest of a row of a list."""

from functools import cache

from django.urls import reverse


def path_of(route: str, pk: int) -> str:
    """As ``reverse(route, args=[pk])``, for a route whose only number is the object's."""
    before, after = _around(route)
    return f"{before}{pk}{after}"


@cache
def _around(route: str) -> tuple[str, str]:
    before, _, after = reverse(route, args=[0]).partition("/0/")
    return f"{before}/", f"/{after}"
