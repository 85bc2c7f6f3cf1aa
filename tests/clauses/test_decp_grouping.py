from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clauses.decp.grouping import contract_title, group, holder_keys, lot_numbers
from clauses.decp.matching import KnownLot, match_lots
from clauses.decp.notice import DecpNotice
from tests.clauses.decp_rows import REAL_FILES, notice, real_file


def _holder(siret: str) -> dict[str, str]:
    return {"typeIdentifiant": "SIRET", "id": siret, "denominationSociale": f"Entreprise {siret[:3]}"}


def test_same_object_cpv_and_amount_is_one_lot_and_the_latest_publication_wins() -> None:
    rows = [
        notice(1, datePublicationDonnees="2026-09-02", dureeMois=6),
        notice(2, datePublicationDonnees="2026-09-03", dureeMois=7),
        notice(3, datePublicationDonnees="2026-09-01", dureeMois=8),
    ]
    (contract,) = group(rows)
    (lot,) = contract.lots
    assert contract.external_ref == "decp:21350238800019:2026000100"
    assert lot.notice.index == 2
    assert [old.index for old in lot.republications] == [3, 1]


def test_two_publications_of_one_day_leave_the_later_of_the_file() -> None:
    (contract,) = group([notice(1, dureeMois=6), notice(2, dureeMois=7)])
    assert contract.lots[0].notice.index == 2


@pytest.mark.parametrize(
    "changes", [{"objet": "Autre objet du même marché"}, {"codeCPV": "45000000"}, {"montant": 127000.01}]
)
def test_different_object_cpv_or_amount_makes_two_lots(changes: dict[str, object]) -> None:
    (contract,) = group([notice(1), notice(2, **changes)])
    assert [lot.notice.index for lot in contract.lots] == [1, 2]


def test_same_number_at_two_buyers_is_two_contracts() -> None:
    contracts = group([notice(1), notice(2, acheteur={"id": "21310555400017", "nom": "Toulouse"})])
    assert [contract.external_ref for contract in contracts] == [
        "decp:21350238800019:2026000100",
        "decp:21310555400017:2026000100",
    ]


def test_lot_that_differs_by_its_object_alone_is_doubted() -> None:
    (contract,) = group([notice(1, objet="Qualité de l?air"), notice(2, objet="Qualité de l'air")])
    assert len(contract.lots) == 2
    assert contract.lots[0].doubts == ()
    assert "peut-être une republication corrigée" in contract.lots[1].doubts[0]


def test_republication_with_other_holders_is_doubted() -> None:
    rows = [notice(1, titulaires=[_holder("11111111111111")]), notice(2, titulaires=[_holder("22222222222222")])]
    (contract,) = group(rows)
    assert "cite d'autres titulaires" in contract.lots[0].doubts[0]


@pytest.mark.parametrize(("name", "lots", "republications"), [(REAL_FILES[0], 1141, 7), (REAL_FILES[1], 468, 2)])
def test_real_file_loses_no_row_and_no_euro(name: str, lots: int, republications: int) -> None:
    notices = real_file(name).notices
    grouped = [lot for contract in group(notices) for lot in contract.lots]
    replaced = [old for lot in grouped for old in lot.republications]
    assert (len(grouped), len(replaced)) == (lots, republications)
    assert _total([lot.notice for lot in grouped]) == _total(notices) - _total(replaced)


def _total(notices: list[DecpNotice] | tuple[DecpNotice, ...]) -> Decimal:
    return sum((notice.amount or Decimal(0) for notice in notices), Decimal(0))


_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(["A", "B"]),
            "objet": st.sampled_from(["Lot 1 : peinture", "Lot 2 : sols", "Peinture"]),
            "codeCPV": st.sampled_from(["45000000", "77313000"]),
            "montant": st.sampled_from([None, 0, 100, 200.5]),
            "datePublicationDonnees": st.sampled_from(["2026-01-01", "2026-02-01", None]),
            "titulaires": st.lists(st.sampled_from([_holder("1" * 14), _holder("2" * 14)]), max_size=2),
        }
    ),
    max_size=12,
)


