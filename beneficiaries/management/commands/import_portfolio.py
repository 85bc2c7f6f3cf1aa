"""import_portfolio FOLDER --tenant SLUG [--create-tenant NAME] [--dry-run]

Exit status 0 done, 1 refused (the report is on standard output), 2 wrong use.
"""

from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from beneficiaries.portfolio.importer import PortfolioRefusedError, import_portfolio
from beneficiaries.portfolio.reader import read_portfolio
from beneficiaries.portfolio.tables import Portfolio
from beneficiaries.portfolio.writing.registers import Outcome
from lib.numbers import NNBSP
from tenants import scope
from tenants.management.console import REFUSED, WRONG_USE, tenant_of, tolerate_any_terminal


class Command(BaseCommand):
    help = "Reprend le portefeuille d'une structure, un dossier de neuf fichiers CSV (docs/exchange-format.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DOSSIER", type=Path, help="dossier des neuf fichiers")
        parser.add_argument("--tenant", required=True, metavar="SLUG", help="identifiant de la structure")
        parser.add_argument("--create-tenant", metavar="NOM", help="crée la structure sous ce nom si elle n'existe pas")
        parser.add_argument("--dry-run", action="store_true", help="dit ce qui serait repris, sans rien écrire")

    def handle(self, *args: Any, **options: Any) -> None:
        tolerate_any_terminal()
        folder: Path = options["folder"]
        if not folder.is_dir():
            raise CommandError(f"{folder} n'est pas un dossier.", returncode=WRONG_USE)
        outcomes: dict[str, Outcome] = {}
        with transaction.atomic():
            # First, so that a wrong use is told before a long reading; undone with all the rest.
            tenant = tenant_of(options["tenant"], create_as=options["create_tenant"])
            portfolio = read_portfolio(folder)
            with suppress(PortfolioRefusedError), scope.tenant(tenant.pk):
                outcomes = import_portfolio(portfolio=portfolio)
            if options["dry_run"] or not portfolio.is_sound:
                transaction.set_rollback(True)
        self._print(portfolio, outcomes, dry_run=options["dry_run"])

    def _print(self, portfolio: Portfolio, outcomes: dict[str, Outcome], *, dry_run: bool) -> None:
        for line in portfolio.report():
            self.stdout.write(line)
        found = f"{len(portfolio.findings.errors)} erreur(s), {len(portfolio.findings.warnings)} avertissement(s)"
        if not portfolio.is_sound:
            raise CommandError(f"Portefeuille refusé{NNBSP}: {found}. Rien n'a été écrit.", returncode=REFUSED)
        for name, outcome in outcomes.items():
            self.stdout.write(
                f"{name}.csv{NNBSP}: {len(portfolio[name])} lignes lues, {outcome.created} créées, "
                f"{outcome.updated} modifiées, {outcome.unchanged} inchangées"
            )
        conclusion = "Essai réussi, rien n'a été écrit" if dry_run else "Import terminé"
        self.stdout.write(f"{conclusion}{NNBSP}: {found}.")
