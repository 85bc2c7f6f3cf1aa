"""Lots: page, forms, holders."""

from datetime import date
from decimal import Decimal

import pytest

from clauses.models import Lot, LotHolder, LotProgress, Obligation, StaleLot
from clauses.services.lots import HolderPart, set_holders
from reporting.services.progress import recompute_progress
from tests.factories import CompanyFactory, LotFactory
from tests.within import errors, said, shown


def page_of(world):
    return f"/marches/lots/{world.ours.lot.pk}/"


def test_page_tells_what_is_due_how_and_by_whom(alice, world, ours):
    recompute_progress(tenant_id=world.ours.tenant.pk)
    page = shown(alice.get(page_of(world)))
    assert "100\u202fh validées sur 833\u202fh" in page
    assert "Heures fixées au marché\u202f: 833\u202fh." in page
    assert "Peinture et fils" in page
    assert f'href="/marches/{world.ours.contract.pk}/"' in page


def test_page_says_the_sentence_of_the_lot(alice, world, ours):
    recompute_progress(tenant_id=world.ours.tenant.pk, today=date(2026, 6, 20))
    answer = alice.get(page_of(world)).context["answer"]
    assert answer.sentence.startswith("Au rythme ") or "rythme" in answer.sentence
    assert "Pour tenir, il fau" in answer.sentence


def test_page_before_the_answer_and_before_the_obligation(alice, world, ours):
    ours(lambda: LotProgress.objects.all().delete())
    assert "l'avancement se calcule" in shown(alice.get(page_of(world)))
    ours(lambda: Obligation.objects.all().delete())
    page = shown(alice.get(page_of(world)))
    assert "Calibrez-la" in page
    assert "Calibrer l'obligation" in page


def test_reader_has_no_button_and_stranger_no_page(bob, charlie, world):
    page = shown(bob.get(page_of(world)))
    for word in ("modifier", "titulaires/", "obligation/", "supprimer"):
        assert word not in page
    assert charlie.get(page_of(world)).status_code == 404


LOT = {"number": "2", "title": "Sols", "amount_ht": "60 000", "rule": "fixed", "fixed_hours": "120"}


def test_lot_is_added_with_its_obligation(alice, world, ours):
    data = {**LOT, "starts_on": "2026-02-01", "holder": world.ours.company.pk}
    answer = alice.post(f"/marches/{world.ours.contract.pk}/lots/nouveau/", data)
    lot = ours(lambda: Lot.objects.get(title="Sols"))
    assert answer["Location"] == f"/marches/lots/{lot.pk}/"
    assert (lot.amount_ht, lot.first_day, ours(lambda: lot.last_day)) == (60_000, date(2026, 2, 1), date(2026, 12, 31))
    obligation = ours(lambda: lot.obligations.get())
    assert (obligation.due, obligation.signed_on) == (120, date(2026, 2, 1))
    assert ours(lambda: lot.holders.get().company_id) == world.ours.company.pk


def test_lot_to_set_later_has_no_obligation(alice, world, ours):
    alice.post(f"/marches/{world.ours.contract.pk}/lots/nouveau/", {"number": "2", "title": "Sols", "rule": ""})
    assert ours(lambda: Lot.objects.get(title="Sols").obligations.count()) == 0


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"number": ""}, "number", "obligatoire"),
        ({"title": ""}, "title", "obligatoire"),
        ({"starts_on": "2025-12-31"}, "starts_on", "Hors des dates du marché\u202f: du 01/01/2026 au 31/12/2026."),
        ({"ends_on": "2027-01-01"}, "ends_on", "Hors des dates du marché"),
        ({"starts_on": "2026-05-01", "ends_on": "2026-04-01"}, "ends_on", "précède son début"),
        ({"fixed_hours": ""}, "fixed_hours", "nombre d'heures"),
        ({"amount_ht": "1e5"}, "amount_ht", "n'est pas un nombre"),
    ],
)
def test_lot_is_refused_in_french(alice, world, ours, typed, field, message):
    answer = alice.post(f"/marches/{world.ours.contract.pk}/lots/nouveau/", {**LOT, **typed})
    assert answer.status_code == 422
    assert message in errors(answer, field)
    assert ours(Lot.objects.count) == 1


def test_lot_is_edited_and_asked_for_again(alice, world, ours):
    ours(lambda: StaleLot.objects.all().delete())
    data = {"number": "1 bis", "title": "Peinture", "amount_ht": "99 999,99", "capacity_fte": "1,5"}
    answer = alice.post(page_of(world) + "modifier/", data)
    assert answer["Location"] == page_of(world)
    lot = ours(lambda: Lot.objects.get(pk=world.ours.lot.pk))
    assert (lot.number, lot.amount_ht, lot.capacity_fte) == ("1 bis", Decimal("99999.99"), Decimal("1.5"))
    assert "Un avenant la recalcule" in said(answer)[0]
    assert ours(lambda: StaleLot.objects.filter(lot_id=lot.pk).exists())


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"capacity_fte": "0"}, "capacity_fte", "inférieur au minimum"),
        ({"capacity_fte": ""}, "capacity_fte", "obligatoire"),
        ({"ends_on": "2030-01-01"}, "ends_on", "Hors des dates du marché"),
    ],
)
def test_edit_refuses_in_french(alice, world, ours, typed, field, message):
    data = {"number": "9", "title": "Autre", "capacity_fte": "2", **typed}
    answer = alice.post(page_of(world) + "modifier/", data)
    assert answer.status_code == 422
    assert message in errors(answer, field)
    assert ours(lambda: Lot.objects.get(pk=world.ours.lot.pk).number) == "1"