@given(_ROWS)
def test_every_row_is_a_lot_or_a_republication_of_one(rows: list[dict[str, object]]) -> None:
    notices = [notice(rank, **changes) for rank, changes in enumerate(rows, start=1)]
    lots = [lot for contract in group(notices) for lot in contract.lots]
    seen = Counter(old.index for lot in lots for old in (lot.notice, *lot.republications))
    assert seen == Counter(read.index for read in notices)
    for lot in lots:
        for old in lot.republications:
            assert old.content_key == lot.notice.content_key
            assert (str(old.published_on or ""), old.index) < (str(lot.notice.published_on or ""), lot.notice.index)
    assert len({(lot.notice.pair, lot.notice.content_key) for lot in lots}) == len(lots)


@given(_ROWS, st.randoms(use_true_random=False))
def test_the_same_rows_in_any_order_meet_their_own_lots(rows: list[dict[str, object]], random: object) -> None:
    notices = [notice(rank, **changes) for rank, changes in enumerate(rows, start=1)]
    first = group(notices)
    shuffled = list(notices)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for contract in group(shuffled):
        known = [_known(lot.notice) for other in first if other.number == contract.number for lot in other.lots]
        keys = match_lots(contract.lots, known)
        assert keys == [lot.notice.content_key for lot in contract.lots]


def _known(read: DecpNotice) -> KnownLot[object]:
    return KnownLot(read.content_key, read.title, read.cpv, read.amount, holder_keys(read))


@pytest.mark.parametrize(
    "changes",
    [
        {"objet": "Entretien des jardins et parcs"},
        {"codeCPV": "77310000"},
        {"montant": 130000},
        {"titulaires": [_holder("33333333333333")]},
    ],
)
def test_one_change_is_met_as_the_same_lot(changes: dict[str, object]) -> None:
    (contract,) = group([notice(1, **changes)])
    before = notice(1)
    assert match_lots(contract.lots, [_known(before)]) == [before.content_key]


def test_two_changes_are_another_lot() -> None:
    (contract,) = group([notice(1, montant=130000, codeCPV="77310000")])
    assert match_lots(contract.lots, [_known(notice(1))]) == [None]


def test_exact_lots_are_met_before_changed_ones() -> None:
    kept, changed = notice(1), notice(2, montant=5)
    (contract,) = group([notice(1, montant=130000), kept])
    assert match_lots(contract.lots, [_known(kept), _known(changed)]) == [changed.content_key, kept.content_key]


@pytest.mark.parametrize(
    ("titles", "title"),
    [
        (["Peinture"], "Peinture"),
        (["Peinture", "Peinture"], "Peinture"),
        (
            ["École Kléber (17 lots): Lot 1 : gros œuvre", "École Kléber (17 lots): Lot 16 : ascenseur"],
            "École Kléber (17 lots)",
        ),
        (["Réhabilitation du gymnase - Peinture", "Réhabilitation du gymnase - Sols"], "Réhabilitation du gymnase"),
        (["Qualité de l'air des crèches", "Qualité de l?air des crèches"], "Qualité de l'air des crèches"),
        (["Lot 1 : sols", "Lot 2 : murs"], "Lot 1 : sols"),
        (["Travaux de peinture", "Travaux de peintures extérieures"], "Travaux de peinture"),
    ],
)
def test_contract_title_is_what_the_lots_share(titles: list[str], title: str) -> None:
    assert contract_title(titles) == title


def test_lot_numbers_come_from_titles_where_they_are_free() -> None:
    titles = ["Lot 12 : peinture", "LOT N°3 sols", "Lot 03 bis", "Clôtures", "lot 0 installation"]
    assert lot_numbers(titles, taken=["1"]) == ["12", "3", "2", "4", "5"]
