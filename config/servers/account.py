"""The system account the embedded servers run under. PostgreSQL refuses root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.servers.errors import ServerError

# Exists on Debian, Ubuntu and macOS, owns nothing.
UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int

    @property
    def is_current(self) -> bool:
        return self.uid == os.geteuid()

    def popen(self, argv: list[str], **options: object) -> "subprocess.Popen[bytes]":
        """Popen under this account, with an environment that carries none of our secrets nor PG* variables."""
        identity: dict[str, object] = {}
        if not self.is_current:
            identity = {"user": self.uid, "group": self.gid, "extra_groups": []}
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
        return subprocess.Popen(argv, env=environment, **identity, **options)  # type: ignore[call-overload,no-any-return]

    def run(self, argv: list[str], *, cwd: Path) -> str:
        process = self.popen(argv, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output = process.communicate()[0].decode(errors="replace")
        if process.returncode:
            raise ServerError(f"{Path(argv[0]).name} a échoué :\n{output.strip()}")
        return output

    def can(self, test: str, path: Path) -> bool:
        """Whether this account passes `test -x path` and the like: only the kernel knows, with its ACLs and mounts."""
        process = self.popen(["/bin/sh", "-c", f'test {test} "$1"', "sh", str(path)], cwd="/")
        return process.wait() == 0

    def take(self, path: Path, mode: int) -> None:
        path.chmod(mode)
        if not self.is_current:
            os.chown(path, self.uid, self.gid)


def account_for(servers: Path) -> Account:
    """Who runs the servers whose files are in `servers`: their owner, else ourselves, else nobody when we are root."""
    owner = servers.stat().st_uid if servers.exists() else os.geteuid()
    if os.geteuid() not in (0, owner):
        raise ServerError(
            f"Le dossier {servers} appartient à un autre compte : relancez avec ce compte, "
            "ou donnez un autre dossier par la variable CLAUSEO_DATA."
        )
    try:
        entry = pwd.getpwuid(owner) if owner != 0 else pwd.getpwnam(UNPRIVILEGED)
    except KeyError as error:
        raise ServerError(
            "Le compte du système n'a pas de nom : PostgreSQL ne peut pas démarrer sous lui. Donnez DATABASE_URL."
        ) from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
