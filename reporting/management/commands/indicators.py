"""indicators --tenant SLUG --from YYYY-MM --to YYYY-MM [--buyer REF | --programme REF | …]

Exit status 0 done, 2 wrong use: an unknown reference, FROM after TO, a malformed month.
"""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lib.dates import MonthError, parse_month
from reporting.enums import ScopeKind
from reporting.indicators.document import as_document, to_json
from reporting.indicators.source import Perimeter, UnknownReferenceError, compute_indicators, find_perimeter
from tenants import scope
from tenants.management.console import WRONG_USE, tenant_of
from tenants.snapshots import one_snapshot

_KINDS = [kind for kind in ScopeKind if kind is not ScopeKind.TENANT]


class Command(BaseCommand):
    help = "Affiche en JSON les indicateurs d'une structure (docs/exchange-format.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SLUG", help="identifiant de la structure")
        parser.add_argument("--from", required=True, dest="first", metavar="AAAA-MM", help="premier mois")
        parser.add_argument("--to", required=True, dest="last", metavar="AAAA-MM", help="dernier mois, compris")
        one = parser.add_mutually_exclusive_group()
        for kind in _KINDS:
            one.add_argument(f"--{kind}", metavar="RÉF", help=f"seulement ce {kind.label} (référence externe)")

    def handle(self, *args: Any, **options: Any) -> None:
        first, last = _month(options["first"]), _month(options["last"])
        if first > last:
            raise CommandError("Le premier mois suit le dernier.", returncode=WRONG_USE)
        tenant = tenant_of(options["tenant"])
        with one_snapshot(), scope.tenant(tenant.pk, read_only=True):
            document = as_document(compute_indicators(_perimeter(options), first, last))
        self.stdout.write(to_json(document))


def _month(text: str) -> date:
    try:
        return parse_month(text)
    except MonthError as error:
        raise CommandError(str(error), returncode=WRONG_USE) from error


def _perimeter(options: dict[str, Any]) -> Perimeter:
    for kind in _KINDS:
        if options[kind] is not None:
            try:
                return find_perimeter(kind, options[kind])
            except UnknownReferenceError as error:
                raise CommandError(str(error), returncode=WRONG_USE) from error
    return Perimeter()
