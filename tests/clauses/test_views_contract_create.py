"""One page makes a marché with its lots and their obligations."""

from decimal import Decimal

import pytest

from clauses.models import Lot, LotHolder, Obligation, PublicContract, StaleLot
from tenants.models import Member
from tests.factories import CompanyFactory
from tests.within import errors, said

URL = "/marches/nouveau/"


@pytest.fixture
def typed(world):
    """A marché with one lot of 5 %, as sent by the page."""
    return {
        "title": "Réhabilitation de la résidence",
        "number": "2026-031",
        "buyer": world.ours.buyer.pk,
        "operation": world.ours.operation.pk,
        "nature": "travaux",
        "mechanism": "execution",
        "notified_on": "2026-03-15",
        "starts_on": "2026-04-01",
        "ends_on": "2027-03-31",
        "amount_ht": "1 000 000",
        "lots-TOTAL_FORMS": "1",
        "lots-INITIAL_FORMS": "1",
        "lots-0-number": "",
        "lots-0-title": "",
        "lots-0-amount_ht": "",
        "lots-0-holder": world.ours.company.pk,
        "lots-0-rule": "share_of_labour",
        "lots-0-labour_share": "50",
        "lots-0-hourly_cost": "30",
        "lots-0-rate": "5",
    }


def refusal(answer, lot, field):
    return " ".join(answer.context["lots"].forms[lot].errors[field])


def made(ours):
    return ours(lambda: PublicContract.objects.order_by("-pk").first())


def lots_of(ours, contract):
    return ours(lambda: list(Lot.objects.filter(contract=contract).order_by("number")))


def obligation_of(ours, lot):
    return ours(lambda: Obligation.objects.get(lot=lot, is_current=True))


def test_single_lot_takes_title_number_and_amount_of_the_contract(alice, world, ours, typed):
    answer = alice.post(URL, typed)
    contract = made(ours)
    assert answer["Location"] == f"/marches/{contract.pk}/"
    assert "Prochaine étape" in said(answer)[0]
    (lot,) = lots_of(ours, contract)
    assert (lot.number, lot.title, lot.amount_ht) == ("1", "Réhabilitation de la résidence", Decimal(1_000_000))
    obligation = obligation_of(ours, lot)
    assert (obligation.due, obligation.version, obligation.amount_ht) == (Decimal(833), 1, Decimal(1_000_000))
    assert (obligation.labour_share, obligation.hourly_cost, obligation.rate) == (Decimal("0.5"), 30, Decimal("0.05"))
    assert obligation.signed_on.isoformat() == "2026-03-15"
    assert ours(lambda: obligation.set_by.name) == "Alice"
    holder = ours(lambda: LotHolder.objects.get(lot=lot))
    assert (holder.company_id, holder.role, holder.share) == (world.ours.company.pk, "titulaire", 1)
    assert ours(lambda: StaleLot.objects.filter(lot_id=lot.pk).exists())


def test_empty_rate_is_that_of_the_programme(alice, ours, typed):
    alice.post(URL, {**typed, "lots-0-rate": ""})
    (lot,) = lots_of(ours, made(ours))
    assert obligation_of(ours, lot).rate == Decimal("0.05")


def test_empty_rate_without_a_programme_is_asked_for(alice, ours, typed):
    answer = alice.post(URL, {**typed, "lots-0-rate": "", "operation": ""})
    assert answer.status_code == 422
    assert "taux d'insertion" in refusal(answer, 0, "rate")


def test_two_lots_and_the_sum_of_their_amounts(alice, world, ours, typed):
    data = {
        **typed,
        "amount_ht": "",
        "lots-TOTAL_FORMS": "2",
        "lots-0-title": "Gros œuvre",
        "lots-0-amount_ht": "600 000",
        "lots-1-title": "Peinture",
        "lots-1-amount_ht": "150 000,40",
        "lots-1-rule": "",
    }
    answer = alice.post(URL, data)
    contract = made(ours)
    assert contract.amount_ht == Decimal("750000.40")
    assert [(lot.number, lot.title) for lot in lots_of(ours, contract)] == [("1", "Gros œuvre"), ("2", "Peinture")]
    assert ours(lambda: Obligation.objects.filter(lot__contract=contract).count()) == 1
    assert said(answer)[0].endswith("Il reste à calibrer l'obligation.")


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        ({"lots-0-rule": "fixed", "lots-0-fixed_hours": "1 200,5"}, "1200.5"),
        ({"lots-0-rule": "fixed", "lots-0-fixed_hours": "100", "lots-0-offered_hours": "151h40"}, "151.67"),
        ({"lots-0-rule": "none", "lots-0-exempt_reason": "moins de 3 mois"}, "0"),
        ({"lots-0-offered_hours": "900"}, "900"),
    ],
)
def test_each_rule(alice, ours, typed, rule, due):
    assert alice.post(URL, {**typed, **rule}).status_code == 302
    (lot,) = lots_of(ours, made(ours))
    assert obligation_of(ours, lot).due == Decimal(due)


