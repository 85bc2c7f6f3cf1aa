"""What becomes of a DECP file in the registers. Alice's structure receives, Charlie's must not move."""

import io
from datetime import date
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

import pytest

from clauses.decp.notice import DecpFile
from clauses.decp.reader import read_decp
from clauses.models import Amendment, Buyer, Lot, LotHolder, Obligation, PublicContract
from clauses.services.decp import import_decp
from clauses.services.progress import RECOMPUTATION_TASK
from contractors.models import Company
from tenants import scope
from tenants.models import AuditEntry
from tests import factories
from tests.clauses.decp_rows import REAL_FILES, real_file, row
from tests.clauses.decp_taken import OTHER_SIRET, REF, SIRET, everything, holder, modification, take, texts


@pytest.mark.parametrize("name", REAL_FILES)
def test_real_file_adds_up_and_the_second_time_changes_nothing(inside: int, name: str) -> None:
    file: DecpFile = real_file(name)
    first = import_decp(file)
    replaced = [notice for notice in file.notices if notice.index in {note.row for note in first.republications}]
    assert first.read == file.read == first.created + first.unchanged
    assert first.unchanged == len(replaced)
    amounts = sum(Lot.objects.values_list("amount_ht", flat=True))
    assert amounts == _total(file.notices) - _total(replaced)
    assert not Obligation.objects.exists()
    before = everything()
    second = import_decp(file)
    assert second.summary == f"read={file.read} created=0 updated=0 unchanged={file.read} refused=0"
    assert everything() == before


def _total(notices: Any) -> Decimal:
    return sum((notice.amount for notice in notices), Decimal(0))


def test_row_becomes_buyer_contract_lot_and_holder(inside: int) -> None:
    report = take(row(considerationsSociales={"considerationSociale": ["Clause sociale", "Critère social"]}))
    assert (report.summary, report.warnings) == ("read=1 created=1 updated=0 unchanged=0 refused=0", [])
    contract = PublicContract.objects.get()
    assert (contract.external_ref, contract.number, contract.cpv) == (REF, "2026000100", "77313000")
    assert (contract.title, contract.nature) == ("Entretien des jardins municipaux", "services")
    assert (contract.mechanism, contract.social_considerations) == (
        "execution_critere",
        "Clause sociale, Critère social",
    )
    assert (contract.notified_on, contract.starts_on, contract.ends_on) == (
        date(2026, 8, 13),
        date(2026, 8, 13),
        date(2028, 8, 12),
    )
    assert (contract.buyer.name, contract.buyer.siret, contract.buyer.kind) == (
        "Ville de Rennes",
        "21350238800019",
        "commune",
    )
    lot = contract.lots.get()
    assert (lot.external_ref, lot.number, lot.amount_ht, lot.starts_on) == (f"{REF}:1", "1", Decimal(127000), None)
    held = lot.holders.get()
    assert (held.role, held.share, held.company.siret, held.company.name) == (
        "titulaire",
        Decimal(1),
        SIRET,
        "Garami SARL",
    )


def test_several_holders_are_mandataire_and_cotraitants_in_equal_parts(inside: int) -> None:
    take(row(titulaires=[holder(SIRET), holder(OTHER_SIRET), holder("FR12345", "Inconnue", "TVA")]))
    held = list(LotHolder.objects.order_by("pk").values_list("role", "share"))
    assert held == [
        ("mandataire", Decimal("0.333334")),
        ("cotraitant", Decimal("0.333333")),
        ("cotraitant", Decimal("0.333333")),
    ]


def test_bad_siret_is_kept_as_it_is_and_reported(inside: int) -> None:
    report = take(row(titulaires=[holder("81223113200027")]))
    company = Company.objects.get()
    assert (company.siret, company.foreign_id, company.external_ref) == (
        "",
        "81223113200027",
        "decp:SIRET:81223113200027",
    )
    assert texts(report)[0].startswith("titulaire Garami SARL, identifiant gardé tel quel. La clé de contrôle")


def test_foreign_identifier_is_kept_without_a_warning(inside: int) -> None:
    report = take(row(titulaires=[holder("DE814864138", "Hellman", "TVA")]))
    assert (Company.objects.get().foreign_id, report.warnings) == ("DE814864138", [])


def test_siret_with_spaces_is_the_same_company(inside: int) -> None:
    take(row(), row(id="2", titulaires=[holder("812 231 132 00026")]))
    assert Company.objects.get().siret == SIRET
    assert LotHolder.objects.count() == 2


def test_names_absent_from_the_2022_format_are_said(inside: int) -> None:
    report = take(row(acheteur={"id": "21350238800019"}, titulaires=[{"typeIdentifiant": "SIRET", "id": SIRET}]))
    assert (Buyer.objects.get().name, Company.objects.get().name) == (
        "Acheteur 21350238800019",
        f"Entreprise {SIRET}",
    )
    assert texts(report) == [
        "acheteur sans nom dans le fichier, enregistré sous « Acheteur 21350238800019 »",
        f"titulaire sans nom dans le fichier, enregistré sous « Entreprise {SIRET} »",
    ]


def test_buyer_and_company_of_the_structure_are_found_by_siret(inside: int) -> None:
    buyer = factories.BuyerFactory(siret="21350238800019", external_ref="B1", name="Rennes")
    aci = factories.CompanyFactory(siret=SIRET, kind="aci")
    company = factories.CompanyFactory(siret=SIRET)
    take(row())
    assert PublicContract.objects.get().buyer == buyer
    assert LotHolder.objects.get().company == company
    assert {Company.objects.count(), aci.pk} == {2, aci.pk}


