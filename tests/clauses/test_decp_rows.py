import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from clauses.decp.notice import Holder, Refusal, end_of
from clauses.decp.reader import read_decp
from clauses.decp.rows import MAX_HOLDERS, MAX_TITLE, read_row
from clauses.decp.values import clean_text, parse_amount, parse_cpv, parse_date
from tests.clauses.decp_rows import notice, row


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("d&#8217;un", "d’un"),
        ("d&amp;#8217;un", "d’un"),
        ("l?air", "l?air"),
        ("  a\n\tb\u00a0c ", "a b c"),
        ("a\x00b\x1fc", "a b c"),
        ("a\ud800b", "a\ufffdb"),
        ("&#0;", "\ufffd"),
        (None, ""),
        (True, ""),
        ({"a": 1}, ""),
        (Decimal("12"), "12"),
    ],
)
def test_text_becomes_one_storable_line(raw: object, text: str) -> None:
    assert clean_text(raw) == text


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("2018-12-17", date(2018, 12, 17)),
        ("2018-12-17+01:00", date(2018, 12, 17)),
        ("2018-12-17-05:00", date(2018, 12, 17)),
        ("2018-12-17T23:00:00Z", date(2018, 12, 17)),
        ("", None),
        (None, None),
    ],
)
def test_date_is_its_written_day(raw: object, day: date | None) -> None:
    assert parse_date(raw) == day


@pytest.mark.parametrize("raw", ["17/12/2018", "2018-02-30", "0018-12-17", "2999-01-01", "hier", "2018-12-17x"])
def test_date_that_cannot_be_read_raises(raw: str) -> None:
    with pytest.raises(ValueError):
        parse_date(raw)


@pytest.mark.parametrize(
    ("raw", "amount"),
    [
        (Decimal("133333.335"), Decimal("133333.34")),
        ("42980.1", Decimal("42980.10")),
        (Decimal("1E+3"), Decimal("1000.00")),
        (Decimal(0), Decimal("0.00")),
        ("", None),
    ],
)
def test_amount_is_exact_to_the_cent(raw: object, amount: Decimal | None) -> None:
    assert parse_amount(raw) == amount


@pytest.mark.parametrize("raw", [Decimal(-1), "12,5", "1 000", "abc", Decimal("1E+999999"), Decimal("NaN"), True, []])
def test_amount_that_is_none_raises(raw: object) -> None:
    with pytest.raises(ValueError):
        parse_amount(raw)


@pytest.mark.parametrize(("raw", "cpv"), [("45000000-7", "45000000"), ("45000000", "45000000"), ("", "")])
def test_cpv_loses_its_check_digit(raw: str, cpv: str) -> None:
    assert parse_cpv(raw) == cpv


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
        (date(2026, 8, 13), 24, date(2028, 8, 12)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 3, 1), 1, date(2026, 3, 31)),
    ],
)
def test_end_is_the_last_day_of_the_months(start: date, months: int, end: date) -> None:
    assert end_of(start, months) == end


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": None}, "L'identifiant du marché est absent."),
        ({"id": " "}, "L'identifiant du marché est absent."),
        ({"id": "9" * 61}, "dépasse 60 caractères"),
        ({"acheteur": None}, "L'identifiant de l'acheteur est absent."),
        ({"acheteur": {"nom": "Ville"}}, "L'identifiant de l'acheteur est absent."),
        ({"objet": None}, "L'objet du marché est absent."),
        (
            {"dateNotification": None, "datePublicationDonnees": "hier"},
            "Ni date de notification ni date de publication",
        ),
        ({"montant": -5}, "« -5 » n'est pas un montant"),
        ({"montant": "abc"}, "« abc » n'est pas un montant"),
        ({"dureeMois": None}, "La durée est absente"),
        ({"dureeMois": 0}, "La durée « 0 » n'est pas un nombre de mois entre 1 et 600."),
        ({"dureeMois": "2,5"}, "La durée « 2,5 »"),
        ({"dureeMois": 601}, "La durée « 601 »"),
        ({"autoriteConcedante": {"id": "1"}}, "Contrat de concession"),
        ({"_type": "Contrat de concession"}, "Contrat de concession"),
        ({"nature": "Délégation de service public"}, "Contrat de concession"),
        ({"titulaires": [{"id": str(rank)} for rank in range(MAX_HOLDERS + 1)]}, "plus de 200 titulaires"),
        ({"modifications": [{"montant": 1}] * 201}, "plus de 200 modifications"),
    ],
)
def test_row_that_cannot_be_taken_is_refused_with_its_reason(changes: dict[str, Any], reason: str) -> None:
    refusal = read_row(7, row(**changes))
    assert isinstance(refusal, Refusal)
    assert refusal.index == 7
    assert reason in refusal.reason.replace("\u202f", " ")


