"""Tabs of an object: pages of several apps under one header, each linked by its URL name once its app has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class Tab:
    """`parameter`: for a list of another app, its filter on the object; else the object's id is in the path."""

    key: str
    label: str
    route: str
    parameter: str = ""

    def url(self, pk: int) -> str | None:
        try:
            return f"{reverse(self.route)}?{self.parameter}={pk}" if self.parameter else reverse(self.route, args=[pk])
        except NoReverseMatch:
            return None


def build_tabs(
    tabs: Sequence[Tab], pk: int, active: str, counts: Mapping[str, int] | None = None
) -> list[dict[str, Any]]:
    """For components/_tabs.html: those whose page exists; `active` is the key of the page shown."""
    return [
        {"label": tab.label, "url": url, "count": (counts or {}).get(tab.key), "active": tab.key == active}
        for tab in tabs
        if (url := tab.url(pk))
    ]
