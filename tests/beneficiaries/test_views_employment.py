"""Work contracts and assignments: what is frozen at hire, what may change, what hours hold in place."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.messages import get_messages

from beneficiaries.models import Assignment, Beneficiary, Eligibility, EmploymentContract, HourEntry
from clauses.models import StaleLot
from lib.dates import today_paris
from tenants import scope
from tenants.models import AuditEntry, ReadLog
from tests.counting import assert_constant_queries
from tests.factories import (
    AssignmentFactory,
    CompanyFactory,
    EligibilityFactory,
    EmploymentFactory,
    HourEntryFactory,
    LotFactory,
)

LIST = "/contrats/"


@pytest.fixture
def ours(world):
    """Reads and writes in the structure's scope: ours(lambda: …)."""

    def within(work):
        with scope.tenant(world.ours.tenant.pk, world.alice.pk):
            return work()

    return within


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def shown(response) -> list[int]:
    return [contract.pk for contract in response.context["list"].page.object_list]


def hire_url(world) -> str:
    return f"/beneficiaires/{world.ours.beneficiary.pk}/contrats/nouveau/"


def page(world, rest="") -> str:
    return f"/contrats/{world.ours.employment.pk}/{rest}"


def terms(world, **changes) -> dict[str, object]:
    base = {"employer": world.ours.company.pk, "modality": "embauche_directe", "type": "cdd", "starts_on": "2026-05-17"}
    return base | changes


def newest(ours) -> EmploymentContract:
    return ours(lambda: EmploymentContract.objects.select_related("beneficiary").latest("pk"))


# Hire


def test_hire_freezes_the_person_of_that_day(alice, world, ours):
    def prepare():
        Beneficiary.objects.update(education_level="3", qpv_code="QN03101M", qpv_generation="qp2024")
        EligibilityFactory(beneficiary=world.ours.beneficiary, criteria=["rqth", "qpv"], verified_on=date(2026, 5, 17))
        EligibilityFactory(beneficiary=world.ours.beneficiary, criteria=["brsa"], verified_on=date(2026, 5, 18))

    ours(prepare)
    answer = alice.post(hire_url(world), terms(world, weekly_hours="35", rome_code="F1606"))
    contract = newest(ours)
    assert answer["Location"] == f"/contrats/{contract.pk}/"
    assert (contract.age_at_hire, contract.education_level, contract.criteria) == (36, "3", ["rqth", "qpv"])
    assert (contract.qpv_code, contract.qpv_generation) == ("QN03101M", "qp2024")
    assert contract.person_key == world.ours.beneficiary.person_key
    assert (contract.weekly_hours, contract.rome_code, contract.ends_on) == (Decimal(35), "F1606", None)
    assert len(said(answer)) == 1


def test_hire_follows_no_later_change_of_the_person(alice, world, ours):
    alice.post(hire_url(world), terms(world))
    ours(lambda: Beneficiary.objects.update(qpv_code="QN03101M", education_level="5"))
    contract = newest(ours)
    assert (contract.qpv_code, contract.education_level) == ("", "")


@pytest.mark.parametrize(
    ("prepare", "changes", "words"),
    [
        (lambda: Eligibility.objects.all().delete(), {}, "n'est pas vérifiée"),
        (lambda: Eligibility.objects.update(verified_on=None), {}, "n'est pas vérifiée"),
        (lambda: Eligibility.objects.update(verified_on=date(2026, 6, 1)), {}, "après l'embauche"),
        (lambda: Eligibility.objects.update(valid_until=date(2026, 5, 16)), {}, "n'était valable que"),
        (lambda: Beneficiary.objects.update(birth_date=date(2011, 1, 1)), {}, "15 ans"),
    ],
)
def test_hire_is_saved_with_its_warnings(alice, world, ours, prepare, changes, words):
    ours(prepare)
    answer = alice.post(hire_url(world), terms(world, **changes))
    assert answer.status_code == 302
    assert words in " ".join(said(answer)[1:])


