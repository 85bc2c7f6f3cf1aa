"""The demonstration, built in under a minute."""

from collections.abc import Iterator

from bench.stage import demonstration
from bench.verdicts import Verdict


def measure() -> Iterator[Verdict]:
    yield Verdict("démonstration construite", demonstration().seconds, 60, "s")
