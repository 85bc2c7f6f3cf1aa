"""/healthz, for the reverse proxy, the containers and whoever watches: what works, told apart, and nothing else."""

import redis
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse

from tenants.access import public
from tenants.services import heartbeat


@public("GET")
def healthz(request: HttpRequest) -> JsonResponse:
    """503 without the database; 200 `degraded` without broker or worker: pages work, what they post arrives later."""
    database = _database_answers()
    broker, worker = _broker_and_worker()
    parts = {"database": database, "broker": broker, "worker": worker}
    status = "down" if not database else "ok" if all(parts.values()) else "degraded"
    body = {"status": status} | {name: "ok" if works else "down" for name, works in parts.items()}
    return JsonResponse(body, status=200 if database else 503, headers={"Cache-Control": "no-store"})


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _broker_and_worker() -> tuple[bool, bool]:
    try:
        return True, heartbeat.is_alive()
    except redis.RedisError:
        return False, False
