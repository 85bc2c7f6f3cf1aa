"""A structure's and an account's pages about themselves."""

import pytest

from tenants import scope
from tenants.models import BuyerAccount, BuyerMember, Tenant
from tests import factories


def test_structure_page_shows_its_facts_and_tabs(world, alice, bob):
    page = alice.get("/structure/").content.decode()
    assert world.ours.tenant.name in page
    assert "1\u202f607\u202fh" in page
    assert "Modifier la structure" in page
    assert [tab["label"] for tab in alice.get("/structure/").context["tabs"]][-1] == "Consultations"
    reader = bob.get("/structure/")
    assert "Modifier la structure" not in reader.content.decode()
    assert not {"Courriels", "Consultations"} & {tab["label"] for tab in reader.context["tabs"]}


def test_structure_is_edited(world, alice):
    assert alice.get("/structure/modifier/").status_code == 200
    assert alice.post("/structure/modifier/", {"name": "Nouveau nom", "etp_divisor": "1820"}).status_code == 302
    assert "La structure est modifiée" in alice.get("/structure/").content.decode()
    with scope.operator():
        tenant = Tenant.objects.get(pk=world.ours.tenant.pk)
        assert (tenant.name, tenant.etp_divisor) == ("Nouveau nom", 1820)
        assert Tenant.objects.get(pk=world.theirs.tenant.pk).etp_divisor == 1607


@pytest.mark.parametrize("divisor", ["0", "-1", "3001", "beaucoup", "", "99999999999999999999"])
def test_impossible_divisor_is_refused(world, alice, divisor):
    assert alice.post("/structure/modifier/", {"name": "x", "etp_divisor": divisor}).status_code == 422


def test_account_page_gives_its_code_to_administrators_only(world):
    with scope.buyer(world.account.pk):
        code = BuyerAccount.objects.get().code
    shown = "-".join([code[:4], code[4:8], code[8:]])
    assert shown in factories.logged_in(world.dominique).get("/bailleur/compte/").content.decode()
    with scope.buyer(world.account.pk):
        BuyerMember.objects.update(role="reader")
    assert shown not in factories.logged_in(world.dominique).get("/bailleur/compte/").content.decode()


def test_codes_differ(world):
    with scope.operator():
        codes = set(BuyerAccount.objects.values_list("code", flat=True))
    assert len(codes) == 2
