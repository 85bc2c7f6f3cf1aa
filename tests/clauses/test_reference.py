import re

from clauses.reference import QP2015, QP2024, all_qpv, communes, is_known_qpv, qpv_choices, qpv_generation, qpv_name


def test_codes_have_the_form_of_their_generation() -> None:
    forms = {QP2015: r"QP\d{6}", QP2024: r"QN(\d{3}|02[AB])\d{2}[A-Z]"}
    for qpv in all_qpv().values():
        assert re.fullmatch(forms[qpv.generation], qpv.code), qpv.code
        assert qpv.name == qpv.name.strip() != ""
        assert all(re.fullmatch(r"[0-9][0-9AB]\d{3}", insee) for insee in qpv.communes), qpv


def test_lists_are_whole() -> None:
    assert len(qpv_choices(QP2024)) == 1584
    assert len(qpv_choices(QP2015)) == 105
    assert len(communes()) == 586
    assert sum(commune.in_toulouse_metropole for commune in communes()) == 37


def test_choices_of_a_department_are_its_own() -> None:
    choices = qpv_choices(QP2024, departments=["31"])
    assert len(choices) == 19
    assert ("QN03109M", "QN03109M Empalot") in choices


def test_code_is_known_by_name_and_generation() -> None:
    assert (qpv_name("QP031010"), qpv_generation("QP031010"), is_known_qpv("QP031010")) == ("Empalot", QP2015, True)
    assert (qpv_name("QP999999"), qpv_generation("QP999999"), is_known_qpv("QP999999")) == ("", "", False)


def test_commune_has_all_its_postcodes() -> None:
    toulouse = next(commune for commune in communes() if commune.name == "Toulouse")
    assert (toulouse.insee, toulouse.postcodes[0], toulouse.postcodes[-1]) == ("31555", "31000", "31500")
