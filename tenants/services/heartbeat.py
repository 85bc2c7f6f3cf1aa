"""The worker's sign of life, kept in the broker so that /healthz can tell worker and broker apart."""

import time

import redis
from django.conf import settings

KEY = "clauseo:worker-heartbeat"
LIFETIME_SECONDS = 60


def client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


def beat() -> None:
    with client() as broker:
        broker.set(KEY, str(int(time.time())), ex=LIFETIME_SECONDS)


def is_alive() -> bool:
    """Whether a worker took a task within the last minute. Raises redis.RedisError when the broker is unreachable."""
    with client() as broker:
        return bool(broker.exists(KEY))
