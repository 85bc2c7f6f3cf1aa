import gzip
import io
import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clauses.decp import reader
from clauses.decp.notice import DecpFileError, Holder
from clauses.decp.reader import read_decp
from tests.clauses.decp_rows import REAL_FILES, as_file, real_file, row

XML_ROW = (
    "<marche><id>1</id><acheteur><id>21350238800019</id><nom>{buyer}</nom></acheteur><objet>{title}</objet>"
    "<dureeMois>3</dureeMois><montant>10.50</montant><dateNotification>2026-01-01</dateNotification></marche>"
)


@pytest.mark.parametrize(
    ("name", "format_name", "notices", "refusals"),
    [
        ("2019-mar-avec-modifications.json", "JSON 2019", 1, 0),
        ("2019-cc-avec-modifications.json", "JSON 2019", 0, 1),
        ("2019-paquet.json", "JSON 2019", 1, 1),
        ("2019-paquet-result.json", "JSON 2019", 2, 0),
        ("marches_avec_modifications.json", "JSON 2022", 2, 0),
        ("marches_concessions.json", "JSON 2022", 2, 2),
        ("Marche.xml", "XML", 2, 0),
        ("Contrat-concession-modification.xml", "XML", 0, 2),
        (REAL_FILES[0], "JSON 2019", 1148, 0),
        (REAL_FILES[1], "JSON 2019", 470, 0),
    ],
)
def test_official_and_real_files_are_read_whole(name: str, format_name: str, notices: int, refusals: int) -> None:
    read = real_file(name)
    assert (read.format, len(read.notices), len(read.refusals)) == (format_name, notices, refusals)
    assert read.read == notices + refusals
    assert {refusal.reason for refusal in read.refusals} <= {
        "Contrat de concession\u202f: seuls les marchés sont repris."
    }


def test_2019_fields_are_read() -> None:
    (notice,) = real_file("2019-mar-avec-modifications.json").notices
    assert (notice.buyer_id, notice.buyer_name, notice.number) == ("21350238800019", "Ville de Rennes", "2010345211201")
    assert (notice.title, notice.cpv, notice.amount) == (
        "Entretien des jardins municipaux",
        "77313000",
        Decimal("127000.00"),
    )
    assert (notice.notified_on, notice.published_on, notice.ends_on) == (
        date(2007, 8, 13),
        date(2007, 8, 19),
        date(2009, 8, 12),
    )
    assert notice.holders == (
        Holder("81223113200026", "SIRET", "Garami SARL"),
        Holder("DE814864138", "TVA", "Hellman Gmbh"),
    )
    (modification,) = notice.modifications
    assert modification.title == "Changement de titulaire : remplacement d'Hellman par Amandier."
    assert [holder.id for holder in modification.holders] == ["81223113200026", "87127639200012"]


@pytest.mark.parametrize("name", ["marches_avec_modifications.json", "Marche.xml"])
def test_2022_fields_are_read_alike_from_json_and_xml(name: str) -> None:
    notice = real_file(name).notices[0]
    assert (notice.number, notice.cpv, notice.amount) == ("TEST2022", "45000000", Decimal("575000.00"))
    assert (notice.duration_months, notice.notified_on, notice.ccag) == (48, date(2024, 5, 15), "Travaux")
    assert notice.social == ("Clause sociale", "Critère social")
    assert notice.holders == (Holder("55204599900869", "SIRET", ""),)
    assert notice.place is not None
    assert notice.place.code == "75000"


def test_2022_modifications_are_read() -> None:
    (modification,) = real_file("marches_avec_modifications.json").notices[0].modifications
    assert (modification.amount, modification.duration_months) == (Decimal("123457.87"), 12)
    assert [holder.id for holder in modification.holders] == ["868768687576575"]


def test_rows_are_numbered_through_both_lists_of_2022() -> None:
    read = real_file("marches_concessions.json")
    assert [notice.index for notice in read.notices] == [1, 2]
    assert [refusal.index for refusal in read.refusals] == [3, 4]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_json_in_any_unicode_encoding_is_read(encoding: str) -> None:
    text = json.dumps({"marches": [row(objet="Réfection de l'école")]}, ensure_ascii=False)
    assert read_decp(io.BytesIO(text.encode(encoding))).notices[0].title == "Réfection de l'école"


