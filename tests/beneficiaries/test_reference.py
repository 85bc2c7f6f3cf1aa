import re

from beneficiaries.reference import (
    criteria,
    criterion_choices,
    criterion_label,
    rome_choices,
    rome_codes,
    rome_label,
)


def test_rome_codes_are_whole_and_well_formed() -> None:
    assert len(rome_codes()) == 532
    assert all(re.fullmatch(r"[A-N]\d{4}", code) for code in rome_codes())
    assert ("F1703", "F1703 Maçonnerie") in rome_choices()
    assert (rome_label("F1703"), rome_label("libre")) == ("F1703 Maçonnerie", "libre")


def test_every_criterion_has_a_label_and_a_proof() -> None:
    assert len(criteria()) == len(criterion_choices()) == 18
    assert all(criterion.label and criterion.proof for criterion in criteria().values())


def test_criteria_on_health_justice_and_origin_are_sensitive() -> None:
    assert {code for code, criterion in criteria().items() if criterion.sensitive} == {
        "rqth",
        "aah",
        "invalidite",
        "refugie",
        "ea_esat",
        "justice",
    }


def test_criterion_of_another_list_keeps_its_code() -> None:
    assert criterion_label("liste du bailleur") == "liste du bailleur"


def test_validity_is_in_months_or_carried_by_the_document() -> None:
    assert criteria()["qpv"].proof_validity_months == 6
    assert criteria()["rqth"].proof_validity_months is None
