"""How many SQL queries a page makes: the same whatever the number of its rows, and no more than the product allows."""

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

MOST = 15


def assert_constant_queries(client: Client, url: str, add_rows: Callable[[int], object]) -> None:
    """With 1, 3 and 30 rows. `add_rows(count)` adds as many; one row is there to begin with."""
    client.get(url)  # what is done once for a process or a session
    counts = {}
    rows = 1
    for wanted in (1, 3, 30):
        if wanted > rows:
            add_rows(wanted - rows)
            rows = wanted
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        counts[wanted] = [query["sql"] for query in asked]
    lengths = {wanted: len(queries) for wanted, queries in counts.items()}
    assert len(set(lengths.values())) == 1, lengths
    assert max(lengths.values()) <= MOST, "\n".join(counts[30])
