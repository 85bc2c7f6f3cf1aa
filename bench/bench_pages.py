"""Pages of the demonstration's larger structure: 15 queries each at most, and five times the lightest page's time.

Served by config.wsgi, as in production; all the queries of a request count, its transaction's too.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from io import BytesIO
from statistics import median
from typing import Any
from urllib.parse import urlsplit
from wsgiref.types import WSGIApplication

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from bench import reference
from bench.stage import demonstration, tenant_of
from bench.verdicts import Verdict
from beneficiaries.selectors.assignments import working_between
from lib.dates import add_months, last_day, month_key, month_of, today_paris
from tenants import scope
from tenants.models import User

TIMES = 31
MOST_QUERIES = 15
AGENT = "direction@tme.example"
BAILLEUR = "bailleur@toit-garonnais.example"
ROWS_OF_THE_GRID = 100


@dataclass(frozen=True, slots=True)
class Answer:
    seconds: float
    status: str
    body: bytes


def measure() -> Iterator[Verdict]:
    demonstration()
    with override_settings(ROOT_URLCONF="bench.reference", ALLOWED_HOSTS=["localhost"]):
        site = import_module("config.wsgi").application
        agent, bailleur = _cookie(AGENT), _cookie(BAILLEUR)
        pages = [(what, url, agent) for what, url in _pages().items()]
        pages += [(what, url, bailleur) for what, url in BUYER_PAGES.items()]
        queries = {what: _queries(site, url, cookie) for what, url, cookie in pages}
        lightest, times = _times(site, pages, agent)
    print(f"page la plus légère : {lightest * 1000:.1f} ms")
    for what, _, _ in pages:
        yield Verdict(f"{what}, requêtes", queries[what], MOST_QUERIES, "")
        yield Verdict(f"{what}, temps", times[what] * 1000, 5 * lightest * 1000, "ms")


def _pages() -> dict[str, str]:
    month, rows = _month_of_the_grid()
    return {
        "accueil": "/accueil/",
        "lots du mois": f"/accueil/mois/{month_key(add_months(month_of(today_paris()), -1))}/sans_personne/",
        f"saisie des heures de {rows} mises à l'emploi": f"/heures/?mois={month_key(month)}",
        "marchés": "/marches/",
        "lots": "/marches/lots/",
        "marché": f"/marches/{_one('clauses_publiccontract')}/",
        "lot": f"/lots/{_one('clauses_lot')}/avancement/",
        "opérations": "/marches/operations/",
        "donneurs d'ordre": "/marches/donneurs-d-ordre/",
        "bénéficiaires": "/beneficiaires/",
        "contrats de travail": "/contrats/",
        "entreprises": "/entreprises/",
        "bilans": "/bilans/",
        "chiffres": "/chiffres/",
        "chiffres, obligations et taux": "/chiffres/taux/",
        "chiffres, années": "/chiffres/annees/",
    }


BUYER_PAGES = {"tableau de bord du bailleur": "/bailleur/", "marchés du bailleur": "/bailleur/marches/"}


def _month_of_the_grid() -> tuple[date, int]:
    """The month with as many rows as the bound is about, or a few more."""
    months = [add_months(month_of(today_paris()), -back) for back in range(120)]
    with scope.tenant(_structure()):
        rows = {month: len(working_between(month, last_day(month))) for month in months}
    return min((item for item in rows.items() if item[1] >= ROWS_OF_THE_GRID), key=lambda item: item[1])


def _one(table: str) -> int:
    with scope.tenant(_structure()), connection.cursor() as cursor:
        cursor.execute(f"SELECT min(id) FROM {table}")
        return int(cursor.fetchone()[0])


def _structure() -> int:
    found = tenant_of("toulouse-emploi")
    assert found is not None
    return found


def _cookie(email: str) -> str:
    with scope.none():
        user = User.objects.get(email=email)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "tenants.backends.EmailBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        return f"sessionid={session.session_key}"


def _queries(site: WSGIApplication, url: str, cookie: str) -> int:
    _get(site, url, cookie)
    with CaptureQueriesContext(connection) as asked:
        answer = _get(site, url, cookie)
    assert answer.status.startswith("200"), (url, answer.status)
    return len(asked)


def _times(site: WSGIApplication, pages: list[tuple[str, str, str]], agent: str) -> tuple[float, dict[str, float]]:
    """Each page in turn with the lightest one, so that what else the machine does weighs on both."""
    light: list[float] = []
    times: dict[str, list[float]] = {what: [] for what, _, _ in pages}
    for _ in range(TIMES):
        for what, url, cookie in pages:
            light.append(_get(site, reference.PATH, agent).seconds)
            times[what].append(_get(site, url, cookie).seconds)
    return median(light), {what: median(taken) for what, taken in times.items()}


def _get(site: WSGIApplication, url: str, cookie: str) -> Answer:
    address = urlsplit(url)
    status = ""

    def start(line: str, headers: Any, error: Any = None) -> None:
        nonlocal status
        status = line

    environment = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": address.path,
        "QUERY_STRING": address.query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_COOKIE": cookie,
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
    }
    begins = time.perf_counter()
    response = site(environment, start)
    body = b"".join(response)
    response.close()
    return Answer(time.perf_counter() - begins, status, body)
