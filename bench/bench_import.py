"""Import of 100 000 hour lines, 5 000 work contracts, 1 000 lots: 4 × the bare COPY of its files plus 10 s at most."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psycopg2

from bench.portfolio import write_portfolio
from bench.stage import import_as
from bench.verdicts import Verdict
from beneficiaries.portfolio.columns import FILES

TIMES = 3


def measure() -> Iterator[Verdict]:
    """On servers that are up and migrated; each import fills a new structure."""
    with TemporaryDirectory() as place:
        folder = write_portfolio(Path(place))
        bare, imports = [], []
        for turn in range(TIMES):
            bare.append(_bare_copy(folder))
            imports.append(import_as(f"bench-{turn}", folder))
    seconds, copy = median(run.seconds for run in imports), median(bare)
    print(f"COPY nu des neuf fichiers : {copy:.2f} s ; import : {seconds / copy:.1f} fois cela")
    yield Verdict("import_portfolio, 100 000 lignes d'heures", seconds, 4 * copy + 10, "s")
    yield Verdict("import_portfolio, mémoire", max(run.peak_megabytes for run in imports), 500, "Mo")


def _bare_copy(folder: Path) -> float:
    """The same files into tables of text without a key, an index or a rule, as one transaction."""
    connection = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    try:
        with connection.cursor() as cursor:
            for file in FILES:
                cursor.execute(f"CREATE TABLE bare_{file.name} ({', '.join(f'{it} text' for it in file.column_names)})")
            connection.commit()
            begins = time.perf_counter()
            for file in FILES:
                with (folder / file.filename).open() as source:
                    cursor.copy_expert(f"COPY bare_{file.name} FROM STDIN (FORMAT csv, HEADER)", source)
            connection.commit()
            seconds = time.perf_counter() - begins
            cursor.execute(f"DROP TABLE {', '.join(f'bare_{file.name}' for file in FILES)}")
            connection.commit()
            return seconds
    finally:
        connection.close()
