"""Donneurs d'ordre, programmes and operations: the same pages, the same promises."""

from decimal import Decimal

import pytest

from clauses.models import Buyer, Operation, Programme
from reporting.services.progress import recompute_progress
from tenants import scope
from tests import factories
from tests.counting import assert_constant_queries
from tests.factories import BuyerFactory, ContractFactory, LotFactory, OperationFactory, ProgrammeFactory
from tests.within import errors, said

BUYERS = "/marches/donneurs-d-ordre/"
PROGRAMMES = "/marches/programmes/"
OPERATIONS = "/marches/operations/"


def rows(response):
    return [item.row.pk for item in response.context["list"].rows]


@pytest.mark.parametrize(("url", "noun"), [(BUYERS, "buyer"), (PROGRAMMES, "programme"), (OPERATIONS, "operation")])
def test_list_shows_ours_only(alice, charlie, world, url, noun):
    assert rows(alice.get(url)) == [getattr(world.ours, noun).pk]
    assert rows(charlie.get(url)) == [getattr(world.theirs, noun).pk]


@pytest.mark.parametrize(
    ("url", "factory"),
    [(BUYERS, BuyerFactory), (PROGRAMMES, ProgrammeFactory), (OPERATIONS, OperationFactory)],
)
def test_list_asks_as_much_whatever_its_length(alice, ours, url, factory):
    def add(count):
        for row in factory.create_batch(count):
            kind = {"BuyerFactory": "buyer", "OperationFactory": "operation"}.get(factory.__name__)
            if kind:
                LotFactory(contract=ContractFactory(**{kind: row}), due=100)

    assert_constant_queries(alice, url + "?size=50&panel=open", lambda count: ours(lambda: add(count)))


def test_list_sums_numerators_and_denominators(alice, world, ours):
    """Two lots: 100 h of 833 and 0 h of 67 make 100 of 900, not the mean of two rates."""
    ours(lambda: LotFactory(contract=world.ours.contract, due=67))
    recompute_progress(tenant_id=world.ours.tenant.pk)
    for url in (BUYERS, PROGRAMMES, OPERATIONS):
        (item,) = alice.get(url).context["list"].rows
        assert (item.row.due, item.row.validated, item.row.lot_count) == (Decimal(900), Decimal(100), 2)
        assert item.bar.text.startswith("100\u202fh validées sur 900\u202fh (11,1\u202f%)")


def test_counts_are_not_multiplied_by_the_lots(alice, world, ours):
    ours(lambda: LotFactory.create_batch(3, contract=world.ours.contract))
    assert alice.get(BUYERS).context["list"].rows[0].row.contract_count == 1
    assert alice.get(PROGRAMMES).context["list"].rows[0].row.operation_count == 1


def test_export_has_the_sums(alice, world):
    recompute_progress(tenant_id=world.ours.tenant.pk)
    text = b"".join(alice.get(BUYERS + "?export=csv").streaming_content).decode("utf-8-sig")
    header, row = text.splitlines()
    values = dict(zip(header.split(";"), row.split(";"), strict=True))
    assert (values["Nom"], values["Marchés"], values["Lots"]) == ("Office de l'habitat", "1", "1")
    assert (values["Heures dues"], values["Heures validées"], values["Taux (%)"]) == ("833", "100,00", "12,0")
    for url, name in ((PROGRAMMES, "Grand projet de ville"), (OPERATIONS, "Réhabilitation des Izards")):
        assert name in b"".join(alice.get(url + "?export=csv").streaming_content).decode()


def test_export_of_a_row_without_lots_leaves_the_rate_empty(alice, ours):
    ours(lambda: BuyerFactory(name="Aucun lot"))
    text = b"".join(alice.get(BUYERS + "?export=csv&q=aucun").streaming_content).decode("utf-8-sig")
    values = dict(zip(*(line.split(";") for line in text.splitlines()), strict=True))
    assert (values["Heures dues"], values["Taux (%)"], values["Statut"]) == ("", "", "")


@pytest.mark.parametrize(
    ("query", "found"),
    [("?q=habitat", True), ("?q=35600", True), ("?q=zzz", False), ("?kind=oph", True), ("?kind=commune", False)],
)
def test_buyers_are_searched_and_filtered(alice, query, found):
    assert (alice.get(BUYERS + query).context["list"].count == 1) is found


