"""Work contracts: what may change, and how what was frozen is corrected."""

from datetime import date
from decimal import Decimal

import pytest

from beneficiaries.models import Assignment, Beneficiary, EmploymentContract, HourEntry
from clauses.models import StaleLot
from lib.dates import today_paris
from tenants.models import AuditEntry, ReadLog
from tests.beneficiaries.work_pages import newest, page, terms
from tests.counting import assert_constant_queries
from tests.factories import (
    AssignmentFactory,
    CompanyFactory,
    EmploymentFactory,
    LotFactory,
)
from tests.within import said

LIST = "/contrats/"


def shown(response) -> list[int]:
    return [contract.pk for contract in response.context["list"].page.object_list]


# List and page


def test_list_shows_our_contracts_only(alice, charlie, world):
    assert shown(alice.get(LIST)) == [world.ours.employment.pk]
    assert shown(charlie.get(LIST)) == [world.theirs.employment.pk]


def test_list_filters(alice, world, ours):
    today = today_paris()

    def add():
        other = EmploymentFactory(employer=CompanyFactory(name="Intérim du Midi"), type="interim", ends_on=today)
        EmploymentContract.objects.filter(pk=world.ours.employment.pk).update(
            starts_on=date(2020, 1, 1), ends_on=date(2020, 2, 1)
        )
        second = LotFactory(contract=world.ours.contract)
        AssignmentFactory(employment=world.ours.employment, lot=second)
        return other

    other = ours(add)
    mine = world.ours.employment.pk
    for query, expected in (
        (f"employer={world.ours.company.pk}", [mine]),
        (f"lot={world.ours.lot.pk}", [mine]),
        (f"contract={world.ours.contract.pk}", [mine]),
        ("etat=en_cours", [other.pk]),
        ("etat=fin_proche", [other.pk]),
        ("etat=termines", [mine]),
        ("etat=a_venir", []),
        ("affectation=non", [other.pk]),
        ("type=interim", [other.pk]),
        ("q=interim", [other.pk]),
        ("sort=person&q=zoe", [mine, other.pk]),
    ):
        assert sorted(shown(alice.get(f"{LIST}?{query}"))) == sorted(expected), query


def test_filter_on_a_stranger_s_row_is_ignored(alice, world):
    answer = alice.get(f"{LIST}?employer={world.theirs.company.pk}")
    assert shown(answer) == [world.ours.employment.pk]
    assert said(answer)[0].startswith("Filtre ignoré")


def test_list_asks_as_much_whatever_its_length(alice, ours):
    assert_constant_queries(alice, LIST + "?size=50", lambda count: ours(lambda: AssignmentFactory.create_batch(count)))


def test_export_names_person_and_lots(alice, world):
    text = b"".join(alice.get(f"{LIST}?export=csv").streaming_content).decode()
    assert "Dûpont Zoé" in text
    assert str(world.ours.lot) in text


def test_page_shows_what_was_frozen_and_the_hours(alice, world, ours):
    ours(lambda: EmploymentContract.objects.update(education_level="4"))
    answer = alice.get(page(world))
    frozen = {row["label"]: row["value"] for row in answer.context["frozen"]}
    assert frozen["Âge"] == "35 ans"
    assert frozen["Niveau de formation"].startswith("4 (IV")
    assert frozen["Quartier prioritaire"].startswith("QN03101M")
    (row,) = answer.context["assignments"]
    assert (row.declared, row.validated, row.has_lines) == (Decimal(100), Decimal(100), True)
    assert "100,00" in answer.content.decode()


def test_page_says_what_is_not_known(alice, world, ours):
    ours(lambda: EmploymentContract.objects.update(age_at_hire=None, qpv_code="", education_level=""))
    frozen = {row["label"]: row["value"] for row in alice.get(page(world)).context["frozen"]}
    assert frozen == {
        "Âge": "non connu",
        "Niveau de formation": "non connu",
        "Quartier prioritaire": "hors quartier prioritaire",
    }


# Change


def test_edit_changes_the_terms_and_nothing_frozen(alice, world, ours):
    answer = alice.post(
        page(world, "modifier/"), terms(world, starts_on="2026-01-12", type="cddi", ends_on="2026-12-31")
    )
    contract = newest(ours)
    assert answer["Location"] == page(world)
    assert (contract.type, contract.ends_on, contract.age_at_hire, contract.qpv_code) == (
        "cddi",
        date(2026, 12, 31),
        35,
        "QN03101M",
    )


def test_new_day_of_hire_needs_a_reason_and_moves_the_age(alice, world, ours):
    ours(lambda: Beneficiary.objects.update(birth_date=date(1990, 2, 1)))
    sent = terms(world, starts_on="2026-02-02")
    answer = alice.post(page(world, "modifier/"), sent)
    assert answer.status_code == 422
    assert "motif" in answer.context["form"].non_field_errors()[0]
    alice.post(page(world, "modifier/"), sent | {"reason": "date du contrat signé"})
    contract = newest(ours)
    assert (contract.starts_on, contract.age_at_hire) == (date(2026, 2, 2), 36)
    assert (
        ours(lambda: AuditEntry.objects.filter(table="beneficiaries_employmentcontract", action="U").latest("pk").why)
        == "date du contrat signé"
    )


def test_new_day_of_hire_of_the_anonymised_keeps_the_age(alice, world, ours):
    ours(lambda: Beneficiary.objects.update(last_name="", first_name="", birth_date=None))
    alice.post(page(world, "modifier/"), terms(world, starts_on="2026-02-02", reason="erreur"))
    assert newest(ours).age_at_hire == 35