def test_what_the_rule_does_not_read_is_left_out(alice, ours, typed):
    """The page hides these fields: what they hold must neither be kept nor refused."""
    data = {**typed, "lots-0-rule": "none", "lots-0-exempt_reason": "sans objet", "lots-0-fixed_hours": "50"}
    assert alice.post(URL, data).status_code == 302
    obligation = obligation_of(ours, lots_of(ours, made(ours))[0])
    assert (obligation.fixed_hours, obligation.rate, obligation.amount_ht) == (None, None, None)


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"title": ""}, "title", "obligatoire"),
        ({"buyer": ""}, "buyer", "obligatoire"),
        ({"ends_on": "2026-01-01"}, "ends_on", "précède le début"),
        ({"starts_on": "demain"}, "starts_on", "Ce n'est pas une date"),
        ({"amount_ht": "un million"}, "amount_ht", "n'est pas un nombre"),
    ],
)
def test_contract_is_refused_in_french(alice, ours, typed, change, field, message):
    answer = alice.post(URL, {**typed, **change})
    assert answer.status_code == 422
    assert message in errors(answer, field)
    assert ours(PublicContract.objects.count) == 1


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"lots-0-labour_share": ""}, "labour_share", "part de main-d'œuvre"),
        ({"lots-0-labour_share": "150"}, "labour_share", "dépasse le maximum"),
        ({"lots-0-hourly_cost": "0"}, "hourly_cost", "plus de 0"),
        ({"lots-0-rule": "fixed"}, "fixed_hours", "nombre d'heures"),
        ({"lots-0-rule": "none"}, "exempt_reason", "motif"),
        ({"lots-0-rule": "autre"}, "rule", "choix"),
        ({"lots-0-holder": "999999"}, "holder", "choix"),
        ({"lots-0-amount_ht": "x"}, "amount_ht", "n'est pas un nombre"),
        ({"amount_ht": ""}, "amount_ht", "montant HT"),
    ],
)
def test_lot_is_refused_in_french_and_nothing_is_written(alice, ours, typed, change, field, message):
    answer = alice.post(URL, {**typed, **change})
    assert answer.status_code == 422
    assert message in refusal(answer, 0, field)
    assert ours(PublicContract.objects.count) == 1
    assert ours(Lot.objects.count) == 1


def test_lots_need_titles_and_numbers_of_their_own(alice, typed):
    data = {**typed, "lots-TOTAL_FORMS": "2", "lots-1-rule": "", "lots-0-number": "2", "lots-0-title": "Peinture"}
    answer = alice.post(URL, data)
    assert answer.status_code == 422
    assert "intitulé" in refusal(answer, 1, "title")
    assert "Deux lots ont le numéro 2" in refusal(answer, 1, "number")


@pytest.mark.parametrize("total", ["", "abc", "-1", "100000", "9999999999999999999999"])
def test_forged_count_of_lots_is_no_failure(alice, ours, typed, total):
    assert alice.post(URL, {**typed, "lots-TOTAL_FORMS": total}).status_code == 422
    assert alice.post(URL, {**typed, "lots-TOTAL_FORMS": total, "add_lot": "1"}).status_code == 200
    assert alice.post(URL, {**typed, "remove_lot": "zz"}).status_code == 200
    assert ours(PublicContract.objects.count) == 1


def test_adding_a_lot_keeps_what_was_typed(alice, ours, typed):
    answer = alice.post(URL, {**typed, "add_lot": "1"})
    assert answer.status_code == 200
    assert len(answer.context["lots"].forms) == 2
    assert answer.context["form"]["title"].value() == "Réhabilitation de la résidence"
    assert answer.context["lots"].forms[0]["labour_share"].value() == "50"
    assert "errorlist" not in answer.content.decode()
    assert ours(PublicContract.objects.count) == 1


