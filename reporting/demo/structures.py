"""The two structures of the demonstration, and the size that each one has."""

from dataclasses import dataclass

from reporting.demo import names


@dataclass(frozen=True, slots=True)
class Structure:
    """`hours`: validated so far, about. `shared_parts`: how many assignments share an employment with another lot."""

    slug: str
    name: str
    buyers: tuple[tuple[str, str], ...]
    families: tuple[str, ...]
    hours: int
    employments: int
    persons: int
    shared_parts: int


# Together the figures that Toulouse Métropole Emploi publishes: 42 donneurs d'ordre, 1 824 868 hours, 2 725 contracts,
# 1 983 persons. One bailleur is followed by both, no person is.
STRUCTURES = (
    Structure(
        slug="groupement-31",
        name="Groupement Départemental 31",
        buyers=names.HLM_BUYERS,
        families=("hlm", "tous"),
        hours=675_000,
        employments=1_035,
        persons=748,
        shared_parts=55,
    ),
    Structure(
        slug="toulouse-emploi",
        name="Toulouse Métropole Emploi",
        buyers=(*names.OTHER_BUYERS, *names.SECOND_HLM_BUYERS),
        families=("collectivite", "hlm", "tous"),
        hours=1_130_000,
        employments=1_690,
        persons=1_235,
        shared_parts=85,
    ),
)
