"""The administrator's page of who read what is protected."""

from datetime import timedelta

from django.utils import timezone

from tenants import scope
from tenants.models import Member
from tenants.services.documents import delete_document, store_document
from tenants.services.read_log import log_read
from tests import factories
from tests.counting import assert_constant_queries
from tests.within import shown

PAGE = "/structure/consultations/"


def read(house, who, part="critères") -> None:
    with scope.tenant(house.tenant.pk):
        log_read(member_id=Member.objects.get(user=who).pk, obj=house.beneficiary, part=part)


def rows(response) -> list[tuple[str, str, str]]:
    return [(row.who, row.part, row.subject) for row in response.context["list"].rows]


def test_page_tells_who_read_what_of_whom_and_not_what_it_holds(world, alice):
    read(world.ours, world.bob)
    read(world.theirs, world.charlie)
    alice.get(f"/beneficiaires/{world.ours.beneficiary.pk}/criteres/")
    response = alice.get(PAGE)
    person = f"bénéficiaire «\u202f{world.ours.beneficiary}\u202f»"
    assert rows(response) == [("Alice", "critères", person), ("Bob", "critères", person)]
    assert "deld" not in shown(response)
    assert "longue durée" not in shown(response)


def test_reading_of_a_document_that_is_gone_stays(world, alice):
    with scope.tenant(world.ours.tenant.pk):
        document = store_document(content=b"%PDF-1.7 x", name="titre.pdf", uploaded_by_id=None)
    pk = document.pk
    alice.get(f"/documents/{pk}/")
    assert rows(alice.get(PAGE)) == [("Alice", "contenu", "document «\u202ftitre.pdf\u202f»")]
    with scope.tenant(world.ours.tenant.pk):
        delete_document(document=document)
    assert rows(alice.get(PAGE)) == [("Alice", "contenu", f"document n°\u202f{pk}, n'existe plus")]


def test_filters_by_person_and_days(world, alice):
    read(world.ours, world.bob, part="contenu")
    read(world.ours, world.alice)
    with scope.tenant(world.ours.tenant.pk):
        bob = Member.objects.get(user=world.bob).pk
    assert [row[0] for row in rows(alice.get(PAGE, {"membre": bob}))] == ["Bob"]
    today = timezone.localdate()
    assert len(rows(alice.get(PAGE, {"du": today, "au": today}))) == 2
    assert rows(alice.get(PAGE, {"du": today + timedelta(days=1)})) == []
    assert rows(alice.get(PAGE, {"au": today - timedelta(days=1)})) == []
    assert [row[0] for row in rows(alice.get(PAGE, {"sort": "membre"}))] == ["Alice", "Bob"]


def test_stranger_is_no_choice_and_a_bad_filter_is_said(world, alice):
    with scope.tenant(world.theirs.tenant.pk):
        charlie = Member.objects.get(user=world.charlie).pk
    for query in ({"membre": charlie}, {"membre": "x"}, {"du": "hier"}):
        response = alice.get(PAGE, query)
        assert response.status_code == 200
        assert "Filtre ignoré" in shown(response)
    assert "Charlie" not in shown(alice.get(PAGE))


def test_administrators_alone_see_it(world, alice, bob):
    assert "Consultations" in shown(alice.get("/structure/"))
    assert "Consultations" not in shown(bob.get("/structure/"))
    assert bob.get(PAGE).status_code == 403


def test_first_use_says_what_will_be_there(alice):
    assert "s'inscrit ici" in shown(alice.get(PAGE))


def test_list_takes_the_same_queries_whatever_the_rows(world, alice):
    def add(count: int) -> None:
        for _ in range(count):
            with scope.tenant(world.ours.tenant.pk):
                person = factories.BeneficiaryFactory()
                log_read(member_id=Member.objects.get(user=world.bob).pk, obj=person, part="critères")

    add(1)
    assert_constant_queries(alice, PAGE, add)