def test_removing_a_lot_keeps_the_others(alice, typed):
    data = {**typed, "lots-TOTAL_FORMS": "3", "lots-0-title": "A", "lots-1-title": "B", "lots-2-title": "C"}
    answer = alice.post(URL, {**data, "remove_lot": "1"})
    assert [form["title"].value() for form in answer.context["lots"].forms] == ["A", "C"]


def test_page_sent_after_a_lot_was_added_is_taken(alice, ours, typed):
    """What the second page posts: its management form counts both lots as initial ones."""
    data = {
        **typed, "lots-TOTAL_FORMS": "2", "lots-INITIAL_FORMS": "2", "lots-0-title": "A",
        "lots-0-amount_ht": "1000", "lots-1-title": "B", "lots-1-rule": "fixed", "lots-1-fixed_hours": "10",
    }  # fmt: skip
    assert alice.post(URL, data).status_code == 302
    assert len(lots_of(ours, made(ours))) == 2


def test_detour_keeps_everything_and_brings_the_new_buyer(alice, ours, typed):
    answer = alice.post(URL, {**typed, "buyer": "", "detour": "buyer"})
    assert answer["Location"] == "/marches/donneurs-d-ordre/nouveau/?next=%2Fmarches%2Fnouveau%2F%3Fdraft%3D1"
    answer = alice.post(
        "/marches/donneurs-d-ordre/nouveau/", {"name": "Cité", "kind": "oph", "next": "/marches/nouveau/?draft=1"}
    )
    page = alice.get(answer["Location"])
    chosen = page.context["form"]["buyer"].value()
    assert answer["Location"].endswith(f"created={chosen}")
    assert page.context["form"]["title"].value() == "Réhabilitation de la résidence"
    assert page.context["lots"].forms[0]["rate"].value() == "5"
    assert f'<option value="{chosen}" selected>Cité</option>' in page.content.decode()


def test_detour_for_an_operation_knows_the_buyer(alice, world, typed):
    answer = alice.post(URL, {**typed, "detour": "operation"})
    assert answer["Location"].startswith("/marches/operations/nouvelle/")
    assert f"buyer={world.ours.buyer.pk}" in answer["Location"]


def test_detour_for_a_company_fills_the_lot_it_left_from(alice, ours, typed):
    data = {**typed, "lots-TOTAL_FORMS": "2", "lots-1-title": "B"}
    assert alice.post(URL, {**data, "detour": "lots-1-holder"})["Location"].startswith("/entreprises/nouvelle/")
    company = ours(CompanyFactory)
    forms = alice.get(f"{URL}?draft=1&created={company.pk}").context["lots"].forms
    assert forms[1]["holder"].value() == str(company.pk)
    assert forms[0]["holder"].value() != str(company.pk)


def test_draft_is_forgotten_once_the_contract_is_made(alice, typed):
    alice.post(URL, {**typed, "detour": "buyer"})
    alice.post(URL, typed)
    assert alice.get(URL + "?draft=1").context["form"]["title"].value() is None


def test_new_page_starts_with_the_person_and_what_was_known(alice, world, ours):
    page = alice.get(f"{URL}?buyer={world.ours.buyer.pk}&operation={world.ours.operation.pk}")
    form = page.context["form"]
    member = ours(lambda: Member.objects.get(user=world.alice))
    assert form["buyer"].value() == str(world.ours.buyer.pk)
    assert form["followed_by"].value() == member.pk


def test_page_asks_as_much_whatever_the_number_of_lots(alice, ours, django_assert_max_num_queries):
    ours(lambda: CompanyFactory.create_batch(10))
    data = {"lots-TOTAL_FORMS": "20", "lots-INITIAL_FORMS": "20", "add_lot": "1"}
    alice.post(URL, data)
    with django_assert_max_num_queries(25):
        assert len(alice.post(URL, data).context["lots"].forms) == 21


def test_strangers_rows_cannot_be_named(alice, world, ours, typed):
    for change in (
        {"buyer": world.theirs.buyer.pk},
        {"operation": world.theirs.operation.pk},
        {"lots-0-holder": world.theirs.company.pk},
    ):
        assert alice.post(URL, {**typed, **change}).status_code == 422
    assert ours(PublicContract.objects.count) == 1


@pytest.mark.parametrize("url", [URL, "/marches/?panel=open", "/marches/lots/?panel=open"])
def test_operation_is_chosen_with_its_donneur_d_ordre(alice, world, url):
    page = alice.get(url).content.decode()
    assert f">{world.ours.operation.name}\u00a0· {world.ours.buyer.name}</option>" in page.replace("&#x27;", "'")
