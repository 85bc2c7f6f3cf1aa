"""Obligations and avenants: what is shown while typing, what is kept."""

from datetime import date
from decimal import Decimal

import pytest

from clauses.models import Amendment, Lot, Obligation, PublicContract
from reporting.services.progress import recompute_progress
from tests.factories import LotFactory
from tests.within import errors, said, shown

SHARE = {"rule": "share_of_labour", "amount_ht": "1 500 000", "labour_share": "70", "hourly_cost": "30", "rate": "10"}


def url_of(world):
    return f"/marches/lots/{world.ours.lot.pk}/obligation/"


def versions(ours, lot):
    def read():
        rows = Obligation.objects.filter(lot=lot).order_by("version")
        return [(row.version, row.is_current, row.due) for row in rows]

    return ours(read)


def test_new_version_closes_the_one_before(alice, world, ours):
    answer = alice.post(url_of(world), {**SHARE, "signed_on": "2026-05-02"})
    assert answer["Location"] == f"/marches/lots/{world.ours.lot.pk}/"
    assert said(answer) == ["Obligation fixée\u202f: 3\u202f500\u202fh dues sur le lot 1."]
    assert versions(ours, world.ours.lot) == [(1, False, 833), (2, True, 3500)]
    current = ours(lambda: Obligation.objects.select_related("set_by").get(lot=world.ours.lot, version=2))
    assert (current.signed_on, current.set_by.name) == (date(2026, 5, 2), "Alice")
    recompute_progress(tenant_id=world.ours.tenant.pk)
    page = shown(alice.get(answer["Location"]))
    assert "100\u202fh validées sur 3\u202f500\u202fh" in page
    assert "Version 1" in page
    assert "Main-d'œuvre\u202f: 1\u202f500\u202f000\u202f€ × 70\u202f% = 1\u202f050\u202f000\u202f€." in page


def test_form_starts_from_the_version_in_force(alice, world):
    form = alice.get(url_of(world)).context["form"]
    assert (form["rule"].value(), form["fixed_hours"].value()) == ("fixed", "833")


def test_first_obligation_starts_from_what_is_known(alice, world, ours):
    ours(lambda: Obligation.objects.all().delete())
    ours(lambda: PublicContract.objects.update(amount_ht=Decimal(1_200_000), notified_on=date(2026, 1, 15)))
    answer = alice.get(url_of(world))
    form = answer.context["form"]
    assert (form["amount_ht"].value(), form["rate"].value()) == ("1\u202f200\u202f000", "5")
    assert form["signed_on"].value() == date(2026, 1, 15)
    assert "charte nationale d'insertion du NPNRU" in form.fields["rate"].help_text
    assert "Calibrer l'obligation" in shown(answer)


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"rule": ""}, "rule", "obligatoire"),
        ({"rule": "pirate"}, "rule", "choix"),
        ({"rule": "none"}, "exempt_reason", "motif"),
        ({**SHARE, "amount_ht": ""}, "amount_ht", "montant HT"),
        ({**SHARE, "hourly_cost": "0"}, "hourly_cost", "plus de 0"),
        ({**SHARE, "labour_share": "-1"}, "labour_share", "négatif"),
        ({**SHARE, "signed_on": "hier"}, "signed_on", "pas une date"),
    ],
)
def test_terms_at_fault_are_refused_in_french(alice, world, ours, typed, field, message):
    answer = alice.post(url_of(world), typed)
    assert answer.status_code == 422
    assert message in errors(answer, field)
    assert versions(ours, world.ours.lot) == [(1, True, 833)]


PREVIEW = "/marches/lots/obligation/apercu/"


def test_preview_tells_the_steps_and_writes_nothing(alice, world, ours):
    page = shown(alice.post(PREVIEW, SHARE))
    assert "<strong>3\u202f500\u202fh</strong>" in page
    assert "÷ 30\u202f€ de l'heure = 35\u202f000\u202fh." in page
    assert versions(ours, world.ours.lot) == [(1, True, 833)]


def test_preview_of_one_lot_among_many_takes_the_contracts_amount(alice, world):
    data = {
        "amount_ht": "1 000 000",
        "operation": world.ours.operation.pk,
        "lots-1-rule": "share_of_labour",
        "lots-1-labour_share": "50",
        "lots-1-hourly_cost": "30",
    }
    page = shown(alice.post(PREVIEW + "?prefix=lots-1", data))
    assert "<strong>833\u202fh</strong>" in page
    assert "Taux proposé\u202f: charte" in page
    assert "amount" not in shown(alice.post(PREVIEW + "?prefix=lots-0", data))


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (
            {"rule": "share_of_labour"},
            "il manque\u202f: montant HT, part de main-d'œuvre, coût horaire, taux",
        ),
        ({**SHARE, "rate": "abc"}, "n'est pas un nombre"),
        ({**SHARE, "hourly_cost": "42"}, "ressemble à un prix de vente"),
        ({"rule": "none", "exempt_reason": "réservé"}, "Sans obligation\u202f: réservé."),
        ({"rule": "pirate"}, "choix"),
    ],
)
def test_preview_says_what_is_missing_or_odd(alice, typed, text):
    assert text in shown(alice.post(PREVIEW, typed))


