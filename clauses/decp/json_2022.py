"""The 2022 format (v2.0.3, v2.0.4): `{"marches": {"marche": […], "contrat-concession": […]}}`.

Rows are counted through both lists, marchés first. Names of buyers and holders are not part of this format.
"""

from collections.abc import Iterator

from clauses.decp.notice import DecpFileError, DecpNotice, Refusal
from clauses.decp.rows import read_row


def read_rows(marches: dict[str, object]) -> Iterator[DecpNotice | Refusal]:
    if not {"marche", "contrat-concession"} & marches.keys():
        raise DecpFileError(
            "Sous «\u202fmarches\u202f», il n'y a ni liste «\u202fmarche\u202f» ni «\u202fcontrat-concession\u202f»."
        )
    index = 0
    for name in ("marche", "contrat-concession"):
        for data in _rows(marches.get(name), name):
            index += 1
            yield read_row(index, data, concession=name == "contrat-concession")


def _rows(value: object, name: str) -> list[object]:
    if value is None:
        return []
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        raise DecpFileError(f"«\u202f{name}\u202f» n'est pas une liste.")
    return value
