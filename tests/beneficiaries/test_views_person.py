"""Register of people: Alice writes, Bob reads, Charlie has a person of the same name elsewhere."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from beneficiaries.models import Beneficiary, Eligibility, EmploymentContract
from lib.dates import today_paris
from tenants.models import ReadLog
from tests.counting import assert_constant_queries
from tests.factories import BeneficiaryFactory, EligibilityFactory, EmploymentFactory, HourEntryFactory
from tests.within import said

LIST = "/beneficiaires/"


def shown(response) -> list[int]:
    return [person.pk for person in response.context["list"].page.object_list]


def url(world, rest="") -> str:
    return f"/beneficiaires/{world.ours.beneficiary.pk}/{rest}"


# List


def test_list_shows_our_people_only(alice, charlie, world):
    assert shown(alice.get(LIST)) == [world.ours.beneficiary.pk]
    assert shown(charlie.get(LIST)) == [world.theirs.beneficiary.pk]


@pytest.mark.parametrize("query", ["dup", "DUPONT", "zoe", "Zoé Dû", "17/05/1990", "Z1", "zoé du"])
def test_search_by_the_beginning_of_names_by_birth_or_by_reference(alice, world, ours, query):
    ours(lambda: BeneficiaryFactory(last_name="Martin", first_name="Luc", birth_date=date(1980, 1, 1)))
    assert shown(alice.get(LIST, {"q": query})) == [world.ours.beneficiary.pk]


@pytest.mark.parametrize("query", ["pont", "oé", "31/02/1990", "18/05/1990", "z", "dup martin", "zz|d"])
def test_search_finds_no_middle_of_a_word(alice, world, ours, query):
    ours(lambda: BeneficiaryFactory(last_name="Xavier", first_name="Anne"))
    expected = [world.ours.beneficiary.pk] if query == "z" else []
    assert shown(alice.get(LIST, {"q": query})) == expected


def test_search_finds_each_part_of_a_compound_name(alice, ours):
    person = ours(lambda: BeneficiaryFactory(last_name="N'Guyen-Bâ", first_name="Jean-Pierre"))
    for query in ("guyen", "ba", "pierre", "jean n", "n'guyen", "nguyen-ba"):
        assert (person.pk in shown(alice.get(LIST, {"q": query}))) is (query != "nguyen-ba"), query


def test_filters(alice, world, ours):
    today = today_paris()

    def add():
        ending = BeneficiaryFactory(last_name="A")
        EligibilityFactory(beneficiary=ending, verified_on=today - timedelta(100), valid_until=today + timedelta(30))
        ended = BeneficiaryFactory(last_name="B", qpv_code="QP031001", qpv_generation="qp2015")
        EligibilityFactory(
            beneficiary=ended, verified_on=today - timedelta(100), valid_until=today - timedelta(1), criteria=["brsa"]
        )
        EligibilityFactory(beneficiary=ended, verified_on=today - timedelta(200), valid_until=today + timedelta(9))
        missing = BeneficiaryFactory(last_name="C", qpv_code="hors_qpv", sex="M")
        EmploymentFactory(beneficiary=missing, starts_on=today - timedelta(9), ends_on=today)
        EmploymentContract.objects.filter(pk=world.ours.employment.pk).update(ends_on=today - timedelta(1))
        return ending.pk, ended.pk, missing.pk

    a, b, c = ours(add)
    mine = world.ours.beneficiary.pk
    for query, expected in (
        ("eligibilite=ending", [a]),
        ("eligibilite=ended", [b]),
        ("eligibilite=missing", [c]),
        ("en_contrat=oui", [c]),
        ("en_contrat=non", [a, b, mine]),
        ("critere=brsa", [b]),
        ("critere=deld", [a, b, mine]),
        ("qpv=oui", [b]),
        ("qpv=non", [a, c, mine]),
        ("qpv=qp2015", [b]),
        ("quartier=QP031001", [b]),
        ("sexe=M", [c]),
        ("archived=oui", []),
    ):
        assert shown(alice.get(f"{LIST}?{query}")) == expected, query


@pytest.mark.parametrize("query", ["critere=rqth", "critere=justice", "quartier=QN03101M", "qpv=x", "q=%00"])
def test_filter_that_would_reveal_or_means_nothing_is_ignored(alice, world, query):
    answer = alice.get(f"{LIST}?{query}")
    assert shown(answer) == [world.ours.beneficiary.pk]
    assert said(answer)


def test_list_and_export_hold_no_criterion(alice, world, ours):
    ours(lambda: Eligibility.objects.update(criteria=["rqth"], proof_kind="Décision RQTH"))
    page = alice.get(LIST).content.decode()
    export = b"".join(alice.get(f"{LIST}?export=csv").streaming_content).decode()
    assert "Dûpont" in page
    assert "Dûpont" in export
    for text in (page, export):
        assert "rqth" not in text.lower()
        assert "handicap" not in text.lower()


def test_list_asks_as_much_whatever_its_length(alice, ours):
    def add(count):
        for _ in range(count):
            person = BeneficiaryFactory(qpv_code="QN03101M")
            EligibilityFactory(beneficiary=person)
            EmploymentFactory(beneficiary=person)

    assert_constant_queries(alice, LIST + "?size=50", lambda count: ours(lambda: add(count)))


# Page


def test_page_answers_first_and_shows_contracts_and_hours(alice, world, ours):
    ours(lambda: Eligibility.objects.update(valid_until=date(2100, 1, 1)))
    answer = alice.get(url(world))
    assert answer.context["answer"] == (
        "En contrat chez Peinture et fils sans date de fin. "
        "Éligibilité vérifiée le 05/01/2026, valable jusqu'au 01/01/2100."
    )
    (month,) = answer.context["months"]
    assert (month.month, month.worked, month.trained, month.status) == (
        date(2026, 3, 1),
        Decimal(100),
        Decimal(0),
        "validee",
    )
    page = answer.content.decode()
    assert 'class="contract-bars"' in page
    assert "CDD 12/01/2026 – sans fin" in page


def test_hours_of_a_month_in_several_states_are_told_apart(alice, world, ours):
    def add():
        for kind, hours, status in (("travail", "50", "refusee"), ("formation", "7", "declaree")):
            HourEntryFactory(
                assignment=world.ours.assignment, month=date(2026, 4, 1), kind=kind, hours=hours, status=status
            )

    ours(add)
    month = alice.get(url(world, "heures/")).context["months"][0]
    assert (month.worked, month.trained, month.status) == (Decimal(0), Decimal(7), "")
    assert month.states == {"refusee": Decimal(50), "declaree": Decimal(7)}


@pytest.mark.parametrize(
    ("contract", "words"),
    [
        ({"ends_on": date(2099, 1, 31)}, "En contrat chez Peinture et fils jusqu'au 31/01/2099."),
        ({"starts_on": date(2099, 1, 1)}, "Embauche prévue le 01/01/2099 chez Peinture et fils."),
        ({"ends_on": date(2026, 1, 31)}, "Aucun contrat en cours\u202f; le dernier s'est terminé le 31/01/2026."),
    ],
)
def test_answer_says_where_the_work_stands(alice, world, ours, contract, words):
    ours(lambda: EmploymentContract.objects.update(**contract))
    assert alice.get(url(world)).context["answer"].startswith(words)


def test_answer_counts_other_contracts(alice, world, ours):
    ours(lambda: EmploymentFactory(beneficiary=world.ours.beneficiary, employer=world.ours.company))
    assert ", et 1 autre." in alice.get(url(world)).context["answer"]


@pytest.mark.parametrize(
    ("eligibility", "words"),
    [
        ({"verified_on": None}, "Éligibilité à vérifier."),
        ({"valid_until": None}, "Éligibilité vérifiée le 05/01/2026."),
        ({"valid_until": date(2026, 1, 6)}, "Éligibilité vérifiée le 05/01/2026, terminée depuis le 06/01/2026."),
    ],
)
def test_answer_says_where_eligibility_stands(alice, world, ours, eligibility, words):
    ours(lambda: Eligibility.objects.update(**eligibility))
    assert alice.get(url(world)).context["answer"].endswith(words)


@pytest.mark.parametrize(
    ("qpv", "words"),
    [
        ({"qpv_code": "hors_qpv"}, "n'habite pas un quartier prioritaire"),
        ({"qpv_code": ""}, ""),
        ({"qpv_code": "ZUS-73"}, "ZUS-73"),
        (
            {"qpv_code": "QN03101M", "qpv_generation": "qp2024", "qpv_checked_on": date(2026, 1, 2)},
            "(QPV 2024), vérifié le 02/01/2026",
        ),
    ],
)
def test_page_says_the_quarter_its_list_and_when_it_was_checked(alice, world, ours, qpv, words):
    ours(lambda: Beneficiary.objects.update(**qpv))
    facts = {row["label"]: row["value"] for row in alice.get(url(world)).context["facts"]}
    assert facts["Quartier prioritaire"].endswith(words)
    assert bool(facts["Quartier prioritaire"]) is bool(words)


def test_page_of_someone_without_a_contract(alice, ours):
    person = ours(lambda: BeneficiaryFactory())
    answer = alice.get(f"/beneficiaires/{person.pk}/")
    assert answer.context["answer"] == "Aucun contrat de travail pour l'instant. Éligibilité à vérifier."
    assert "contract-bars" not in answer.content.decode()


def test_page_holds_no_criterion(alice, bob, world, ours):
    ours(lambda: Eligibility.objects.update(criteria=["rqth"], proof_kind="Décision RQTH"))
    ours(lambda: EmploymentContract.objects.update(criteria=["rqth"]))
    for client in (alice, bob):
        for rest in ("", "heures/", "documents/", "historique/"):
            page = client.get(url(world, rest)).content.decode().lower()
            assert "rqth" not in page, rest
            assert "handicap" not in page, rest
    assert ours(ReadLog.objects.count) == 0
