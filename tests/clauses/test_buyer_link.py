"""The link between a buyer and an account: proposed by one, accepted by the other, ended by either, at once."""

import pytest
from django.db import IntegrityError, connection
from django.db.utils import ProgrammingError
from django.test import Client
from django.utils import timezone

from clauses.enums import LINK_TRANSITIONS, LinkState
from clauses.models import Buyer, BuyerLink, Lot, PublicContract
from clauses.services.buyer_link import LinkRefusedError, accept_link, end_link, propose_link
from tenants import scope
from tenants.models import BuyerAccount, BuyerMember
from tests.concurrency import Other, meanwhile
from tests.factories import BuyerFactory, ContractFactory, LotFactory, World, logged_in


@pytest.fixture
def dominique(world) -> Client:
    return logged_in(world.dominique)


def code_of(world: World) -> str:
    with scope.operator():
        return BuyerAccount.objects.get(pk=world.account.pk).code


@pytest.fixture
def other_buyer(world) -> Buyer:
    """A second buyer of ours, with a marché of one lot."""
    with scope.tenant(world.ours.tenant.pk):
        buyer = BuyerFactory(name="Cité nouvelle")
        LotFactory(contract=ContractFactory(buyer=buyer, title="Toitures"), due=10)
        return buyer


def seen(account: BuyerAccount) -> set[str]:
    with scope.buyer(account.pk):
        assert set(Lot.objects.values_list("contract_id", flat=True)) == set(
            PublicContract.objects.order_by("pk").values_list("pk", flat=True)
        )
        return set(PublicContract.objects.order_by("pk").values_list("title", flat=True))


def test_whole_life_of_a_link(world, alice, dominique, other_buyer):
    page = dominique.get("/bailleur/compte/").content.decode()
    code = code_of(world)
    shown = f"{code[:4]}-{code[4:8]}-{code[8:]}"
    assert shown in page
    response = alice.post(
        "/structure/liens/nouveau/", {"buyer": other_buyer.pk, "code": f" {shown.lower()} "}, follow=True
    )
    assert "proposé à «\u202fToit commun\u202f»" in response.content.decode()
    assert seen(world.account) == {"Peinture des parties communes"}
    with scope.buyer(world.account.pk):
        link = BuyerLink.objects.get(state="proposed")
        assert (link.tenant_name, link.buyer_name) == (world.ours.tenant.name, "Cité nouvelle")
    assert "Accepter" in dominique.get("/bailleur/compte/structures/").content.decode()
    response = dominique.post(f"/bailleur/compte/structures/{link.pk}/accepter/", follow=True)
    assert "Le lien est accepté" in response.content.decode()
    assert seen(world.account) == {"Peinture des parties communes", "Toitures"}
    assert seen(world.other_account) == {"Peinture des parties communes"}
    assert "n'attend plus" in unescaped(dominique.post(f"/bailleur/compte/structures/{link.pk}/accepter/", follow=True))
    response = alice.post(f"/structure/liens/{link.pk}/terminer/", follow=True)
    assert "Le lien est terminé" in response.content.decode()
    assert seen(world.account) == {"Peinture des parties communes"}
    again = dominique.post(f"/bailleur/compte/structures/{link.pk}/terminer/", follow=True)
    assert "était déjà terminé" in unescaped(again)


def unescaped(response) -> str:
    return response.content.decode().replace("&#x27;", "'")


def test_account_ends_it_too(world, dominique):
    with scope.buyer(world.account.pk):
        link = BuyerLink.objects.get()
    dominique.post(f"/bailleur/compte/structures/{link.pk}/terminer/")
    assert seen(world.account) == set()


def test_proposal_can_be_refused_and_made_again(world, other_buyer):
    for _ in range(2):
        with scope.tenant(world.ours.tenant.pk):
            link = propose_link(buyer=other_buyer, code=code_of(world))
        with scope.buyer(world.account.pk):
            assert end_link(link=link)
            assert not accept_link(link=link)
    assert seen(world.account) == {"Peinture des parties communes"}


@pytest.mark.parametrize("code", ["", "ABCD", "toit commun", "' OR true --", "é" * 40, "x" * 41])
def test_wrong_code_is_refused(world, alice, other_buyer, code):
    response = alice.post("/structure/liens/nouveau/", {"buyer": other_buyer.pk, "code": code})
    assert response.status_code == 422
    with scope.tenant(world.ours.tenant.pk):
        assert BuyerLink.objects.count() == 1


def test_account_is_found_by_its_code_alone_and_not_once_closed(world, other_buyer):
    with pytest.raises(ProgrammingError, match="permission denied"), scope.tenant(world.ours.tenant.pk):
        BuyerAccount.objects.filter(name="Toit commun").exists()
    with scope.operator():
        BuyerAccount.objects.filter(pk=world.account.pk).update(closed_at=timezone.now())
    with scope.tenant(world.ours.tenant.pk), pytest.raises(LinkRefusedError, match="Aucun compte"):
        propose_link(buyer=other_buyer, code=code_of(world))


