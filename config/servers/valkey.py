"""The embedded broker: Valkey on a unix socket, every write in its append-only file."""

import signal
import socket
import time

from config.servers import process
from config.servers.binaries import valkey_server
from config.servers.errors import ServerError
from config.servers.layout import Layout

START_TIMEOUT = 60.0
SOCKET = "valkey.sock"


def url(layout: Layout) -> str:
    return f"unix://{layout.sockets / SOCKET}"


def is_ready(layout: Layout) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(2)
            client.connect(str(layout.sockets / SOCKET))
            client.sendall(b"PING\r\n")
            # While it reads its file back it answers -LOADING.
            return client.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def start(layout: Layout) -> None:
    if is_ready(layout):
        return
    # One that lives but cannot be reached (its socket was deleted) would hold the same files.
    stop(layout)
    (layout.sockets / SOCKET).unlink(missing_ok=True)
    settings = layout.write("valkey.conf", _settings(layout))
    log = layout.servers / "valkey.log"
    daemon = process.detach([str(valkey_server(layout)), str(settings)], account=layout.account, log=log)
    deadline = time.monotonic() + START_TIMEOUT
    while not is_ready(layout):
        if not process.is_alive(daemon) or time.monotonic() > deadline:
            raise ServerError(f"Valkey n'a pas démarré. Fin de {log} :\n{process.tail(log)}")
        time.sleep(0.02)


def stop(layout: Layout) -> None:
    running = process.find("valkey-server", argument=layout.servers / "valkey.conf")
    if running is not None:
        process.stop(running, (signal.SIGTERM, 5), (signal.SIGKILL, 5))


def _settings(layout: Layout) -> str:
    folder = str(layout.folder("valkey")).replace("\\", "\\\\").replace('"', '\\"')
    durable = not layout.throwaway
    return f"""\
port 0
unixsocket {layout.sockets / SOCKET}
unixsocketperm 700
dir "{folder}"
appendonly {"yes" if durable else "no"}
appendfsync everysec
save ""
maxmemory-policy noeviction
loglevel warning
# The command line is how the process is found again.
set-proc-title no
"""
