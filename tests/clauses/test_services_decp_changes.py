"""A row published again, changed or not, beside what people corrected meanwhile."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from clauses.models import Amendment, DecpPublication, Lot, LotHolder, PublicContract
from contractors.models import Company
from tests import factories
from tests.clauses.decp_rows import row
from tests.clauses.decp_taken import OTHER_SIRET, REF, SIRET, everything, holder, modification, take, texts


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"montant": 130000.5}, "amount_ht", Decimal("130000.50")),
        ({"objet": "Entretien des parcs"}, "title", "Entretien des parcs"),
        ({"codeCPV": "45112700"}, "cpv", "45112700"),
        ({"dureeMois": 12}, "ends_on", date(2027, 8, 12)),
        ({"considerationsSociales": ["Marché réservé"]}, "mechanism", "reserve_mixte"),
    ],
)
def test_changed_notice_updates_its_contract(inside: int, changes: dict[str, Any], field: str, value: object) -> None:
    take(row())
    report = take(row(**changes))
    assert report.summary == "read=1 created=0 updated=1 unchanged=0 refused=0"
    contract = PublicContract.objects.get()
    assert getattr(contract, field) == value
    if field in ("amount_ht", "title"):
        assert getattr(contract.lots.get(), field) == value
    assert take(row(**changes)).unchanged == 1


def test_later_publication_of_the_same_row_changes_nothing_but_the_memory_of_it(inside: int) -> None:
    take(row())
    report = take(row(datePublicationDonnees="2026-12-01"))
    assert report.summary == "read=1 created=0 updated=0 unchanged=1 refused=0"
    assert DecpPublication.objects.get().published_on == date(2026, 12, 1)


def test_earlier_publication_is_left_aside(inside: int) -> None:
    take(row())
    report = take(row(montant=1, datePublicationDonnees="2026-01-01"))
    assert report.summary == "read=1 created=0 updated=0 unchanged=1 refused=0"
    assert texts(report) == ["publication antérieure à celle qui est déjà reprise, laissée de côté"]
    assert Lot.objects.get().amount_ht == Decimal(127000)
    assert take(row()).unchanged == 1
    assert take(row(datePublicationDonnees="2026-01-01")).unchanged == 1
    assert DecpPublication.objects.get().published_on == date(2026, 8, 19)


def test_what_people_corrected_stays_and_is_reported(inside: int) -> None:
    take(row())
    Lot.objects.update(title="Parcs et jardins")
    report = take(row(objet="Entretien des parcs"))
    assert report.updated == 1
    assert Lot.objects.get().title == "Parcs et jardins"
    assert PublicContract.objects.get().title == "Entretien des parcs"
    assert texts(report) == [
        "intitulé : corrigé dans Clauséo, la valeur publiée n'est pas reprise (Entretien des parcs)"
    ]


def test_same_file_again_keeps_what_people_corrected(inside: int) -> None:
    take(row())
    Lot.objects.update(amount_ht=5)
    LotHolder.objects.all().delete()
    before = everything()
    assert take(row()).unchanged == 1
    assert everything() == before


def test_changed_holders_replace_those_of_the_last_file(inside: int) -> None:
    take(row())
    report = take(row(titulaires=[holder(OTHER_SIRET, "Autre"), holder(SIRET)]))
    assert report.updated == 1
    assert list(LotHolder.objects.order_by("pk").values_list("company__siret", "role")) == [
        (OTHER_SIRET, "mandataire"),
        (SIRET, "cotraitant"),
    ]


def test_holders_that_people_corrected_stay(inside: int) -> None:
    take(row())
    LotHolder.objects.update(company=factories.CompanyFactory(name="Repreneur"))
    report = take(row(titulaires=[holder(OTHER_SIRET, "Autre")]))
    assert texts(report) == ["titulaires corrigés dans Clauséo, ceux de la publication ne sont pas repris"]
    assert LotHolder.objects.get().company.name == "Repreneur"


def test_new_and_changed_modifications_update_the_avenants(inside: int) -> None:
    take(row(modifications=[modification()]))
    report = take(row(modifications=[modification(montant=140000), modification(objetModification="Avenant n° 2")]))
    assert report.updated == 1
    assert list(Amendment.objects.order_by("number").values_list("number", "subject", "amount_ht")) == [
        (1, "Avenant n° 1", Decimal(140000)),
        (2, "Avenant n° 2", Decimal(130000)),
    ]
    report = take(row(modifications=[]))
    assert texts(report) == [f"la modification {rank} n'est plus publiée, l'avenant est conservé" for rank in (1, 2)]
    assert Amendment.objects.count() == 2


def test_dates_that_no_longer_fit_are_the_published_ones(inside: int) -> None:
    take(row())
    PublicContract.objects.update(ends_on=date(2026, 12, 31))
    report = take(row(dateNotification="2027-03-01"))
    contract = PublicContract.objects.get()
    assert (contract.starts_on, contract.ends_on) == (date(2027, 3, 1), date(2029, 2, 28))
    assert "dont les dates sont reprises" in texts(report)[-1]


def test_row_without_holder_makes_a_lot_without_holder(inside: int) -> None:
    report = take(row(titulaires=[]))
    assert (report.created, texts(report)) == (1, ["aucun titulaire"])
    assert not LotHolder.objects.exists()
    assert take(row()).updated == 1
    assert LotHolder.objects.get().role == "titulaire"


def test_holder_is_named_as_where_it_has_a_name(inside: int) -> None:
    report = take(row(titulaires=[{"typeIdentifiant": "SIRET", "id": SIRET}]), row(id="2"))
    assert (Company.objects.get().name, report.warnings) == ("Garami SARL", [])


def test_amendment_that_people_reworded_stays(inside: int) -> None:
    take(row(modifications=[modification()]))
    Amendment.objects.update(subject="Travaux supplémentaires")
    report = take(row(modifications=[modification(objetModification="Avenant 1", dateNotificationModification=None)]))
    assert texts(report) == ["objet : corrigé dans Clauséo, la valeur publiée n'est pas reprise (Avenant 1)"]
    assert Amendment.objects.get().signed_on is None


def test_company_deleted_since_is_not_made_again_for_an_old_row(inside: int) -> None:
    take(row())
    LotHolder.objects.all().delete()
    Company.objects.all().delete()
    report = take(row(titulaires=[holder(OTHER_SIRET, "Autre")]))
    assert report.updated == 1
    assert LotHolder.objects.get().company.siret == OTHER_SIRET
    assert Company.objects.count() == 1


def test_lot_added_by_hand_beside_is_left_alone(inside: int) -> None:
    take(row())
    by_hand = factories.LotFactory(contract=PublicContract.objects.get(), number="9", title="À la main", amount_ht=7)
    assert take(row(montant=5, dureeMois=30)).updated == 1
    by_hand.refresh_from_db()
    assert (by_hand.title, by_hand.amount_ht) == ("À la main", Decimal(7))
    assert PublicContract.objects.get().ends_on == date(2029, 2, 12)


def test_lot_published_later_joins_its_contract(inside: int) -> None:
    take(row(objet="École : lot 1 peinture"))
    PublicContract.objects.update(ends_on=date(2030, 1, 1))
    report = take(row(objet="École : lot 2 sols", montant=50, codeCPV="45432000", dateNotification="2026-01-05"))
    assert report.summary == "read=1 created=1 updated=0 unchanged=0 refused=0"
    contract = PublicContract.objects.get()
    assert (contract.starts_on, contract.ends_on) == (date(2026, 1, 5), date(2030, 1, 1))
    assert contract.amount_ht == Decimal(127050)
    assert list(Lot.objects.order_by("pk").values_list("external_ref", "number", "starts_on", "ends_on")) == [
        (f"{REF}:1", "1", date(2026, 8, 13), date(2030, 1, 1)),
        (f"{REF}:2", "2", date(2026, 1, 5), date(2028, 1, 4)),
    ]
    assert take(row(objet="École : lot 1 peinture")).unchanged == 1


def test_contract_that_came_by_a_portfolio_is_recognised(inside: int) -> None:
    buyer = factories.BuyerFactory(external_ref="decp:21350238800019")
    contract = factories.ContractFactory(buyer=buyer, external_ref=REF, title="Entretien des jardins municipaux")
    factories.LotFactory(
        contract=contract, external_ref=f"{REF}:1", title="Entretien des jardins municipaux", amount_ht=127000
    )
    assert take(row()).summary == "read=1 created=0 updated=0 unchanged=1 refused=0"
    assert take(row(montant=5)).updated == 1
    assert Lot.objects.get().amount_ht == Decimal(5)
