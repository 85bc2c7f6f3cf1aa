"""import_decp FILE --tenant SLUG [--create-tenant NAME] [--dry-run]

Exit status 0 done, 1 refused file, 2 wrong use. The last line is `read=N created=N updated=N unchanged=N refused=N`.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from clauses.decp.notice import DecpFile, DecpFileError
from clauses.decp.reader import read_decp
from clauses.services.decp import DecpReport, RowNote, import_decp
from tenants import scope
from tenants.management.console import REFUSED, WRONG_USE, tenant_of, tolerate_any_terminal


class Command(BaseCommand):
    help = "Reprend un fichier de données essentielles de la commande publique (DECP 2019 ou 2022, JSON ou XML)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FICHIER", type=Path, help="fichier .json ou .xml, éventuellement .gz")
        parser.add_argument("--tenant", required=True, metavar="SLUG", help="identifiant de la structure")
        parser.add_argument("--create-tenant", metavar="NOM", help="crée la structure sous ce nom si elle n'existe pas")
        parser.add_argument("--dry-run", action="store_true", help="montre ce qui serait repris, sans rien écrire")

    def handle(self, *args: Any, **options: Any) -> None:
        tolerate_any_terminal()
        with transaction.atomic():
            # First, so that a wrong use is told before a long reading; undone with all the rest.
            tenant = tenant_of(options["tenant"], create_as=options["create_tenant"])
            file = self._read(options["file"])
            with scope.tenant(tenant.pk):
                report = import_decp(file)
            if options["dry_run"]:
                transaction.set_rollback(True)
        self._print(report, dry_run=options["dry_run"])

    def _read(self, path: Path) -> DecpFile:
        try:
            with path.open("rb") as source:
                return read_decp(source)
        except OSError as error:
            raise CommandError(f"{path} ne peut pas être lu ({error.strerror}).", returncode=WRONG_USE) from error
        except DecpFileError as error:
            self.stdout.write(str(error))
            raise CommandError("Fichier refusé, rien n'a été écrit.", returncode=REFUSED) from error

    def _print(self, report: DecpReport, *, dry_run: bool) -> None:
        for note in report.notes:
            self.stdout.write(note)
        self._print_rows("republication", report.republications)
        self._print_rows("à vérifier", report.warnings)
        self._print_rows("refusé", report.refused)
        if dry_run:
            self.stdout.write("Essai\u202f: rien n'a été écrit.")
        self.stdout.write(report.summary)

    def _print_rows(self, kind: str, notes: list[RowNote]) -> None:
        for note in notes:
            label = f" ({note.label})" if note.label else ""
            self.stdout.write(f"N° {note.row}{label}, {kind}\u202f: {note.text}")
