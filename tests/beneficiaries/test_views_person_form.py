"""A person is added, changed, archived, deleted: Alice writes."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from beneficiaries.models import Beneficiary, EmploymentContract
from lib.identity import person_identity
from tenants import scope
from tenants.models import Document
from tests.factories import BeneficiaryFactory, EligibilityFactory
from tests.within import said

LIST = "/beneficiaires/"
NEW = "/beneficiaires/nouveau/"
PERSON = {"last_name": "Benali", "first_name": "Nadia", "birth_date": "1991-02-03", "sex": "F"}
NIR = "1 84 12 76 451 089 46"


def shown(response) -> list[int]:
    return [person.pk for person in response.context["list"].page.object_list]


def url(world, rest="") -> str:
    return f"/beneficiaires/{world.ours.beneficiary.pk}/{rest}"


# Form


def test_create_computes_the_keys(alice, ours):
    sent = PERSON | {
        "last_name": " De  La Tour ",
        "qpv_code": "QN03101M",
        "qpv_checked_on": "2026-01-02",
        "city": " Toulouse ",
        "postcode": "31 100",
    }
    answer = alice.post(NEW, sent)
    person = ours(lambda: Beneficiary.objects.get(last_name="De La Tour"))
    assert answer["Location"] == f"/beneficiaires/{person.pk}/"
    assert person.person_key == person_identity("De La Tour", "Nadia", date(1991, 2, 3))
    assert (person.sort_key, person.city, person.postcode) == ("de la tour nadia", "Toulouse", "31100")
    assert (person.qpv_generation, person.qpv_checked_on) == ("qp2024", date(2026, 1, 2))
    assert said(answer) == ["Fiche ajoutée\u202f: De La Tour Nadia. Vérifiez maintenant son éligibilité."]


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"last_name": " "}, "last_name", "obligatoire"),
        ({"last_name": "-'"}, "last_name", "une lettre"),
        ({"first_name": ""}, "first_name", "obligatoire"),
        ({"birth_date": ""}, "birth_date", "obligatoire"),
        ({"birth_date": "2999-01-01"}, "birth_date", "calendrier"),
        ({"birth_date": "2199-01-01"}, "birth_date", "futur"),
        ({"birth_date": "1900-01-01"}, "birth_date", "120 ans"),
        ({"birth_date": "1990-02-30"}, "birth_date", "pas une date"),
        ({"sex": "X"}, "sex", "choix valide"),
        ({"postcode": "3110"}, "postcode", "5 chiffres"),
        ({"qpv_code": "QN99999X"}, "qpv_code", "choix valide"),
        ({"qpv_code": "QN03101M"}, "qpv_checked_on", "Indiquez le jour"),
        ({"qpv_code": "hors_qpv"}, "qpv_checked_on", "Indiquez le jour"),
        ({"qpv_code": "QN03101M", "qpv_checked_on": "2199-01-01"}, "qpv_checked_on", "futur"),
        ({"email": "x"}, "email", "valide"),
        ({"phone": "0" * 31}, "phone", "30"),
        ({"last_name": "x\x00"}, "last_name", "nul"),
        ({"last_name": f"Benali {NIR}"}, "last_name", "sécurité sociale"),
        ({"city": "1-84-12-76-451-089"}, "city", "sécurité sociale"),
        ({"phone": "184127645108946"}, "phone", "sécurité sociale"),
    ],
)
def test_create_refuses_in_french_and_writes_nothing(alice, ours, typed, field, words):
    answer = alice.post(NEW, PERSON | typed)
    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors[field])
    assert ours(Beneficiary.objects.count) == 1


def test_same_identity_is_shown_before_it_is_saved_twice(alice, world, ours):
    same = {"last_name": "DUPONT", "first_name": "zoe", "birth_date": "17/05/1990", "sex": "F"}
    answer = alice.post(NEW, same)
    assert answer.status_code == 422
    assert answer.context["duplicates"] == [world.ours.beneficiary]
    page = answer.content.decode()
    assert f'href="/beneficiaires/{world.ours.beneficiary.pk}/"' in page
    assert f'href="/beneficiaires/{world.theirs.beneficiary.pk}/"' not in page
    assert 'type="checkbox" name="confirm_duplicate"' in page
    assert ours(Beneficiary.objects.count) == 1
    assert alice.post(NEW, same | {"confirm_duplicate": "on"}).status_code == 302
    assert ours(lambda: len(set(Beneficiary.objects.values_list("person_key", flat=True)))) == 1


def test_edit_of_the_identity_follows_to_the_contracts(alice, world, ours):
    answer = alice.post(url(world, "modifier/"), PERSON)
    assert answer.status_code == 302
    person = ours(lambda: Beneficiary.objects.get(pk=world.ours.beneficiary.pk))
    employment = ours(lambda: EmploymentContract.objects.get(pk=world.ours.employment.pk))
    assert person.person_key == employment.person_key == person_identity("Benali", "Nadia", date(1991, 2, 3))
    assert employment.age_at_hire == 35
    assert "L'âge figé" in said(answer)[1]
    with scope.tenant(world.theirs.tenant.pk):
        assert EmploymentContract.objects.get().person_key == world.theirs.beneficiary.person_key


def test_edit_that_keeps_the_identity_asks_nothing_of_duplicates(alice, world, ours):
    ours(lambda: BeneficiaryFactory(last_name="Dûpont"))
    answer = alice.post(
        url(world, "modifier/"), {"last_name": "Dûpont", "first_name": "Zoé", "birth_date": "1990-05-17", "sex": "M"}
    )
    assert answer.status_code == 302
    assert ours(lambda: Beneficiary.objects.get(pk=world.ours.beneficiary.pk).sex) == "M"
    assert len(said(answer)) == 1


def test_birth_stays_before_the_first_hire(alice, world, ours):
    answer = alice.post(url(world, "modifier/"), PERSON | {"birth_date": "2026-01-12"})
    assert "12/01/2026" in answer.context["form"].errors["birth_date"][0]


def test_code_outside_the_lists_is_kept(alice, world, ours):
    ours(lambda: Beneficiary.objects.update(qpv_code="ZUS-73", qpv_generation="zus"))
    identity = {"last_name": "Dûpont", "first_name": "Zoé", "birth_date": "1990-05-17", "sex": "F"}
    assert (
        alice.post(url(world, "modifier/"), identity | {"qpv_code": "ZUS-73", "phone": "05 61 00 00 00"}).status_code
        == 302
    )
    person = ours(lambda: Beneficiary.objects.get(pk=world.ours.beneficiary.pk))
    assert (person.qpv_code, person.qpv_generation, person.phone) == ("ZUS-73", "zus", "05 61 00 00 00")
    alice.post(url(world, "modifier/"), identity | {"qpv_code": "", "qpv_checked_on": "2026-01-01"})
    person = ours(lambda: Beneficiary.objects.get(pk=world.ours.beneficiary.pk))
    assert (person.qpv_code, person.qpv_generation, person.qpv_checked_on) == ("", "", None)


def test_anonymised_person_is_not_edited(alice, world, ours):
    ours(lambda: Beneficiary.objects.update(last_name="", first_name="", birth_date=None))
    for answer in (alice.get(url(world, "modifier/")), alice.post(url(world, "modifier/"), PERSON)):
        assert answer["Location"] == url(world)
        assert "anonymisée" in said(answer)[0]
    assert alice.get(url(world, "contrats/nouveau/"))["Location"] == url(world)
    assert ours(lambda: Beneficiary.objects.get().last_name) == ""
    assert "Modifier" not in alice.get(url(world)).content.decode()


# Archive, delete


def test_archive_takes_out_of_the_list_and_back(alice, world):
    alice.post(url(world, "archiver/"))
    assert shown(alice.get(LIST)) == []
    alice.post(url(world, "desarchiver/"))
    assert shown(alice.get(LIST)) == [world.ours.beneficiary.pk]


def test_person_with_a_contract_is_not_deleted(alice, world, ours):
    answer = alice.post(url(world, "supprimer/"))
    assert answer["Location"] == url(world)
    assert "contrat de travail" in said(answer)[0]
    assert ours(Beneficiary.objects.count) == 1


def test_person_without_a_contract_goes_with_its_proofs(alice, ours, settings):
    def add():
        person = BeneficiaryFactory()
        EligibilityFactory(beneficiary=person)
        return person

    person = ours(add)
    page = f"/beneficiaires/{person.pk}/"
    alice.post(page + "documents/deposer/", {"file": SimpleUploadedFile("c.pdf", b"%PDF-1.7\n%%EOF\n")})
    alice.post(
        page + "eligibilite/",
        {"main": "deld", "verified_on": "2026-01-05", "file": SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%%EOF\n")},
    )
    assert ours(Document.objects.count) == 2
    answer = alice.post(page + "supprimer/")
    assert answer["Location"] == LIST
    assert not ours(lambda: Beneficiary.objects.filter(pk=person.pk).exists())
    assert ours(Document.objects.count) == 0
