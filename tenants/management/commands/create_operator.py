from argparse import ArgumentParser
from typing import Any

from django import forms
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from tenants import scope
from tenants.management.console import WRONG_USE, cleaned
from tenants.services.accounts import request_password_reset
from tenants.services.organisations import make_operator


class OperatorForm(forms.Form):
    email = forms.EmailField(label="adresse")
    name = forms.CharField(label="nom", max_length=150)


class Command(BaseCommand):
    help = "Fait de quelqu'un l'exploitant·e de la plateforme, qui crée structures et comptes sans voir les personnes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="adresse de connexion")
        parser.add_argument("--name", required=True, help="nom affiché")

    def handle(self, *args: Any, **options: Any) -> None:
        if "owner" not in connections:
            raise CommandError(
                "DATABASE_OWNER_URL est requise\u202f: aucun rôle de l'application ne fait d'exploitant.",
                returncode=WRONG_USE,
            )
        sent = cleaned(OperatorForm({"email": options["email"], "name": options["name"]}))
        user, created = make_operator(**sent)
        if not created:
            self.stdout.write(f"{user.email} exploite désormais la plateforme, avec son mot de passe habituel.")
            return
        with scope.none():
            request_password_reset(email=user.email)
        self.stdout.write(
            f"{user.email} exploite désormais la plateforme. Un lien pour choisir son mot de passe lui est envoyé."
        )