def test_json_that_is_not_utf8_is_read_and_said_so() -> None:
    text = json.dumps({"marches": [row(objet="Réfection de l’école")]}, ensure_ascii=False)
    read = read_decp(io.BytesIO(text.encode("cp1252")))
    assert read.notices[0].title == "Réfection de l’école"
    assert read.notes == ("Le fichier n'est pas en UTF-8\u202f: il a été lu en Windows-1252.",)


def test_xml_in_its_declared_encoding_is_read() -> None:
    text = (
        f'<?xml version="1.0" encoding="ISO-8859-1"?><marches>{XML_ROW.format(buyer="Évry", title="Préau")}</marches>'
    )
    read = read_decp(io.BytesIO(text.encode("latin-1")))
    assert (read.notices[0].buyer_name, read.notices[0].title, read.notes) == ("Évry", "Préau", ())


def test_xml_with_wrong_bytes_and_html_entities_is_read_and_said_so() -> None:
    text = f"<marches>{XML_ROW.format(buyer='Évry', title='d&amp;#8217;&eacute;cole')}</marches>"
    read = read_decp(io.BytesIO(text.encode("cp1252")))
    assert (read.notices[0].buyer_name, read.notices[0].title) == ("Évry", "d’école")
    assert len(read.notes) == 2


def test_gzip_is_recognised_by_its_content() -> None:
    content = gzip.compress(as_file(row()).getvalue())
    assert len(read_decp(io.BytesIO(content)).notices) == 1


UNREADABLE = {
    "empty": (b"", "vide"),
    "blank": (b" \n", "vide"),
    "other": (b"PK\x03\x04", "ni un JSON ni un XML"),
    "cut json": (b'{"marches": [{}]', "ligne 1, colonne 17"),
    "list": (b"[]", "pas de liste « marches »"),
    "number": (b'{"marches": 3}', "pas de liste « marches »"),
    "nothing of 2022": (b'{"marches": {}}', "il n'y a ni liste « marche »"),
    "no list of 2022": (b'{"marches": {"marche": 3}}', "n'est pas une liste"),
    "cut xml": (b"<marches>", "XML bien formé (ligne 1, colonne 10)"),
    "control character": (b"<marches><marche>\x01</marche></marches>", "XML bien formé (ligne 1, colonne 18)"),
    "unknown entity": (b"<marches>&nope;</marches>", "XML bien formé"),
    "other root": (b"<autre/>", "balise « marches »"),
    "unknown encoding": (b'<?xml version="1.0" encoding="klingon"?><marches/>', "codage"),
    "declared entity": (b'<!DOCTYPE x [<!ENTITY a "b">]><marches>&a;</marches>', "entités"),
    "broken gzip": (b"\x1f\x8b\x08 broken", "incomplet ou abîmé"),
    "cut gzip": (gzip.compress(b"{}")[:-4], "incomplet ou abîmé"),
    "deep json": (b'{"marches":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "imbriqué"),
    "deep xml": (b"<marches>" + b"<a>" * 100 + b"</a>" * 100 + b"</marches>", "imbriqué"),
    "gzip bomb": (gzip.compress(b" " * (reader.MAX_BYTES + 1)), "le fichier dépasse 16 Mo"),
    "too large": (b" " * (reader.MAX_BYTES + 1), "le fichier dépasse 16 Mo"),
    "too many rows": (b'{"marches": [' + b"{}," * reader.MAX_ROWS + b"{}]}", "plus de 50 000 marchés"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_unreadable_file_gives_one_french_sentence(case: str) -> None:
    content, message = UNREADABLE[case]
    with pytest.raises(DecpFileError) as error:
        read_decp(io.BytesIO(content))
    assert message in str(error.value).replace("\u202f", " ")


def test_file_without_any_row_is_read() -> None:
    assert read_decp(as_file()).read == 0


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
_FIELDS = st.sampled_from([*row(), "considerationsSociales", "autoriteConcedante", "_type", "ccag"])


@given(st.lists(st.dictionaries(_FIELDS, _JSON, max_size=14) | _JSON, max_size=5))
def test_any_row_is_either_taken_or_refused_with_a_reason(rows: list[object]) -> None:
    read = read_decp(as_file(*rows))
    assert read.read == len(rows)
    assert all(refusal.reason for refusal in read.refusals)


@given(st.dictionaries(_FIELDS, _JSON, max_size=3))
def test_any_damage_to_a_sound_row_is_either_taken_or_refused(changes: dict[str, object]) -> None:
    read = read_decp(as_file({**row(), **changes}))
    assert read.read == 1
    for notice in read.notices:
        notice.title.encode()
        assert "\x00" not in notice.title
        assert notice.ends_on >= notice.starts_on