@pytest.mark.parametrize(
    "typed", [{"starts_on": "2026-04-01", "reason": "x"}, {"starts_on": "2026-01-12", "ends_on": "2026-02-28"}]
)
def test_hours_hold_the_dates_of_their_contract(alice, world, ours, typed):
    answer = alice.post(page(world, "modifier/"), terms(world, **typed))
    assert answer.status_code == 422
    assert "de mars 2026 sont déjà saisies" in answer.context["form"].non_field_errors()[0]
    assert (newest(ours).starts_on, newest(ours).ends_on) == (date(2026, 1, 12), None)


def test_renewal_prolongs_and_keeps_what_was_frozen(alice, world, ours):
    ours(lambda: EmploymentContract.objects.update(ends_on=date(2026, 6, 30)))
    answer = alice.post(page(world, "prolonger/"), {"ends_on": "2026-12-31"})
    assert said(answer) == ["Contrat prolongé jusqu'au 31/12/2026."]
    contract = newest(ours)
    assert (contract.ends_on, contract.age_at_hire, contract.starts_on) == (date(2026, 12, 31), 35, date(2026, 1, 12))


@pytest.mark.parametrize("ends_on", ["2026-06-30", "2026-06-01", "", "x"])
def test_renewal_that_prolongs_nothing_is_refused(alice, world, ours, ends_on):
    ours(lambda: EmploymentContract.objects.update(ends_on=date(2026, 6, 30)))
    assert len(said(alice.post(page(world, "prolonger/"), {"ends_on": ends_on}))) == 1
    assert newest(ours).ends_on == date(2026, 6, 30)


def test_open_contract_is_not_prolonged(alice, world, ours):
    alice.post(page(world, "prolonger/"), {"ends_on": "2026-12-31"})
    assert newest(ours).ends_on is None


@pytest.mark.parametrize(
    ("ends_on", "kept"), [("2026-03-01", date(2026, 3, 1)), ("2026-02-28", None), ("2026-01-11", None), ("x", None)]
)
def test_contract_ends_after_its_hours(alice, world, ours, ends_on, kept):
    assert len(said(alice.post(page(world, "terminer/"), {"ends_on": ends_on}))) == 1
    assert newest(ours).ends_on == kept


def test_contract_with_hours_is_not_deleted(alice, world, ours):
    answer = alice.post(page(world, "supprimer/"))
    assert answer["Location"] == page(world)
    assert "heures sont saisies" in said(answer)[0]
    assert (ours(EmploymentContract.objects.count), ours(HourEntry.objects.count)) == (1, 1)


def test_contract_without_hours_goes_with_its_assignments(alice, world, ours):
    idle = ours(lambda: AssignmentFactory(employment=EmploymentFactory(beneficiary=world.ours.beneficiary)).employment)
    answer = alice.post(f"/contrats/{idle.pk}/supprimer/")
    assert answer["Location"] == f"/beneficiaires/{world.ours.beneficiary.pk}/"
    assert (ours(EmploymentContract.objects.count), ours(Assignment.objects.count)) == (1, 1)


# What was frozen


def test_frozen_is_corrected_with_a_reason_and_the_lots_follow(alice, world, ours):
    ours(lambda: StaleLot.objects.all().delete())
    sent = {
        "age_at_hire": "36",
        "education_level": "5",
        "main": "brsa",
        "others": ["qpv"],
        "qpv_code": "",
        "reason": "carte d'identité lue",
    }
    answer = alice.post(page(world, "fige/"), sent)
    contract = newest(ours)
    assert answer["Location"] == page(world)
    assert (contract.age_at_hire, contract.education_level, contract.criteria, contract.qpv_code) == (
        36,
        "5",
        ["brsa", "qpv"],
        "",
    )
    assert (
        ours(lambda: AuditEntry.objects.filter(table="beneficiaries_employmentcontract").latest("pk").why)
        == "carte d'identité lue"
    )
    assert ours(lambda: set(StaleLot.objects.values_list("lot_id", flat=True))) == {world.ours.lot.pk}
    assert ours(ReadLog.objects.count) == 1


def test_frozen_shows_criteria_and_logs_the_reading(alice, world, ours):
    ours(
        lambda: EmploymentContract.objects.update(criteria=["maison", "rqth"], qpv_code="ZUS-73", qpv_generation="zus")
    )
    answer = alice.get(page(world, "fige/"))
    assert "maison" in answer.content.decode()
    assert ours(ReadLog.objects.count) == 1
    kept = {"age_at_hire": "", "main": "maison", "others": ["rqth"], "qpv_code": "ZUS-73", "reason": "âge non prouvé"}
    alice.post(page(world, "fige/"), kept)
    contract = newest(ours)
    assert (contract.age_at_hire, contract.criteria) == (None, ["maison", "rqth"])
    assert (contract.qpv_code, contract.qpv_generation) == ("ZUS-73", "zus")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"age_at_hire": "121"}, "age_at_hire"),
        ({"main": "x"}, "main"),
        ({"qpv_code": "x"}, "qpv_code"),
        ({"reason": "1 84 12 76 451 089 46"}, "reason"),
    ],
)
def test_frozen_refused_writes_nothing(alice, world, ours, typed, field):
    answer = alice.post(page(world, "fige/"), {"age_at_hire": "40", "reason": "lu"} | typed)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert newest(ours).age_at_hire == 35
