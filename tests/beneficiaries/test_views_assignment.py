"""Assignments: what hours hold in place."""

from datetime import date

import pytest

from beneficiaries.models import Assignment, EmploymentContract
from tests.beneficiaries.work_pages import page
from tests.factories import (
    AssignmentFactory,
    HourEntryFactory,
    LotFactory,
)
from tests.within import said


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