def test_hire_on_a_lot_makes_the_assignment_for_its_lead(alice, world, ours):
    lot = ours(lambda: LotFactory(contract=world.ours.contract, holder=world.ours.company))
    alice.post(hire_url(world), terms(world, lot=lot.pk))
    made = ours(lambda: Assignment.objects.select_related("accepted_by").latest("pk"))
    assert (made.lot_id, made.holder_id, made.accepted_by.name) == (lot.pk, world.ours.company.pk, "Alice")
    assert made.accepted_on == date(2026, 5, 17)


def test_hire_proposes_the_terms_of_the_last_contract(alice, world, ours):
    ours(lambda: EmploymentContract.objects.update(type="interim", modality="mise_a_disposition"))
    form = alice.get(hire_url(world)).context["form"]
    assert (form["type"].value(), form["modality"].value()) == ("interim", "mise_a_disposition")
    assert form["employer"].value() == world.ours.company.pk


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"employer": ""}, "employer", "obligatoire"),
        ({"employer": "x"}, "employer", "choix"),
        ({"modality": "x"}, "modality", "choix valide"),
        ({"type": ""}, "type", "obligatoire"),
        ({"starts_on": ""}, "starts_on", "obligatoire"),
        ({"starts_on": "1990-05-17"}, "starts_on", "précède la naissance"),
        ({"ends_on": "2026-05-16"}, "__all__", "précède l'embauche"),
        ({"weekly_hours": "169"}, "weekly_hours", "168"),
        ({"weekly_hours": "12h75"}, "weekly_hours", "12h45"),
        ({"rome_code": "Z9999"}, "rome_code", "choix valide"),
        ({"lot": "0"}, "lot", "choix"),
        ({"starts_on": "2027-01-01", "lot": "ours"}, "lot", "hors de ce contrat"),
    ],
)
def test_hire_refused_writes_nothing(alice, world, ours, typed, field, words):
    typed = {name: world.ours.lot.pk if value == "ours" else value for name, value in typed.items()}
    answer = alice.post(hire_url(world), terms(world, **typed))
    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors[field])
    assert ours(EmploymentContract.objects.count) == 1


def test_hire_never_points_at_a_stranger_s_rows(alice, world, ours):
    for typed in ({"employer": world.theirs.company.pk}, {"lot": world.theirs.lot.pk}):
        assert alice.post(hire_url(world), terms(world, **typed)).status_code == 422
    assert ours(EmploymentContract.objects.count) == 1


def test_hire_from_a_lot_asks_for_the_person(alice, world, ours):
    url = f"/lots/{world.ours.lot.pk}/contrats/nouveau/"
    form = alice.get(url).context["form"]
    assert form["employer"].value() == world.ours.company.pk
    people = ours(lambda: [str(label) for _, label in form.fields["beneficiary"].choices])
    assert people[1:] == ["Dûpont Zoé (17/05/1990)"]
    answer = alice.post(url, terms(world, beneficiary=world.ours.beneficiary.pk))
    contract = newest(ours)
    assert answer["Location"] == f"/contrats/{contract.pk}/"
    assert contract.beneficiary == world.ours.beneficiary
    assert ours(lambda: list(Assignment.objects.filter(employment=contract).values_list("lot", flat=True))) == [
        world.ours.lot.pk
    ]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"beneficiary": ""}, "beneficiary"),
        ({"starts_on": "1980-01-01"}, "starts_on"),
        ({"starts_on": "2027-01-01"}, "starts_on"),
    ],
)
def test_hire_from_a_lot_refused_writes_nothing(alice, world, ours, typed, field):
    answer = alice.post(
        f"/lots/{world.ours.lot.pk}/contrats/nouveau/", terms(world, beneficiary=world.ours.beneficiary.pk) | typed
    )
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert ours(EmploymentContract.objects.count) == 1


def test_lot_without_a_lead_proposes_no_employer(alice, ours):
    lot = ours(LotFactory)
    assert alice.get(f"/lots/{lot.pk}/contrats/nouveau/").context["form"].initial.get("employer") is None


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


# Assignments


