from typing import Any

from django.core.management.base import BaseCommand

from reporting.demo.accounts import ALL, OPERATOR, PASSWORD, Account
from reporting.demo.loading import is_loaded
from reporting.demo.structures import STRUCTURES
from tenants.enums import BuyerRole, TenantRole


class Command(BaseCommand):
    help = "Affiche les comptes de la démonstration et leur mot de passe."

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_loaded():
            self.stdout.write("La démonstration n'est pas chargée\u202f: python manage.py load_demo")
            return
        self.stdout.write(f"Mot de passe de tous ces comptes\u202f: {PASSWORD}")
        for account in ALL:
            self.stdout.write(f"  {account.email:<36} {_places(account)}")


def _places(account: Account) -> str:
    names = {structure.slug: structure.name for structure in STRUCTURES}
    if account == OPERATOR:
        return "exploitation de la plateforme"
    return ", ".join(
        f"{names[place]} ({TenantRole(role).label})" if place in names else f"{place} ({BuyerRole(role).label})"
        for place, role in account.places
    )
