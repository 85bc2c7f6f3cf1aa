"""The 2019 format (139bercy v1.5.0): `{"marches": [{…}, …]}`, marchés and concessions in one list."""

from collections.abc import Iterator

from clauses.decp.notice import DecpNotice, Refusal
from clauses.decp.rows import read_row


def read_rows(marches: list[object]) -> Iterator[DecpNotice | Refusal]:
    for index, data in enumerate(marches, start=1):
        yield read_row(index, data)
