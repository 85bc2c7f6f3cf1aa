from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from tenants import scope
from tenants.forms.organisations import TenantCreateForm
from tenants.management.console import cleaned
from tenants.services.organisations import create_tenant


class Command(BaseCommand):
    help = "Crée une structure et invite la personne qui l'administrera."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="nom de la structure")
        parser.add_argument("--admin", required=True, help="adresse de la personne invitée à l'administrer")
        parser.add_argument(
            "--slug", default="", help="identifiant pour les commandes\u202f; sans lui, fait à partir du nom"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with scope.operator():
            form = TenantCreateForm(
                {"name": options["name"], "slug": options["slug"], "administrator_email": options["admin"]}
            )
            tenant = create_tenant(**cleaned(form))
        self.stdout.write(
            f"Structure créée\u202f: {tenant.name}, identifiant {tenant.slug}. Invitation\u202f: {options['admin']}."
        )
