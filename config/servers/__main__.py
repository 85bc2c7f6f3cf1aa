"""python -m config.servers run | start | stop"""

import sys

from config import servers
from config.servers.run import run


def main(arguments: list[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a narrow space must not stop the application.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    commands = {"run": run, "start": servers.ensure, "stop": servers.stop}
    if len(arguments) != 1 or arguments[0] not in commands:
        sys.exit(str(__doc__))
    try:
        return commands[arguments[0]]() or 0
    except servers.ServerError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
