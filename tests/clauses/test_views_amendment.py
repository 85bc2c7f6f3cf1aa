"""An avenant recorded by mistake: corrected or withdrawn while nothing stands on it, with a reason."""

from datetime import date
from decimal import Decimal

import pytest

from clauses.models import Amendment, Lot, Obligation, PublicContract
from clauses.services.amendments import (
    AmendmentError,
    LotChange,
    correct_amendment,
    record_amendment,
    withdraw_amendment,
)
from clauses.services.obligations import set_obligation
from lib.obligation_rules import Rule, Terms
from tenants.models import AuditEntry
from tests.factories import LotFactory
from tests.within import errors, said, shown

SHARE = Terms(
    rule=Rule.SHARE_OF_LABOUR,
    amount_ht=Decimal(1_500_000),
    labour_share=Decimal("0.7"),
    hourly_cost=Decimal(30),
    rate=Decimal("0.1"),
)
REASON = {"reason": "erreur de saisie"}


def facts(ours, house):
    """What an avenant may change: the marché, its lots, their versions."""

    def read():
        contract = PublicContract.objects.get(pk=house.contract.pk)
        lots = contract.lots.order_by("number").values_list("number", "amount_ht")
        versions = Obligation.objects.filter(lot__contract=contract).order_by("lot", "version")
        return (
            (contract.amount_ht, contract.ends_on),
            list(lots),
            list(versions.values_list("lot__number", "version", "is_current", "due")),
        )

    return ours(read)


@pytest.fixture
def house(world, ours):
    """Our marché with a computed obligation on lot 1, hours fixed on lot 2."""

    def prepare():
        PublicContract.objects.filter(pk=world.ours.contract.pk).update(amount_ht=2_000_000)
        Lot.objects.filter(pk=world.ours.lot.pk).update(amount_ht=1_500_000)
        set_obligation(lot=world.ours.lot, terms=SHARE)
        LotFactory(contract=world.ours.contract, number="2", due=50)

    ours(prepare)
    return world.ours


def record(ours, house, **changed):
    def write():
        first, second = Lot.objects.filter(contract=house.contract).order_by("number")
        given = {"subject": "Prolongation", "signed_on": date(2026, 6, 1), "amount_ht": Decimal(2_300_000)}
        given |= {"lots": [LotChange(first, Decimal(1_800_000)), LotChange(second, None, Decimal(80))]}
        given |= {"ends_on": date(2027, 6, 30)}
        return record_amendment(contract=house.contract, **given | changed)[0]

    return ours(write)


def refused(ours, amendment):
    """The same reason for both; nothing is changed."""

    def attempt():
        with pytest.raises(AmendmentError) as withdrawn:
            withdraw_amendment(amendment=amendment, reason="x")
        with pytest.raises(AmendmentError) as corrected:
            correct_amendment(amendment=amendment, reason="x", subject="y", signed_on=None)
        assert str(withdrawn.value) == str(corrected.value)
        return str(withdrawn.value)

    return ours(attempt)


def test_withdrawal_puts_everything_back(alice, house, ours):
    before = facts(ours, house)
    amendment = record(ours, house)
    assert facts(ours, house) != before
    answer = alice.post(f"/marches/avenants/{amendment.pk}/supprimer/", REASON)
    assert said(answer) == ["Avenant n° 1 supprimé. Le marché et ses obligations sont comme avant lui."]
    assert facts(ours, house) == before
    assert ours(Amendment.objects.count) == 0
    gone = ours(lambda: AuditEntry.objects.filter(table="clauses_amendment", action="D").get())
    assert gone.why == "erreur de saisie"


def test_correction_replaces_what_the_avenant_did(alice, house, ours):
    amendment = record(ours, house)
    url = f"/marches/avenants/{amendment.pk}/corriger/"
    lots = {row.number: row.pk for row in ours(lambda: list(Lot.objects.filter(contract=house.contract)))}
    page = alice.get(url)
    assert page.context["form"]["subject"].value() == "Prolongation"
    typed = {form.lot.number: (form["amount_ht"].value(), form.before) for form in page.context["lots"]}
    assert typed["1"] == ("1\u202f800\u202f000", (1_500_000, 3500))
    assert typed["2"] == (None, (None, 50))
    answer = alice.post(
        url,
        {"subject": "Prolongation et travaux", "signed_on": "2026-06-02", f"lot-{lots['2']}-fixed_hours": "90"}
        | REASON,
    )
    assert said(answer) == ["Avenant n° 1 corrigé. 1\u202fobligation recalculée."]
    assert facts(ours, house) == (
        (2_000_000, date(2026, 12, 31)),
        [("1", 1_500_000), ("2", None)],
        [("1", 1, False, 833), ("1", 2, True, 3500), ("2", 1, False, 50), ("2", 2, True, 90)],
    )
    corrected = ours(lambda: Amendment.objects.get())
    assert (corrected.pk, corrected.number, corrected.subject) == (amendment.pk, 1, "Prolongation et travaux")
    assert (corrected.amount_ht, corrected.ends_on) == (None, None)
    # What was put right can be taken back too.
    ours(lambda: withdraw_amendment(amendment=corrected, reason="x"))
    assert facts(ours, house)[2] == [("1", 1, False, 833), ("1", 2, True, 3500), ("2", 1, True, 50)]