def test_rows_of_one_pair_become_lots_with_their_own_dates(inside: int) -> None:
    title = "Réhabilitation de l'école Kléber : lot {}"
    report = take(
        row(objet=title.format("3 peinture"), montant=100, dureeMois=12),
        row(objet=title.format("7 sols"), montant=50.5, dureeMois=6, dateNotification="2026-07-01"),
    )
    assert report.created == 2
    contract = PublicContract.objects.get()
    assert (contract.title, contract.amount_ht) == ("Réhabilitation de l'école Kléber", Decimal("150.50"))
    assert (contract.starts_on, contract.ends_on) == (date(2026, 7, 1), date(2027, 8, 12))
    assert list(Lot.objects.order_by("pk").values_list("number", "starts_on", "ends_on")) == [
        ("3", date(2026, 8, 13), date(2027, 8, 12)),
        ("7", date(2026, 7, 1), date(2026, 12, 31)),
    ]


def test_modifications_become_avenants(inside: int) -> None:
    take(row(modifications=[modification(), modification(objetModification=None, dureeMois=24, montant=None)]))
    assert list(Amendment.objects.order_by("number").values_list("external_ref", "number", "subject", "signed_on")) == [
        (f"{REF}:1:a1", 1, "Avenant n° 1", date(2026, 10, 1)),
        (f"{REF}:1:a2", 2, "Modification n° 2", date(2026, 10, 1)),
    ]
    assert list(Amendment.objects.order_by("number").values_list("amount_ht", "ends_on")) == [
        (Decimal(130000), date(2029, 2, 12)),
        (None, None),
    ]
    assert Lot.objects.get().amount_ht == Decimal(127000)


def test_republications_are_listed_and_count_as_unchanged(inside: int) -> None:
    report = take(row(dureeMois=6), row(dureeMois=7, datePublicationDonnees="2026-09-01"))
    assert report.summary == "read=2 created=1 updated=0 unchanged=1 refused=0"
    assert [(note.row, note.label) for note in report.republications] == [(1, "21350238800019 / 2026000100")]
    assert PublicContract.objects.get().ends_on == date(2027, 3, 12)


def test_refused_rows_are_reported_and_the_others_taken(inside: int) -> None:
    report = take(row(montant="beaucoup"), row(), "autre chose")
    assert report.summary == "read=3 created=1 updated=0 unchanged=0 refused=2"
    assert [(note.row, note.label) for note in report.refused] == [(1, "21350238800019 / 2026000100"), (3, "")]


def _random_rows(random: Random) -> list[dict[str, Any]]:
    return [
        row(
            id=random.choice(["A", "B"]),
            objet=random.choice(["École : lot 1 peinture", "École : lot 2 sols", "Peinture"]),
            codeCPV=random.choice(["45000000", "45442100"]),
            montant=random.choice([None, 0, 100, 200.5]),
            dureeMois=random.choice([6, 12]),
            dateNotification=random.choice(["2026-01-05", "2026-06-30", None]),
            datePublicationDonnees=random.choice(["2026-07-01", "2026-08-01"]),
            titulaires=random.sample([holder(SIRET), holder(OTHER_SIRET, "Autre"), holder("12")], random.randint(0, 3)),
            modifications=random.choice([[], [modification()], [modification(), modification(montant=5)]]),
        )
        for _ in range(random.randint(1, 9))
    ]


@pytest.mark.parametrize("seed", range(12))
def test_any_file_sent_again_after_any_other_changes_nothing(inside: int, seed: int) -> None:
    random = Random(seed)
    take(*_random_rows(random))
    rows = _random_rows(random)
    report = take(*rows)
    assert report.read == len(rows)
    before = everything()
    again = take(*rows)
    assert (again.created, again.updated, again.unchanged) == (0, 0, len(rows))
    assert everything() == before
    for lot in Lot.objects.select_related("contract"):
        assert lot.contract.starts_on <= (lot.starts_on or lot.contract.starts_on)
        assert (lot.ends_on or lot.contract.ends_on) <= lot.contract.ends_on
        assert sum(lot.holders.values_list("share", flat=True)) in (0, 1)


def test_nothing_is_written_in_another_structure(world: factories.World) -> None:
    with scope.tenant(world.theirs.tenant.pk):
        before = everything()
    with scope.tenant(world.ours.tenant.pk):
        take(row(acheteur={"id": "35600000012305", "nom": "Office"}, titulaires=[holder("35600000012305")]))
        contract = PublicContract.objects.get(number="2026000100")
        assert contract.buyer == world.ours.buyer
        assert contract.buyer_account_id == world.account.pk
        assert contract.lots.get().holders.get().company == world.ours.company
    with scope.tenant(world.theirs.tenant.pk):
        assert everything() == before


def test_import_asks_for_the_progress_only_when_it_wrote(inside: int, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as asked:
        take(row())
    assert [one.args[0] for one in asked if isinstance(one, partial)] == [RECOMPUTATION_TASK]
    with django_capture_on_commit_callbacks() as asked:
        take(row())
    assert asked == []


def test_official_2022_files_are_taken(inside: int) -> None:
    for name, counts in (("marches_concessions.json", "created=2 updated=0 unchanged=0 refused=2"),):
        assert import_decp(real_file(name)).summary == f"read=4 {counts}"
    assert import_decp(real_file("Marche.xml")).summary == "read=2 created=1 updated=0 unchanged=1 refused=0"


def test_history_says_where_the_rows_come_from(inside: int) -> None:
    take(row())
    assert set(AuditEntry.objects.values_list("why", flat=True)) == {"Reprise d'un fichier DECP"}


def test_empty_file_does_nothing(inside: int) -> None:
    assert import_decp(read_decp(io.BytesIO(b'{"marches": []}'))).summary == (
        "read=0 created=0 updated=0 unchanged=0 refused=0"
    )
