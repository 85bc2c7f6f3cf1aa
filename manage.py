#!/usr/bin/env python
"""Django's commands. Those that talk to the database start the embedded servers when they are down."""

import os
import sys

# What these need is the settings, not a server.
SERVERLESS = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "startapp",
    "version",
}

# It would be refused by the walls (it reads the table of migrations outside any scope), and starts no worker.
NO_RUNSERVER = (
    "runserver ne démarre pas Clauséo\u202f: «\u202fmake run\u202f» démarre les serveurs, le web et les workers "
    "(PORT=8001 make run pour un autre port)."
)


def needs_servers(arguments: list[str]) -> bool:
    if not arguments or {"-h", "--help", "--version"} & set(arguments):
        return False
    if arguments[0] == "makemigrations":
        return "--check" not in arguments
    return arguments[0] not in SERVERLESS or "--database" in arguments


def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a narrow space must not stop a command.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    if sys.argv[1:2] == ["runserver"]:
        sys.exit(NO_RUNSERVER)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from django.core.management import execute_from_command_line

    from config import servers

    try:
        if needs_servers(sys.argv[1:]):
            servers.ensure()
        else:
            servers.environment()
    except servers.ServerError as error:
        sys.exit(str(error))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
