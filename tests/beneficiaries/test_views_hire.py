"""Hiring: what is frozen that day, from a person's page or from a lot's."""

from datetime import date
from decimal import Decimal

import pytest

from beneficiaries.models import Assignment, Beneficiary, Eligibility, EmploymentContract
from tests.beneficiaries.work_pages import hire_url, newest, terms
from tests.factories import (
    EligibilityFactory,
    LotFactory,
)
from tests.within import said


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