def holders(*rows, initial=0):
    """What the page of holders sends: (company, role, share) each."""
    data = {"holders-TOTAL_FORMS": str(len(rows)), "holders-INITIAL_FORMS": str(initial)}
    for index, (company, role, share) in enumerate(rows):
        data |= {f"holders-{index}-company": company, f"holders-{index}-role": role, f"holders-{index}-share": share}
    return data


def stored(ours, world):
    def read():
        rows = LotHolder.objects.filter(lot=world.ours.lot).order_by("pk")
        return [(row.company_id, row.role, row.share) for row in rows]

    return ours(read)


def test_grouping_shares_the_hours_by_largest_remainder(alice, world, ours):
    second, third = ours(lambda: CompanyFactory.create_batch(2))
    first = world.ours.company
    rows = [(first.pk, "mandataire", ""), (second.pk, "cotraitant", ""), (third.pk, "cotraitant", "")]
    answer = alice.post(page_of(world) + "titulaires/", holders(*rows))
    assert answer["Location"] == page_of(world)
    assert sum(share for *_, share in stored(ours, world)) == 1
    listed = alice.get(page_of(world)).context["holders"]
    assert [item["hours"] for item in listed] == [Decimal(278), Decimal(278), Decimal(277)]


def test_shares_typed_are_kept_and_the_subcontractor_is_apart(alice, world, ours):
    second, third = ours(lambda: CompanyFactory.create_batch(2))
    rows = [
        (world.ours.company.pk, "titulaire", "66,6667"),
        (second.pk, "cotraitant", "33,3333"),
        (third.pk, "sous_traitant", "20"),
    ]
    assert alice.post(page_of(world) + "titulaires/", holders(*rows)).status_code == 302
    assert stored(ours, world) == [
        (world.ours.company.pk, "titulaire", Decimal("0.666667")),
        (second.pk, "cotraitant", Decimal("0.333333")),
        (third.pk, "sous_traitant", Decimal("0.2")),
    ]
    listed = alice.get(page_of(world)).context["holders"]
    assert [item["hours"] for item in listed] == [Decimal(555), Decimal(278), None]


def test_page_of_holders_shows_and_removes_them(alice, world, ours):
    page = shown(alice.get(page_of(world) + "titulaires/"))
    assert f'<option value="{world.ours.company.pk}" selected>' in page
    data = holders((world.ours.company.pk, "titulaire", "100"), initial=1) | {"holders-0-DELETE": "on"}
    assert alice.post(page_of(world) + "titulaires/", data).status_code == 302
    assert stored(ours, world) == []


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("A", "titulaire", ""), ("A", "titulaire", "")], "deux fois"),
        ([("A", "titulaire", ""), ("B", "mandataire", "")], "un seul titulaire"),
        ([("A", "cotraitant", "")], "Indiquez le titulaire"),
        ([("A", "titulaire", "60"), ("B", "cotraitant", "")], "la part de chacun"),
        ([("A", "titulaire", "60"), ("B", "cotraitant", "60")], "100\u202f% ensemble"),
    ],
)
def test_groupings_at_fault_are_refused_in_french(alice, world, ours, rows, message):
    companies = {"A": world.ours.company.pk, "B": ours(CompanyFactory).pk}
    before = stored(ours, world)
    data = holders(*((companies[name], role, share) for name, role, share in rows))
    answer = alice.post(page_of(world) + "titulaires/", data)
    assert answer.status_code == 422
    assert message in " ".join(answer.context["formset"].non_form_errors())
    assert stored(ours, world) == before


def test_strangers_company_cannot_hold_a_lot(alice, world, ours):
    data = holders((world.theirs.company.pk, "titulaire", ""))
    assert alice.post(page_of(world) + "titulaires/", data).status_code == 422
    assert stored(ours, world) == [(world.ours.company.pk, "titulaire", Decimal(1))]


def test_holder_who_stays_keeps_its_row(world, ours):
    before = ours(lambda: LotHolder.objects.get(lot=world.ours.lot).pk)
    other = ours(CompanyFactory)
    parts = [HolderPart(world.ours.company.pk, "titulaire"), HolderPart(other.pk, "cotraitant")]
    ours(lambda: set_holders(lot=world.ours.lot, parts=parts))
    assert ours(lambda: LotHolder.objects.get(company=world.ours.company, lot=world.ours.lot).pk) == before


def test_lot_with_work_is_not_deleted(alice, world, ours):
    ours(lambda: LotFactory(contract=world.ours.contract))
    answer = alice.post(page_of(world) + "supprimer/")
    assert answer["Location"] == page_of(world)
    assert "Suppression impossible" in said(answer)[0]
    assert ours(lambda: Lot.objects.filter(pk=world.ours.lot.pk).exists())


def test_last_lot_of_a_contract_is_not_deleted(alice, ours):
    lot = ours(lambda: LotFactory(due=10))
    answer = alice.post(f"/marches/lots/{lot.pk}/supprimer/")
    assert "au moins un lot" in said(answer)[0]
    other = ours(lambda: LotFactory(contract=lot.contract, due=5))
    assert alice.post(f"/marches/lots/{other.pk}/supprimer/")["Location"] == f"/marches/{lot.contract_id}/"
    assert ours(lambda: Obligation.objects.filter(lot_id=other.pk).count()) == 0


def test_archive_restore_and_history(alice, world, ours):
    alice.post(page_of(world) + "archiver/")
    assert ours(lambda: Lot.objects.get(pk=world.ours.lot.pk).archived_at) is not None
    assert "Archivé" in shown(alice.get(page_of(world)))
    alice.post(page_of(world) + "desarchiver/")
    assert ours(lambda: Lot.objects.get(pk=world.ours.lot.pk).archived_at) is None
    assert "Alice" in shown(alice.get(page_of(world) + "historique/"))
