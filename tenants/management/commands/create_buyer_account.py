from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from tenants import scope
from tenants.forms.organisations import AccountCreateForm
from tenants.management.console import cleaned
from tenants.services.organisations import create_buyer_account


class Command(BaseCommand):
    help = "Crée un compte de donneur d'ordre et invite la personne qui l'administrera."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="nom du donneur d'ordre")
        parser.add_argument("--admin", required=True, help="adresse de la personne invitée à l'administrer")
        parser.add_argument("--siret", default="", help="SIRET du donneur d'ordre")

    def handle(self, *args: Any, **options: Any) -> None:
        with scope.operator():
            form = AccountCreateForm(
                {"name": options["name"], "siret": options["siret"], "administrator_email": options["admin"]}
            )
            account = create_buyer_account(**cleaned(form))
        self.stdout.write(
            f"Compte créé\u202f: {account.name}, code de rattachement {account.code}. "
            f"Invitation\u202f: {options['admin']}."
        )
