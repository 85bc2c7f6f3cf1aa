"""export_portfolio FOLDER --tenant SLUG. Exit status 0 done, 2 wrong use."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from beneficiaries.portfolio.exporter import export_portfolio
from beneficiaries.portfolio.reader import read_portfolio
from lib.numbers import NNBSP
from tenants import scope
from tenants.management.console import WRONG_USE, tenant_of, tolerate_any_terminal
from tenants.snapshots import one_snapshot


class Command(BaseCommand):
    help = "Écrit tout le portefeuille d'une structure, un dossier de neuf fichiers CSV (docs/exchange-format.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DOSSIER", type=Path, help="dossier à écrire, créé s'il n'existe pas")
        parser.add_argument("--tenant", required=True, metavar="SLUG", help="identifiant de la structure")

    def handle(self, *args: Any, **options: Any) -> None:
        tolerate_any_terminal()
        tenant = tenant_of(options["tenant"])
        try:
            with one_snapshot(), scope.tenant(tenant.pk):
                options["folder"].mkdir(parents=True, exist_ok=True)
                rows = export_portfolio(lambda filename: (options["folder"] / filename).open("wb"))
        except OSError as error:
            raise CommandError(
                f"{error.filename} ne peut pas être écrit ({error.strerror}).", returncode=WRONG_USE
            ) from error
        for name, count in rows.items():
            self.stdout.write(f"{name}.csv{NNBSP}: {count} lignes")
        self._tell_what_an_import_would_refuse(options["folder"])

    def _tell_what_an_import_would_refuse(self, folder: Path) -> None:
        """Data entered otherwise may break a rule of the format: whoever leaves must know before."""
        findings = read_portfolio(folder).findings
        if findings.errors:
            self.stdout.write(f"Ce dossier serait refusé à l'import{NNBSP}:")
        for issue in findings.errors:
            self.stdout.write(str(issue))