def test_operations_are_filtered_by_buyer_and_programme(alice, world, ours):
    other = ours(OperationFactory)
    assert rows(alice.get(f"{OPERATIONS}?buyer={other.buyer_id}")) == [other.pk]
    assert rows(alice.get(f"{OPERATIONS}?programme={world.ours.programme.pk}")) == [world.ours.operation.pk]
    refused = alice.get(f"{OPERATIONS}?buyer={world.theirs.buyer.pk}")
    assert len(rows(refused)) == 2
    assert said(refused)[0].startswith("Filtre ignoré")


def test_buyer_is_created_and_a_shared_siret_is_said(alice, world, ours):
    answer = alice.post(BUYERS + "nouveau/", {"name": " Cité  nouvelle ", "kind": "oph", "siret": "356 000 000 12305"})
    buyer = ours(lambda: Buyer.objects.get(name="Cité nouvelle"))
    assert answer["Location"] == f"{BUYERS}{buyer.pk}/"
    assert (buyer.siret, buyer.kind) == ("35600000012305", "oph")
    assert f"{BUYERS}{world.ours.buyer.pk}/" in said(answer)[0]
    page = alice.get(answer["Location"]).content.decode()
    assert f'<a href="{BUYERS}{world.ours.buyer.pk}/">' in page


def test_programme_is_created_with_its_dates_in_order(alice, ours):
    data = {"name": "NPNRU Toulouse", "kind": "npnru", "starts_on": "2020-01-01", "ends_on": "2019-01-01"}
    answer = alice.post(PROGRAMMES + "nouveau/", data)
    assert answer.status_code == 422
    assert errors(answer) == "La fin précède le début."
    answer = alice.post(PROGRAMMES + "nouveau/", {**data, "ends_on": "2030-12-31"})
    programme = ours(lambda: Programme.objects.get(name="NPNRU Toulouse"))
    assert answer["Location"] == f"{PROGRAMMES}{programme.pk}/"


def test_operation_is_created_in_a_neighbourhood_with_its_hours(alice, world, ours):
    data = {
        "name": "Façades",
        "buyer": world.ours.buyer.pk,
        "programme": world.ours.programme.pk,
        "kind": "travaux",
        "qpv_code": "QN03101M",
        "total_hours_worked": "125 000,5",
    }
    answer = alice.post(OPERATIONS + "nouvelle/", data)
    operation = ours(lambda: Operation.objects.get(name="Façades"))
    assert answer["Location"] == f"{OPERATIONS}{operation.pk}/"
    assert operation.total_hours_worked == Decimal("125000.5")
    page = alice.get(answer["Location"]).content.decode()
    assert "125\u202f000,5\u202fh" in page
    assert "QN03101M" in page


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"buyer": ""}, "buyer", "obligatoire"),
        ({"qpv_code": "QP999999"}, "qpv_code", "valide"),
        ({"total_hours_worked": "-3"}, "total_hours_worked", "négatif"),
        ({"total_hours_worked": "beaucoup"}, "total_hours_worked", "n'est pas une durée"),
    ],
)
def test_operation_refuses_in_french(alice, world, ours, typed, field, message):
    data = {"name": "Façades", "buyer": world.ours.buyer.pk, "kind": "travaux", **typed}
    answer = alice.post(OPERATIONS + "nouvelle/", data)
    assert answer.status_code == 422
    assert message in errors(answer, field)
    assert ours(Operation.objects.count) == 1


def test_operation_cannot_take_a_strangers_buyer(alice, world, ours):
    data = {"name": "Façades", "buyer": world.theirs.buyer.pk, "kind": "travaux"}
    assert alice.post(OPERATIONS + "nouvelle/", data).status_code == 422
    assert ours(Operation.objects.count) == 1


def test_operation_keeps_a_neighbourhood_that_is_in_no_list(alice, world, ours):
    ours(lambda: Operation.objects.filter(pk=world.ours.operation.pk).update(qpv_code="ZUS-31"))
    url = f"{OPERATIONS}{world.ours.operation.pk}/modifier/"
    assert "ZUS-31" in alice.get(url).content.decode()
    data = {"name": "Autre nom", "buyer": world.ours.buyer.pk, "kind": "gup", "qpv_code": "ZUS-31"}
    assert alice.post(url, data).status_code == 302
    operation = ours(lambda: Operation.objects.get(pk=world.ours.operation.pk))
    assert (operation.name, operation.qpv_code, operation.programme_id) == ("Autre nom", "ZUS-31", None)


