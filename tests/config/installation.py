import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from config import servers
from config.servers import layout, process

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Installation:
    """A data folder used as a user does: by commands in processes of their own."""

    data: Path
    identity: dict[str, object] = field(default_factory=dict)
    python: str = sys.executable
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if name not in servers.VARIABLES}
        return ours | {"CLAUSEO_DATA": str(self.data), "PYTHONPATH": str(ROOT)} | self.extra

    def popen(self, *argv: str, **options: object) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [self.python, *argv],
            env=self.environment,
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            **self.identity,
            **options,
        )

    def python_says(self, code: str) -> str:
        with self.popen("-c", code) as running:
            output = running.communicate(timeout=120)[0]
        assert running.returncode == 0, output
        return output.strip()

    def sql(self, statement: str, role: str = "owner") -> str:
        """Starts the servers as any command does, then runs one statement."""
        name = {"owner": "DATABASE_OWNER_URL", "app": "DATABASE_URL"}[role]
        return self.python_says(
            "import os, psycopg2; from config import servers; servers.ensure();"
            f"link = psycopg2.connect(os.environ[{name!r}]); link.autocommit = True; cursor = link.cursor();"
            f"cursor.execute({statement!r}); print(cursor.fetchall() if cursor.description else '')"
        )

    @property
    def layout(self) -> layout.Layout:
        return layout.locate(self.data)

    @property
    def postmaster(self) -> int:
        found = process.find("postgres", argument=self.layout.servers / "postgres")
        assert found is not None, "PostgreSQL does not run"
        return int(found.pid)

    @property
    def broker(self) -> int:
        found = process.find("valkey-server", argument=self.layout.servers / "valkey.conf")
        assert found is not None, "Valkey does not run"
        return int(found.pid)

    def remove(self) -> None:
        servers.stop(self.data)
        layout.remove(self.data)