@pytest.mark.parametrize("data", [{}, {"rule": ""}, {"operation": "zz", "rule": ""}])
def test_preview_of_nothing_is_empty(alice, data):
    assert alice.post(PREVIEW + "?prefix=" + "x" * 5000, data).content.strip() == b""


def amendment_url(world):
    return f"/marches/{world.ours.contract.pk}/avenants/nouveau/"


AMENDMENT = {"subject": "Travaux supplémentaires", "signed_on": "2026-06-01"}


def test_amendment_of_a_single_lot_recomputes_its_obligation(alice, world, ours):
    alice.post(url_of(world), SHARE)
    answer = alice.post(amendment_url(world), {**AMENDMENT, "amount_ht": "1 800 000", "ends_on": "2027-06-30"})
    assert answer["Location"] == f"/marches/{world.ours.contract.pk}/obligations/"
    assert said(answer)[-1] == "Avenant n° 1 enregistré. 1\u202fobligation recalculée."
    contract = ours(lambda: PublicContract.objects.get(pk=world.ours.contract.pk))
    assert (contract.amount_ht, contract.ends_on) == (Decimal(1_800_000), date(2027, 6, 30))
    assert ours(lambda: Lot.objects.get(pk=world.ours.lot.pk).amount_ht) == Decimal(1_800_000)
    assert versions(ours, world.ours.lot) == [(1, False, 833), (2, False, 3500), (3, True, 4200)]
    amendment = ours(lambda: Amendment.objects.get())
    current = ours(lambda: Obligation.objects.get(is_current=True, lot=world.ours.lot))
    assert (current.amendment_id, current.signed_on) == (amendment.pk, date(2026, 6, 1))
    page = shown(alice.get(answer["Location"]))
    assert "Avenant n° 1" in page
    assert "1\u202f800\u202f000" in page


def test_amendment_of_the_end_alone_leaves_obligations(alice, world, ours):
    answer = alice.post(amendment_url(world), {**AMENDMENT, "ends_on": "2027-06-30"})
    assert said(answer)[-1].endswith("Les obligations ne changent pas.")
    assert versions(ours, world.ours.lot) == [(1, True, 833)]


def test_amendment_changes_only_the_lots_it_names(alice, world, ours):
    other = ours(lambda: LotFactory(contract=world.ours.contract, number="2", due=50))
    unset = ours(lambda: LotFactory(contract=world.ours.contract, number="3"))
    data = {
        **AMENDMENT,
        f"lot-{world.ours.lot.pk}-fixed_hours": "900,5",
        f"lot-{other.pk}-amount_ht": "40 000",
        f"lot-{unset.pk}-amount_ht": "7 000",
    }
    assert alice.post(amendment_url(world), data).status_code == 302
    assert versions(ours, world.ours.lot) == [(1, False, 833), (2, True, Decimal("900.5"))]
    assert versions(ours, other) == [(1, True, 50)]
    assert ours(lambda: Lot.objects.get(pk=unset.pk).amount_ht) == 7000


def test_numbers_of_amendments_follow(alice, world, ours):
    for end in ("2027-03-31", "2027-06-30"):
        alice.post(amendment_url(world), {**AMENDMENT, "ends_on": end})
    assert ours(lambda: list(Amendment.objects.order_by("number").values_list("number", flat=True))) == [1, 2]


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({}, "__all__", "ne change rien"),
        ({"subject": "", "ends_on": "2027-01-31"}, "subject", "obligatoire"),
        ({"signed_on": "", "ends_on": "2027-01-31"}, "signed_on", "obligatoire"),
        ({"ends_on": "2025-01-01"}, "ends_on", "précède le début"),
        ({"ends_on": "2026-06-30"}, "ends_on", "Le lot 2 finit le 30/09/2026"),
        ({"amount_ht": "-1"}, "amount_ht", "négatif"),
    ],
)
def test_amendment_is_refused_in_french(alice, world, ours, typed, field, message):
    ours(lambda: LotFactory(contract=world.ours.contract, number="2", ends_on=date(2026, 9, 30)))
    answer = alice.post(amendment_url(world), {**AMENDMENT, **typed})
    assert answer.status_code == 422
    assert message in errors(answer, field)
    assert ours(Amendment.objects.count) == 0


def test_bad_lot_field_of_an_amendment_is_shown_at_the_lot(alice, world, ours):
    answer = alice.post(amendment_url(world), {**AMENDMENT, f"lot-{world.ours.lot.pk}-fixed_hours": "beaucoup"})
    assert answer.status_code == 422
    assert "n'est pas une durée" in " ".join(answer.context["lots"][0].errors["fixed_hours"])
    assert ours(Amendment.objects.count) == 0


def test_stranger_and_reader_set_nothing(bob, charlie, world, ours):
    for client, status in ((charlie, 404), (bob, 403)):
        assert client.post(url_of(world), SHARE).status_code == status
        assert client.post(amendment_url(world), {**AMENDMENT, "amount_ht": "1"}).status_code == status
    assert versions(ours, world.ours.lot) == [(1, True, 833)]
    assert ours(Amendment.objects.count) == 0