def test_contract_serves_several_lots(alice, world, ours):
    lot = ours(lambda: LotFactory(contract=world.ours.contract, holder=world.ours.company))
    answer = alice.post(page(world, "affectations/nouvelle/"), {"lot": lot.pk, "accepted_on": "2026-01-10"})
    assert answer["Location"] == page(world)
    made = ours(lambda: Assignment.objects.select_related("accepted_by").latest("pk"))
    assert (made.lot_id, made.holder_id, made.accepted_by.name, made.accepted_on) == (
        lot.pk,
        world.ours.company.pk,
        "Alice",
        date(2026, 1, 10),
    )


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"lot": ""}, "lot", "obligatoire"),
        ({"lot": "ours"}, "__all__", "déjà affecté"),
        ({"lot": "theirs"}, "lot", "choix"),
        ({"lot": "late"}, "lot", "hors de ce contrat"),
        ({"starts_on": "2026-01-11"}, "starts_on", "Hors du contrat"),
        ({"ends_on": "2026-07-01"}, "ends_on", "Hors du contrat"),
        ({"starts_on": "2026-03-02", "ends_on": "2026-03-01"}, "__all__", "précède"),
        ({"accepted_on": "2199-01-01"}, "accepted_on", "futur"),
    ],
)
def test_assignment_refused_writes_nothing(alice, world, ours, typed, field, words):
    ours(lambda: EmploymentContract.objects.update(ends_on=date(2026, 6, 30)))
    lots = {
        "ours": world.ours.lot.pk,
        "theirs": world.theirs.lot.pk,
        "late": ours(lambda: LotFactory(contract=world.ours.contract, starts_on=date(2026, 7, 1)).pk),
    }
    other = ours(lambda: LotFactory(contract=world.ours.contract).pk)
    sent = {"lot": other} | typed
    sent["lot"] = lots.get(sent["lot"], sent["lot"])
    answer = alice.post(page(world, "affectations/nouvelle/"), sent)
    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors[field])
    assert ours(Assignment.objects.count) == 1


def edit_url(world) -> str:
    return f"/affectations/{world.ours.assignment.pk}/modifier/"


def test_assignment_changes_its_dates_and_acceptance(alice, world, ours):
    alice.post(
        edit_url(world),
        {
            "starts_on": "2026-02-01",
            "ends_on": "2026-06-30",
            "accepted_on": "2026-01-20",
            "holder": world.ours.company.pk,
        },
    )
    row = ours(lambda: Assignment.objects.select_related("accepted_by").get())
    assert (row.starts_on, row.ends_on, row.accepted_by.name) == (date(2026, 2, 1), date(2026, 6, 30), "Alice")
    alice.post(edit_url(world), {"starts_on": "2026-02-01"})
    row = ours(Assignment.objects.get)
    assert (row.ends_on, row.accepted_by_id, row.holder_id) == (None, None, None)


def test_hours_hold_the_dates_of_their_assignment(alice, world, ours):
    answer = alice.post(edit_url(world), {"ends_on": "2026-02-28"})
    assert answer.status_code == 422
    assert "mars 2026" in answer.context["form"].non_field_errors()[0]
    assert ours(Assignment.objects.get).ends_on is None


def test_assignment_outside_its_lot_is_said(alice, world, ours):
    ours(lambda: type(world.ours.contract).objects.update(starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31)))
    answer = alice.post(edit_url(world), {"starts_on": ""})
    assert "hors de ce contrat" in answer.context["form"].non_field_errors()[0]


def test_assignment_with_hours_is_not_taken_away(alice, world, ours):
    answer = alice.post(f"/affectations/{world.ours.assignment.pk}/retirer/")
    assert "ne peut pas être retirée" in said(answer)[0]
    assert ours(Assignment.objects.count) == 1
    idle = ours(lambda: AssignmentFactory(employment=world.ours.employment))
    assert alice.post(f"/affectations/{idle.pk}/retirer/")["Location"] == page(world)
    assert ours(Assignment.objects.count) == 1


def test_refused_hours_hold_too(alice, world, ours):
    idle = ours(
        lambda: (
            HourEntryFactory(
                assignment=AssignmentFactory(employment=world.ours.employment), status="refusee"
            ).assignment
        )
    )
    alice.post(f"/affectations/{idle.pk}/retirer/")
    assert ours(Assignment.objects.count) == 2
