import pytest
from django.db import connection
from django.test import Client

from tenants.services import heartbeat


@pytest.fixture(autouse=True)
def no_heartbeat() -> None:
    with heartbeat.client() as broker:
        broker.delete(heartbeat.KEY)


@pytest.fixture
def no_database(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nonexistent")


def test_everything_works(transactional_db: None, client: Client) -> None:
    heartbeat.beat()
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "broker": "ok", "worker": "ok"}
    assert response["Cache-Control"] == "no-store"


def test_no_worker(transactional_db: None, client: Client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "degraded", "database": "ok", "broker": "ok", "worker": "down"}


def test_no_broker(transactional_db: None, client: Client, settings) -> None:  # type: ignore[no-untyped-def]
    settings.REDIS_URL = "unix:///nonexistent/valkey.sock"
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "degraded", "database": "ok", "broker": "down", "worker": "down"}


def test_no_database(no_database: None, client: Client) -> None:
    heartbeat.beat()
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {"status": "down", "database": "down", "broker": "ok", "worker": "ok"}


def test_asks_the_database_for_nothing_else(transactional_db: None, client: Client, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(1):
        client.get("/healthz")


def test_refuses_to_write(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
