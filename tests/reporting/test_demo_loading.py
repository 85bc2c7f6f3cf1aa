"""The demonstration as it stands in the database. Loaded once for all these assertions: it takes seconds."""

import io
import time
from datetime import date

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Sum
from django.test import Client

from beneficiaries.models import Beneficiary, EmploymentContract, HourEntry
from clauses.models import Buyer, LotProgress, Obligation, PublicContract, StaleLot
from lib.progress_rules import reference_date
from reporting.demo.accounts import ALL, PASSWORD
from reporting.demo.loading import load_demo
from reporting.demo.structures import STRUCTURES
from tenants import scope
from tenants.models import Tenant

TODAY = date(2026, 11, 20)


def _tenant_ids() -> dict[str, int]:
    with scope.operator():
        return dict(Tenant.objects.filter(is_demo=True).values_list("slug", "pk"))


def test_demonstration_has_the_size_of_a_real_structure(transactional_db: None) -> None:
    # Its own processor time: what the machine does beside does not count.
    began = time.process_time()
    load_demo(today=TODAY)
    assert time.process_time() - began < 60
    ids = _tenant_ids()
    assert set(ids) == {structure.slug for structure in STRUCTURES}
    buyers, hours, statuses = set(), 0, set()
    for structure in STRUCTURES:
        with scope.tenant(ids[structure.slug]):
            validated = HourEntry.objects.filter(status="validee", hours__gt=0)
            assert EmploymentContract.objects.count() == structure.employments
            assert validated.values("employment").distinct().count() == structure.employments
            assert Beneficiary.objects.count() == structure.persons
            assert validated.values("employment__person_key").distinct().count() == structure.persons
            assert validated.values("lot__contract__buyer").distinct().count() == len(structure.buyers)
            hours += validated.aggregate(total=Sum("hours"))["total"]
            buyers |= set(Buyer.objects.values_list("siret", flat=True))
            statuses |= set(LotProgress.objects.values_list("status", flat=True))
            assert not StaleLot.objects.exists()
            assert set(LotProgress.objects.values_list("reference_date", flat=True)) == {reference_date(TODAY)}
            _check_contents()
    assert len(buyers) == 42
    assert 1_780_000 < hours < 1_880_000
    assert statuses == {
        "a_calibrer",
        "sans_obligation",
        "atteint",
        "a_venir",
        "non_atteint",
        "compromis",
        "en_avance",
        "a_surveiller",
        "en_retard",
    }
    _check_accounts()
    _check_commands()


def _check_contents() -> None:
    assert set(HourEntry.objects.values_list("status", flat=True)) == {"declaree", "controlee", "validee", "refusee"}
    assert set(HourEntry.objects.values_list("kind", flat=True)) == {"travail", "formation"}
    assert not HourEntry.objects.exclude(status="validee").filter(month__lt=date(2026, 10, 1)).exists()
    assert set(EmploymentContract.objects.values_list("qpv_generation", flat=True)) == {"", "zus", "qp2015", "qp2024"}
    assert Obligation.objects.filter(version=2, is_current=True, amendment__isnull=False).exists()
    assert PublicContract.objects.exclude(buyer_account=None).exists()
    assert PublicContract.objects.filter(operation__kind="gup", operation__programme__kind="npnru").exists()


def _check_accounts() -> None:
    for account in ALL:
        with scope.none():
            assert Client().login(username=account.email, password=PASSWORD), account.email


def _check_commands() -> None:
    out = io.StringIO()
    call_command("demo_accounts", stdout=out)
    assert all(account.email in out.getvalue() for account in ALL)
    assert PASSWORD in out.getvalue()
    call_command("load_demo", "--if-empty", stdout=out)
    assert "n'est pas chargée" in out.getvalue()
    with pytest.raises(CommandError) as error:
        call_command("load_demo")
    assert error.value.returncode == 2


def test_accounts_of_no_demonstration_are_not_shown(db: None) -> None:
    out = io.StringIO()
    call_command("demo_accounts", stdout=out)
    assert PASSWORD not in out.getvalue()
