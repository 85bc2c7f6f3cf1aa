"""Loads the whole demonstration, in one transaction: nothing is left of one that was interrupted.

But for its operator, whom the owner makes once the rest is there.
"""

from datetime import date
from random import Random

from django.db import transaction

from lib.dates import today_paris
from reporting.demo.accounts import create_accounts, create_operator
from reporting.demo.people import write_people
from reporting.demo.portfolio import Calendar, plan_contracts
from reporting.demo.registers import buyer_sirets, write_registers
from reporting.demo.structures import STRUCTURES, Structure
from reporting.demo.workforce import plan_workforce
from reporting.services.progress import recompute_progress
from tenants import scope
from tenants.models import BuyerAccount, Tenant
from tenants.services.statistics import refresh_statistics_on_commit


def has_structures() -> bool:
    with scope.operator():
        return Tenant.objects.exists()


def is_loaded() -> bool:
    with scope.operator():
        return Tenant.objects.filter(slug__in=[structure.slug for structure in STRUCTURES]).exists()


def load_demo(*, today: date | None = None) -> None:
    """The same for the same day: dates follow `today` by whole years, the draws are seeded."""
    today = today or today_paris()
    with transaction.atomic():
        with scope.operator():
            tenants = {
                structure.slug: Tenant.objects.create(slug=structure.slug, name=structure.name, is_demo=True)
                for structure in STRUCTURES
            }
        accounts = create_accounts(tenants, buyer_sirets())
        for structure in STRUCTURES:
            _load_structure(tenants[structure.slug], structure, accounts, today)
        refresh_statistics_on_commit()
    create_operator()


def _load_structure(tenant: Tenant, structure: Structure, accounts: dict[str, BuyerAccount], today: date) -> None:
    random = Random(f"clauseo {structure.slug}")  # noqa: S311 -- repeatable draws, not secrets
    calendar = Calendar(today)
    contracts = plan_contracts(structure, calendar, random)
    employments, persons = plan_workforce(structure, contracts, calendar, random)
    with scope.tenant(tenant.pk):
        registers = write_registers(tenant, structure, contracts, accounts, calendar, random)
        write_people(registers, employments, persons, calendar, random)
    recompute_progress(tenant_id=tenant.pk, today=today)