def test_correction_says_why(alice, house, ours):
    amendment = record(ours, house)
    answer = alice.post(f"/marches/avenants/{amendment.pk}/corriger/", {"subject": "x", "signed_on": "2026-06-01"})
    assert answer.status_code == 422
    assert errors(answer, "reason") == "Donnez le motif."
    answer = alice.post(f"/marches/avenants/{amendment.pk}/supprimer/")
    assert said(answer) == ["Rien n'a été supprimé\u202f: Donnez le motif."]
    assert ours(lambda: Amendment.objects.get().subject) == "Prolongation"


def test_only_the_last_avenant_is_undone(alice, house, ours):
    first, second = record(ours, house), record(ours, house, ends_on=date(2027, 9, 30))
    assert refused(ours, first) == "L'avenant n° 2 est venu après\u202f: commencez par lui."
    page = shown(alice.get(f"/marches/{house.contract.pk}/obligations/"))
    assert f"/marches/avenants/{second.pk}/corriger/" in page
    assert f"/marches/avenants/{first.pk}/corriger/" not in page
    ours(lambda: withdraw_amendment(amendment=second, reason="x"))
    ours(lambda: withdraw_amendment(amendment=first, reason="x"))
    assert facts(ours, house)[0] == (2_000_000, date(2026, 12, 31))


@pytest.mark.parametrize(
    ("later", "message"),
    [
        (lambda h: set_obligation(lot=h.lot, terms=SHARE), "L'obligation du lot 1 a changé depuis cet avenant."),
        (lambda h: PublicContract.objects.update(amount_ht=1), "Le montant du marché a changé depuis cet avenant."),
        (
            lambda h: PublicContract.objects.update(ends_on="2028-01-31"),
            "La fin du marché a changé depuis cet avenant.",
        ),
        (lambda h: Lot.objects.update(amount_ht=1), "Le montant du lot 1 a changé depuis cet avenant."),
        (
            lambda h: Lot.objects.filter(number="2").update(ends_on="2027-03-31"),
            "Le lot 2 finit le 31/03/2027, après la fin d'avant l'avenant, le 31/12/2026. Changez d'abord ce lot.",
        ),
        (lambda h: Amendment.objects.update(replaced=None), "Cet avenant vient d'un fichier"),
        (lambda h: Amendment.objects.all().delete(), "Cet avenant vient d'être supprimé."),
    ],
)
def test_what_came_later_keeps_the_avenant(house, ours, later, message):
    amendment = record(ours, house)
    ours(lambda: later(house))
    before = facts(ours, house)
    assert message in refused(ours, amendment)
    assert facts(ours, house) == before


def test_refusal_is_said_on_both_pages(alice, house, ours):
    amendment = record(ours, house)
    ours(lambda: PublicContract.objects.update(amount_ht=1))
    said_why = "Le montant du marché a changé depuis cet avenant."
    answer = alice.post(f"/marches/avenants/{amendment.pk}/supprimer/", REASON)
    assert said(answer) == [f"Rien n'a été supprimé\u202f: {said_why}"]
    typed = {"subject": "x", "signed_on": "2026-06-01", "amount_ht": "5", **REASON}
    answer = alice.post(f"/marches/avenants/{amendment.pk}/corriger/", typed)
    assert answer.status_code == 422
    assert errors(answer) == said_why


def test_lot_deleted_since_does_not_matter(house, ours):
    amendment = record(ours, house)
    ours(lambda: Lot.objects.filter(contract=house.contract, number="2").delete())
    ours(lambda: withdraw_amendment(amendment=amendment, reason="x"))
    assert facts(ours, house)[2] == [("1", 1, False, 833), ("1", 2, True, 3500)]


def test_avenant_of_a_file_offers_neither(alice, house, ours):
    amendment = record(ours, house)
    ours(lambda: Amendment.objects.update(replaced=None))
    assert "/corriger/" not in shown(alice.get(f"/marches/{house.contract.pk}/obligations/"))
    assert alice.get(f"/marches/avenants/{amendment.pk}/corriger/").status_code == 200


def test_single_lot_follows_the_amount_that_is_corrected(alice, world, ours):
    given = {"subject": "Hausse", "signed_on": "2026-06-01"}
    alice.post(f"/marches/{world.ours.contract.pk}/avenants/nouveau/", given | {"amount_ht": "1 000"})
    amendment = ours(lambda: Amendment.objects.get())
    page = alice.get(f"/marches/avenants/{amendment.pk}/corriger/")
    assert page.context["lots"][0]["amount_ht"].value() is None
    alice.post(f"/marches/avenants/{amendment.pk}/corriger/", given | {"amount_ht": "1 200"} | REASON)
    assert facts(ours, world.ours)[:2] == ((1200, date(2026, 12, 31)), [("1", 1200)])