def test_refusal_is_labelled_by_buyer_and_number() -> None:
    refusal = read_row(1, row(objet=None))
    assert isinstance(refusal, Refusal)
    assert refusal.label == "21350238800019 / 2026000100"


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ({"montant": None}, "montant absent"),
        ({"montant": 0}, "montant de 0 €, à vérifier"),
        ({"montant": 999999999}, "montant de 999 999 999 € peu vraisemblable, à vérifier"),
        ({"montant": 10**9}, "montant de 1 000 000 000 € peu vraisemblable, à vérifier"),
        ({"dateNotification": None}, "date de notification absente, celle de la publication en tient lieu"),
        ({"dateNotification": "13/08/2026"}, "date de notification illisible (« 13/08/2026 »), laissé vide"),
        ({"datePublicationDonnees": "x"}, "date de publication illisible (« x »), laissé vide"),
        ({"codeCPV": "4500"}, "code CPV illisible (« 4500 »), laissé vide"),
        ({"objet": "a" * 1200}, "objet coupé à 1 000 caractères"),
        ({"titulaires": []}, "aucun titulaire"),
        ({"titulaires": [{"typeIdentifiant": "SIRET"}]}, "titulaire sans identifiant ni nom, ignoré"),
        ({"modifications": ["x"]}, "modification 1 illisible, ignorée"),
        ({"modifications": [{"montant": "x"}]}, "montant de la modification 1 illisible (« x »), laissé vide"),
    ],
)
def test_doubtful_value_is_kept_or_emptied_with_a_warning(changes: dict[str, Any], warning: str) -> None:
    assert warning in [text.replace("\u202f", " ") for text in notice(**changes).warnings]


def test_number_beyond_any_amount_refuses_its_row_alone() -> None:
    content = json.dumps({"marches": [row(montant=1), row()]}).replace(
        '"montant": 1,', '"montant": 1e99999999999999999999,'
    )
    read = read_decp(io.BytesIO(content.encode()))
    assert [refusal.index for refusal in read.refusals] == [1]
    assert [kept.index for kept in read.notices] == [2]


def test_sound_row_has_no_warning() -> None:
    assert notice().warnings == ()


def test_holder_named_twice_counts_once() -> None:
    twice = [{"typeIdentifiant": "SIRET", "id": "81223113200026", "denominationSociale": name} for name in ("A", "B")]
    read = notice(titulaires=twice)
    assert read.holders == (Holder("81223113200026", "SIRET", "A"),)
    assert read.warnings == ("titulaire 81223113200026 cité deux fois, retenu une fois",)


def test_holders_without_identifier_are_told_apart_by_name() -> None:
    read = notice(titulaires=[{"denominationSociale": "Alpha"}, {"denominationSociale": "Bêta"}])
    assert [holder.name for holder in read.holders] == ["Alpha", "Bêta"]


def test_notification_missing_starts_at_publication() -> None:
    assert notice(dateNotification=None).starts_on == date(2026, 8, 19)


def test_object_longer_than_the_limit_is_cut() -> None:
    assert len(notice(objet="a" * 1200).title) == MAX_TITLE


@pytest.mark.parametrize(
    "social",
    [
        {"considerationSociale": ["Clause sociale", "Critère social", "Clause sociale"]},
        ["Clause sociale", "Critère social"],
        [{"considerationSociale": "Clause sociale"}, {"considerationSociale": "Critère social"}],
    ],
)
def test_social_considerations_are_read_in_each_shape(social: object) -> None:
    assert notice(considerationsSociales=social).social == ("Clause sociale", "Critère social")


def test_modifications_keep_their_rank_and_fields() -> None:
    read = notice(
        modifications=[
            "illisible",
            {
                "objetModification": "Avenant n° 1",
                "dateNotificationModification": "2026-10-01",
                "datePublicationDonneesModification": "2026-10-15",
                "montant": 1500.5,
                "dureeMois": 30,
            },
        ]
    )
    (modification,) = read.modifications
    assert (modification.number, modification.title, modification.notified_on) == (2, "Avenant n° 1", date(2026, 10, 1))
    assert (modification.amount, modification.duration_months) == (Decimal("1500.50"), 30)
