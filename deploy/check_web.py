"""The container's health check: asks /healthz by a name that the application answers to; fails without a database."""

import os
import sys
import urllib.error
import urllib.request

host = os.environ["CLAUSEO_HOSTS"].split(",")[0].strip().removeprefix(".")
address = f"http://127.0.0.1:{os.environ['PORT']}/healthz"
request = urllib.request.Request(address, headers={"Host": host})
try:
    urllib.request.urlopen(request, timeout=5)  # noqa: S310 -- the address is ours, written above
except (urllib.error.URLError, OSError) as error:
    sys.exit(str(error))
