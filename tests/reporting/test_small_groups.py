"""No group under five people is printed, nor one that a subtraction would give back."""

import pytest

from reporting.bilans.small_groups import withheld


def groups(**people):
    return {key: {"beneficiaries": count} for key, count in people.items()}


@pytest.mark.parametrize(
    ("given", "hidden"),
    [
        (groups(), ()),
        (groups(F=5, M=12), ()),
        (groups(F=4), ("F",)),
        # Alone it would come out of the total: the smallest of the others goes with it.
        (groups(F=4, M=12), ("F", "M")),
        (groups(a=4, b=9, c=7, d=30), ("a", "c")),
        (groups(a=4, b=7, c=7), ("a", "b")),
        (groups(a=0, b=9, c=8), ("a", "c")),
        (groups(a=4, b=1, c=7), ("a", "b")),
    ],
)
def test_what_is_withheld(given, hidden):
    assert withheld(given) == set(hidden)
