"""No group under five people in figures that are shared: counts that would point at someone are withheld."""

from collections.abc import Mapping
from typing import Any

SMALLEST_SHOWN = 5


def withheld(groups: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """Keys whose figures are not printed: those under five people, and the next smallest when one alone would be
    withheld, since the total less the others would give it back."""
    small = {key for key, group in groups.items() if group["beneficiaries"] < SMALLEST_SHOWN}
    if len(small) == 1 and len(groups) > 1:
        others = (key for key in groups if key not in small)
        small.add(min(others, key=lambda key: (groups[key]["beneficiaries"], key)))
    return frozenset(small)
