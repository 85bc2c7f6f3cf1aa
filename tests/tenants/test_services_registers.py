"""Archiving and deleting: what goes, what stays, what is said."""

import pytest
from django.db import connections
from django.test import RequestFactory

from clauses.models import Buyer, Lot, PublicContract
from contractors.models import Company
from tenants import scope
from tenants.redirects import next_path, with_parameters
from tenants.services import registers
from tests import factories
from tests.factories import BuyerFactory, ContractFactory, LotFactory, OperationFactory


@pytest.fixture
def ours(world):
    with scope.tenant(world.ours.tenant.pk, world.alice.pk):
        yield world.ours


def test_archive_then_restore(ours):
    assert registers.archive(row=ours.company)
    assert not registers.archive(row=ours.company)
    assert Company.objects.get(pk=ours.company.pk).archived_at is not None
    assert registers.restore(row=ours.company)
    assert not registers.restore(row=ours.company)
    assert Company.objects.get(pk=ours.company.pk).archived_at is None


def test_delete_takes_the_parts_of_the_object(ours):
    contract = ContractFactory()
    LotFactory.create_batch(2, contract=contract, due=100)
    registers.delete(row=contract)
    assert not PublicContract.objects.filter(pk=contract.pk).exists()
    assert list(Lot.objects.all()) == [ours.lot]


def test_delete_is_refused_and_names_what_hangs_on_the_object(ours):
    OperationFactory.create_batch(2, buyer=ours.buyer)
    with pytest.raises(registers.InUseError) as refused:
        registers.delete(row=ours.buyer)
    assert str(refused.value) == (
        "Suppression impossible\u202f: 3\u202fopérations et 1\u202fmarché se rattachent à "
        "«\u202fOffice de l'habitat\u202f». "
        "L'archivage suffit à retirer une ligne des listes."
    )
    assert Buyer.objects.filter(pk=ours.buyer.pk).exists()


def test_delete_of_one_thing_says_it_in_the_singular(ours):
    with pytest.raises(registers.InUseError, match="1\u202fopération se rattache à «\u202fSeul\u202f»"):
        registers.delete(row=OperationFactory(buyer=BuyerFactory(name="Seul")).buyer)


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/marches/nouveau/?a=1", "/marches/nouveau/?a=1"),
        ("https://ailleurs.test/", "/x/"),
        ("//ailleurs.test/", "/x/"),
        ("/\\ailleurs.test", "/x/"),
        ("javascript:alert(1)", "/x/"),
        ("marches", "/x/"),
        ("", "/x/"),
    ],
)
def test_next_path_stays_here(asked, given):
    assert next_path(RequestFactory().get("/", {"next": asked}), "/x/") == given
    assert next_path(RequestFactory().post("/", {"next": asked}), "/x/") == given


def test_parameters_are_added_or_replaced():
    assert with_parameters("/a/?x=1&y=é", x=2, z=3) == "/a/?x=2&y=%C3%A9&z=3"


def test_key_that_only_the_database_knows_keeps_the_row(transactional_db):
    """As when a colleague points at the row between Django's look and the deletion: the database has the last word."""
    world = factories.World.build()
    with scope.tenant(world.ours.tenant.pk, world.alice.pk):
        company = factories.CompanyFactory(name="Retenue")
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "CREATE TABLE pointing (company_id bigint"
            " REFERENCES contractors_company (id) DEFERRABLE INITIALLY DEFERRED)"
        )
        cursor.execute("INSERT INTO pointing VALUES (%s)", [company.pk])
    try:
        with (
            scope.tenant(world.ours.tenant.pk, world.alice.pk),
            pytest.raises(registers.InUseError, match="vient d'être utilisé ailleurs"),
        ):
            registers.delete(row=company)
        with scope.tenant(world.ours.tenant.pk, world.alice.pk):
            assert Company.objects.filter(pk=company.pk).exists()
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("DROP TABLE pointing")