def test_detours_bring_the_new_row_back(alice, ours):
    answer = alice.post(BUYERS + "nouveau/", {"name": "Cité", "kind": "oph", "next": "/marches/nouveau/?draft=1"})
    buyer = ours(lambda: Buyer.objects.get(name="Cité"))
    assert answer["Location"] == f"/marches/nouveau/?draft=1&created={buyer.pk}"


def test_form_starts_with_what_the_page_before_knew(alice, world):
    page = alice.get(f"{OPERATIONS}nouvelle/?buyer={world.ours.buyer.pk}&programme={world.ours.programme.pk}")
    assert page.context["form"]["buyer"].value() == str(world.ours.buyer.pk)
    assert page.context["form"]["programme"].value() == str(world.ours.programme.pk)


@pytest.mark.parametrize(("url", "noun"), [(BUYERS, "buyer"), (PROGRAMMES, "programme"), (OPERATIONS, "operation")])
def test_archive_restore_and_delete(alice, world, ours, url, noun):
    page = f"{url}{getattr(world.ours, noun).pk}/"
    assert alice.post(page + "archiver/")["Location"] == page
    assert alice.get(url).context["list"].count == 0
    assert alice.post(page + "desarchiver/")["Location"] == page
    assert alice.get(url).context["list"].count == 1
    refused = alice.post(page + "supprimer/")
    assert refused["Location"] == page
    assert "Suppression impossible" in said(refused)[-1]
    factory = {"buyer": BuyerFactory, "programme": ProgrammeFactory, "operation": OperationFactory}[noun]
    alone = ours(factory)
    assert alice.post(f"{url}{alone.pk}/supprimer/")["Location"] == url
    assert ours(lambda: type(alone).objects.filter(pk=alone.pk).exists()) is False


@pytest.mark.parametrize(("url", "noun"), [(BUYERS, "buyer"), (PROGRAMMES, "programme"), (OPERATIONS, "operation")])
def test_strangers_and_readers_change_nothing(bob, charlie, world, ours, url, noun):
    row = getattr(world.ours, noun)
    for action in ("modifier", "archiver", "supprimer"):
        data = {"name": "Volé", "kind": "npnru"}
        assert charlie.post(f"{url}{row.pk}/{action}/", data).status_code == 404
        assert bob.post(f"{url}{row.pk}/{action}/", data).status_code == 403
    stored = ours(lambda: type(row).objects.get(pk=row.pk))
    assert (stored.name, stored.archived_at) == (row.name, None)


def test_pages_show_what_hangs_on_them(alice, world):
    recompute_progress(tenant_id=world.ours.tenant.pk)
    contract_link = f'href="/marches/{world.ours.contract.pk}/"'
    assert contract_link in alice.get(f"{BUYERS}{world.ours.buyer.pk}/").content.decode()
    assert contract_link in alice.get(f"{OPERATIONS}{world.ours.operation.pk}/").content.decode()
    programme = alice.get(f"{PROGRAMMES}{world.ours.programme.pk}/").content.decode()
    assert f'href="{OPERATIONS}{world.ours.operation.pk}/"' in programme
    assert "100\u202fh validées sur 833\u202fh" in programme


def test_page_of_a_buyer_without_anything(alice, ours):
    page = alice.get(f"{BUYERS}{ours(BuyerFactory).pk}/").content.decode()
    assert "Aucun marché en cours." in page
    assert "Aucune opération." in page


def test_history_tells_the_change_and_who_made_it(alice, world):
    url = f"{BUYERS}{world.ours.buyer.pk}/"
    alice.post(url + "modifier/", {"name": "Nouveau nom", "kind": "oph", "siret": "35600000012305"})
    page = alice.get(url + "historique/").content.decode()
    assert "Nouveau nom" in page
    assert "Alice" in page


def test_empty_registers_say_what_they_are_for(world):
    with scope.operator():
        tenant = factories.TenantFactory()
    factories.join_structure(tenant, world.emma, "administrator")
    emma = factories.logged_in(world.emma)
    for url in (BUYERS, PROGRAMMES, OPERATIONS, "/marches/", "/entreprises/"):
        page = emma.get(url)
        assert page.context["list"].count == 0
        assert "blank-first_use" in page.content.decode()
        assert "blank-no_result" in emma.get(url + "?q=x").content.decode()
