"""The words of the access matrix (tests/test_access_matrix.py): who gets which answer on which route.

Every route of the project has one `Row` per method of its mark, in `tests/<app>/access_rows.py`:

    from tests.access import OBJECT, PAGE, Row, WRITE

    ROWS = [
        Row("clauses:contract_list", PAGE),
        Row("clauses:contract_page", OBJECT, kwargs=lambda w: {"pk": w.ours.contract.pk}),
        Row("clauses:contract_archive", WRITE, "POST", kwargs=lambda w: {"pk": w.ours.contract.pk}),
        Row("clauses:contract_create", WRITE.but(charlie=302), "POST", data=lambda w: {"title": "Peinture", …}),
        Row("tenants:member_invite", PAGE.but(bob=403)),
    ]

`kwargs(world)` gives the URL's arguments, always of *ours*, so that Charlie and Emma come as strangers; `data(world)`
what is sent, valid: the people who may are expected to be redirected (302). Both may make more rows, inside a scope of
theirs. `LOGIN` is a redirection to the login page. Alice administers ours, Bob reads in it, Charlie administers theirs,
Dominique administers our buyer's account, Emma the other account, Olivier operates the platform (tests/factories.py).
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import World

LOGIN = "login"
Answer = int | str


@dataclass(frozen=True)
class Expected:
    anonymous: Answer
    alice: Answer
    bob: Answer
    charlie: Answer
    dominique: Answer
    emma: Answer
    olivier: Answer

    def but(self, **answers: Answer) -> "Expected":
        return replace(self, **answers)

    def by_person(self) -> dict[str, Answer]:
        return asdict(self)


# Anyone, logged in or not.
PUBLIC = Expected(anonymous=200, alice=200, bob=200, charlie=200, dominique=200, emma=200, olivier=200)
# Whoever is logged in.
PERSON = PUBLIC.but(anonymous=LOGIN)
# A page where each structure finds its own (list, home, empty form).
PAGE = Expected(anonymous=LOGIN, alice=200, bob=200, charlie=200, dominique=404, emma=404, olivier=404)
# A page of one object of ours.
OBJECT = PAGE.but(charlie=404)
# A form sent about one object of ours: readers may not.
WRITE = OBJECT.but(alice=302, bob=403)
# The bailleur's space: each account finds its own, then one object of ours.
BUYER_PAGE = Expected(anonymous=LOGIN, alice=404, bob=404, charlie=404, dominique=200, emma=200, olivier=404)
BUYER_OBJECT = BUYER_PAGE.but(emma=404)
BUYER_WRITE = BUYER_OBJECT.but(dominique=302)
# The platform's operator.
OPERATOR_PAGE = Expected(anonymous=LOGIN, alice=404, bob=404, charlie=404, dominique=404, emma=404, olivier=200)
OPERATOR_WRITE = OPERATOR_PAGE.but(olivier=302)


class SentAgain(SimpleUploadedFile):
    """A file that each person of the matrix sends in turn."""

    def read(self, *args: int) -> bytes:
        self.seek(0)
        return bytes(super().read(*args))


def _nothing(world: World) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Row:
    """`writes`: tables that a GET of this route may write besides the session, such as the read log."""

    route: str
    expected: Expected
    method: str = "GET"
    kwargs: Callable[[World], dict[str, Any]] = _nothing
    data: Callable[[World], dict[str, Any]] = _nothing
    writes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.method} {self.route}"