def test_buyer_already_linked_is_not_offered_and_refused(world, alice):
    with scope.tenant(world.ours.tenant.pk):
        free = BuyerFactory(name="Sans lien")
    page = alice.get("/structure/liens/nouveau/").content.decode()
    assert f'value="{free.pk}"' in page
    assert f'value="{world.ours.buyer.pk}"' not in page
    with scope.tenant(world.ours.tenant.pk), pytest.raises(LinkRefusedError, match="a déjà un lien"):
        propose_link(buyer=world.ours.buyer, code=code_of(world))


def test_structure_cannot_accept_for_the_account(world, other_buyer):
    with scope.tenant(world.ours.tenant.pk):
        link = propose_link(buyer=other_buyer, code=code_of(world))
    for write in (
        lambda: BuyerLink.objects.filter(pk=link.pk).update(state="accepted"),
        lambda: BuyerLink.objects.create(
            buyer=BuyerFactory(), buyer_account=world.account, tenant_name="x", buyer_name="x", state="accepted"
        ),
        lambda: accept_link(link=link),
    ):
        with pytest.raises(ProgrammingError, match="row-level security"), scope.tenant(world.ours.tenant.pk):
            write()
    assert seen(world.account) == {"Peinture des parties communes"}


@pytest.mark.parametrize("before", LinkState.values)
@pytest.mark.parametrize("after", LinkState.values)
def test_database_allows_the_transitions_of_the_table_and_no_other(world, other_buyer, before, after):
    with scope.tenant(world.ours.tenant.pk):
        link = propose_link(buyer=other_buyer, code=code_of(world))
    with scope.buyer(world.account.pk):
        rows = BuyerLink.objects.filter(pk=link.pk)
        if before != "proposed":
            rows.update(state=before)
        if before == after or after in LINK_TRANSITIONS[before]:
            assert rows.update(state=after) == 1
            return
    with pytest.raises(IntegrityError, match="cannot become"), scope.buyer(world.account.pk):
        rows.update(state=after)


def test_names_follow_both_sides(world, alice):
    alice.post("/structure/modifier/", {"name": "Nouveau nom", "etp_divisor": "1607"})
    with scope.tenant(world.ours.tenant.pk):
        Buyer.objects.filter(pk=world.ours.buyer.pk).update(name="Office " + "x" * 300)
    with scope.operator():
        BuyerAccount.objects.filter(pk=world.account.pk).update(name="Toit d'Oc")
    with scope.buyer(world.account.pk):
        link = BuyerLink.objects.get()
        assert (link.tenant_name, link.buyer_name[:8], len(link.buyer_name)) == ("Nouveau nom", "Office x", 250)
        assert link.account_name == "Toit d'Oc"
    with scope.buyer(world.other_account.pk):
        assert BuyerLink.objects.get().tenant_name == world.theirs.tenant.name


def test_readers_see_links_and_change_none(world, bob):
    page = bob.get("/structure/liens/").content.decode()
    assert "Office de l" in page
    assert "Terminer" not in page
    with scope.buyer(world.account.pk):
        BuyerMember.objects.update(role="reader")
    page = logged_in(world.dominique).get("/bailleur/compte/structures/").content.decode()
    assert world.ours.tenant.name in page
    assert "Terminer" not in page


def test_first_use_says_what_a_link_is(world, alice, bob, dominique):
    with scope.tenant(world.ours.tenant.pk), connection.cursor() as cursor:
        cursor.execute("DELETE FROM clauses_buyerlink")
    assert "vous donne son code" in alice.get("/structure/liens/").content.decode()
    assert "La personne qui administre" in bob.get("/structure/liens/").content.decode()
    assert "Voir le code" in dominique.get("/bailleur/compte/structures/").content.decode()


@pytest.mark.parametrize("count", [1, 3, 30])
def test_list_takes_the_same_queries_whatever_the_links(world, alice, dominique, count, django_assert_num_queries):
    with scope.tenant(world.ours.tenant.pk):
        for _ in range(count):
            propose_link(buyer=BuyerFactory(), code=code_of(world))
    with django_assert_num_queries(11):
        alice.get("/structure/liens/")
    with django_assert_num_queries(11):
        dominique.get("/bailleur/compte/structures/")


def test_link_ended_while_it_is_accepted_stays_ended(transactional_db):
    world = World.build()
    with scope.tenant(world.ours.tenant.pk):
        link = propose_link(buyer=BuyerFactory(), code=code_of(world))

    def accept() -> bool:
        with scope.buyer(world.account.pk):
            return accept_link(link=link)

    late = Other(accept)
    with scope.tenant(world.ours.tenant.pk):
        assert end_link(link=link)
        meanwhile(late)
    late.join(10)
    assert late.result is False
