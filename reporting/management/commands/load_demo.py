from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reporting.demo.loading import has_structures, is_loaded, load_demo


class Command(BaseCommand):
    help = "Charge les données de démonstration\u202f: deux structures inventées, de la taille d'une vraie."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="ne fait rien s'il existe déjà une structure")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and has_structures():
            self.stdout.write("Il existe déjà une structure\u202f: la démonstration n'est pas chargée.")
            return
        if is_loaded():
            raise CommandError("La démonstration est déjà chargée.", returncode=2)
        load_demo()
        self.stdout.write("Démonstration chargée. Les comptes\u202f: python manage.py demo_accounts")
