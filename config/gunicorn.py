"""gunicorn's settings, for `make run` and for containers alike."""

import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# Imports and reports are jobs; a request that takes this long is stuck.
timeout = 60
graceful_timeout = 5
# Given back now and then: the process only ever grows.
max_requests = 2000
max_requests_jitter = 200
# Which proxies may say that the request came by TLS (X-Forwarded-Proto).
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
control_socket_disable = True
