"""Register of people: Alice writes, Bob reads, Charlie has a person of the same name elsewhere."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile

from beneficiaries.models import Beneficiary, BeneficiaryDocument, Eligibility, EmploymentContract
from lib.dates import today_paris
from lib.identity import person_identity
from tenants import scope
from tenants.models import AuditEntry, Document, Member, ReadLog
from tests.counting import assert_constant_queries
from tests.factories import BeneficiaryFactory, EligibilityFactory, EmploymentFactory, HourEntryFactory

LIST = "/beneficiaires/"
NEW = "/beneficiaires/nouveau/"
PERSON = {"last_name": "Benali", "first_name": "Nadia", "birth_date": "1991-02-03", "sex": "F"}
NIR = "1 84 12 76 451 089 46"


@pytest.fixture
def ours(world):
    """Reads and writes in the structure's scope: ours(lambda: …)."""

    def within(work):
        with scope.tenant(world.ours.tenant.pk, world.alice.pk):
            return work()

    return within


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def shown(response) -> list[int]:
    return [person.pk for person in response.context["list"].page.object_list]


def url(world, rest="") -> str:
    return f"/beneficiaires/{world.ours.beneficiary.pk}/{rest}"


# List


def test_list_shows_our_people_only(alice, charlie, world):
    assert shown(alice.get(LIST)) == [world.ours.beneficiary.pk]
    assert shown(charlie.get(LIST)) == [world.theirs.beneficiary.pk]


@pytest.mark.parametrize("query", ["dup", "DUPONT", "zoe", "Zoé Dû", "17/05/1990", "Z1", "zoé du"])
def test_search_by_the_beginning_of_names_by_birth_or_by_reference(alice, world, ours, query):
    ours(lambda: BeneficiaryFactory(last_name="Martin", first_name="Luc", birth_date=date(1980, 1, 1)))
    assert shown(alice.get(LIST, {"q": query})) == [world.ours.beneficiary.pk]


@pytest.mark.parametrize("query", ["pont", "oé", "31/02/1990", "18/05/1990", "z", "dup martin", "zz|d"])
def test_search_finds_no_middle_of_a_word(alice, world, ours, query):
    ours(lambda: BeneficiaryFactory(last_name="Xavier", first_name="Anne"))
    expected = [world.ours.beneficiary.pk] if query == "z" else []
    assert shown(alice.get(LIST, {"q": query})) == expected


def test_search_finds_each_part_of_a_compound_name(alice, ours):
    person = ours(lambda: BeneficiaryFactory(last_name="N'Guyen-Bâ", first_name="Jean-Pierre"))
    for query in ("guyen", "ba", "pierre", "jean n", "n'guyen", "nguyen-ba"):
        assert (person.pk in shown(alice.get(LIST, {"q": query}))) is (query != "nguyen-ba"), query


def test_filters(alice, world, ours):
    today = today_paris()

    def add():
        ending = BeneficiaryFactory(last_name="A")
        EligibilityFactory(beneficiary=ending, verified_on=today - timedelta(100), valid_until=today + timedelta(30))
        ended = BeneficiaryFactory(last_name="B", qpv_code="QP031001", qpv_generation="qp2015")
        EligibilityFactory(
            beneficiary=ended, verified_on=today - timedelta(100), valid_until=today - timedelta(1), criteria=["brsa"]
        )
        EligibilityFactory(beneficiary=ended, verified_on=today - timedelta(200), valid_until=today + timedelta(9))
        missing = BeneficiaryFactory(last_name="C", qpv_code="hors_qpv", sex="M")
        EmploymentFactory(beneficiary=missing, starts_on=today - timedelta(9), ends_on=today)
        EmploymentContract.objects.filter(pk=world.ours.employment.pk).update(ends_on=today - timedelta(1))
        return ending.pk, ended.pk, missing.pk

    a, b, c = ours(add)
    mine = world.ours.beneficiary.pk
    for query, expected in (
        ("eligibilite=ending", [a]),
        ("eligibilite=ended", [b]),
        ("eligibilite=missing", [c]),
        ("en_contrat=oui", [c]),
        ("en_contrat=non", [a, b, mine]),
        ("critere=brsa", [b]),
        ("critere=deld", [a, b, mine]),
        ("qpv=oui", [b]),
        ("qpv=non", [a, c, mine]),
        ("qpv=qp2015", [b]),
        ("quartier=QP031001", [b]),
        ("sexe=M", [c]),
        ("archived=oui", []),
    ):
        assert shown(alice.get(f"{LIST}?{query}")) == expected, query


@pytest.mark.parametrize("query", ["critere=rqth", "critere=justice", "quartier=QN03101M", "qpv=x", "q=%00"])
def test_filter_that_would_reveal_or_means_nothing_is_ignored(alice, world, query):
    answer = alice.get(f"{LIST}?{query}")
    assert shown(answer) == [world.ours.beneficiary.pk]
    assert said(answer)


def test_list_and_export_hold_no_criterion(alice, world, ours):
    ours(lambda: Eligibility.objects.update(criteria=["rqth"], proof_kind="Décision RQTH"))
    page = alice.get(LIST).content.decode()
    export = b"".join(alice.get(f"{LIST}?export=csv").streaming_content).decode()
    assert "Dûpont" in page
    assert "Dûpont" in export
    for text in (page, export):
        assert "rqth" not in text.lower()
        assert "handicap" not in text.lower()


def test_list_asks_as_much_whatever_its_length(alice, ours):
    def add(count):
        for _ in range(count):
            person = BeneficiaryFactory(qpv_code="QN03101M")
            EligibilityFactory(beneficiary=person)
            EmploymentFactory(beneficiary=person)

    assert_constant_queries(alice, LIST + "?size=50", lambda count: ours(lambda: add(count)))


# Page


def test_page_answers_first_and_shows_contracts_and_hours(alice, world, ours):
    ours(lambda: Eligibility.objects.update(valid_until=date(2100, 1, 1)))
    answer = alice.get(url(world))
    assert answer.context["answer"] == (
        "En contrat chez Peinture et fils sans date de fin. "
        "Éligibilité vérifiée le 05/01/2026, valable jusqu'au 01/01/2100."
    )
    (month,) = answer.context["months"]
    assert (month.month, month.worked, month.trained, month.status) == (
        date(2026, 3, 1),
        Decimal(100),
        Decimal(0),
        "validee",
    )
    page = answer.content.decode()
    assert 'class="contract-bars"' in page
    assert "CDD 12/01/2026 – sans fin" in page


def test_hours_of_a_month_in_several_states_are_told_apart(alice, world, ours):
    def add():
        for kind, hours, status in (("travail", "50", "refusee"), ("formation", "7", "declaree")):
            HourEntryFactory(
                assignment=world.ours.assignment, month=date(2026, 4, 1), kind=kind, hours=hours, status=status
            )

    ours(add)
    month = alice.get(url(world, "heures/")).context["months"][0]
    assert (month.worked, month.trained, month.status) == (Decimal(0), Decimal(7), "")
    assert month.states == {"refusee": Decimal(50), "declaree": Decimal(7)}


@pytest.mark.parametrize(
    ("contract", "words"),
    [
        ({"ends_on": date(2099, 1, 31)}, "En contrat chez Peinture et fils jusqu'au 31/01/2099."),
        ({"starts_on": date(2099, 1, 1)}, "Embauche prévue le 01/01/2099 chez Peinture et fils."),
        ({"ends_on": date(2026, 1, 31)}, "Aucun contrat en cours\u202f; le dernier s'est terminé le 31/01/2026."),
    ],
)
def test_answer_says_where_the_work_stands(alice, world, ours, contract, words):
    ours(lambda: EmploymentContract.objects.update(**contract))
    assert alice.get(url(world)).context["answer"].startswith(words)


def test_answer_counts_other_contracts(alice, world, ours):
    ours(lambda: EmploymentFactory(beneficiary=world.ours.beneficiary, employer=world.ours.company))
    assert ", et 1 autre." in alice.get(url(world)).context["answer"]


@pytest.mark.parametrize(
    ("eligibility", "words"),
    [
        ({"verified_on": None}, "Éligibilité à vérifier."),
        ({"valid_until": None}, "Éligibilité vérifiée le 05/01/2026."),
        ({"valid_until": date(2026, 1, 6)}, "Éligibilité vérifiée le 05/01/2026, terminée depuis le 06/01/2026."),
    ],
)
def test_answer_says_where_eligibility_stands(alice, world, ours, eligibility, words):
    ours(lambda: Eligibility.objects.update(**eligibility))
    assert alice.get(url(world)).context["answer"].endswith(words)


@pytest.mark.parametrize(
    ("qpv", "words"),
    [
        ({"qpv_code": "hors_qpv"}, "n'habite pas un quartier prioritaire"),
        ({"qpv_code": ""}, ""),
        ({"qpv_code": "ZUS-73"}, "ZUS-73"),
        (
            {"qpv_code": "QN03101M", "qpv_generation": "qp2024", "qpv_checked_on": date(2026, 1, 2)},
            "(QPV 2024), vérifié le 02/01/2026",
        ),
    ],
)
def test_page_says_the_quarter_its_list_and_when_it_was_checked(alice, world, ours, qpv, words):
    ours(lambda: Beneficiary.objects.update(**qpv))
    facts = {row["label"]: row["value"] for row in alice.get(url(world)).context["facts"]}
    assert facts["Quartier prioritaire"].endswith(words)
    assert bool(facts["Quartier prioritaire"]) is bool(words)


def test_page_of_someone_without_a_contract(alice, ours):
    person = ours(lambda: BeneficiaryFactory())
    answer = alice.get(f"/beneficiaires/{person.pk}/")
    assert answer.context["answer"] == "Aucun contrat de travail pour l'instant. Éligibilité à vérifier."
    assert "contract-bars" not in answer.content.decode()


def test_page_holds_no_criterion(alice, bob, world, ours):
    ours(lambda: Eligibility.objects.update(criteria=["rqth"], proof_kind="Décision RQTH"))
    ours(lambda: EmploymentContract.objects.update(criteria=["rqth"]))
    for client in (alice, bob):
        for rest in ("", "heures/", "documents/", "historique/"):
            page = client.get(url(world, rest)).content.decode().lower()
            assert "rqth" not in page, rest
            assert "handicap" not in page, rest
    assert ours(ReadLog.objects.count) == 0


# Criteria


def test_criteria_show_behind_a_click_that_is_logged(alice, world, ours):
    ours(lambda: Eligibility.objects.update(criteria=["rqth", "maison"]))
    page = alice.get(url(world, "criteres/")).content.decode()
    assert "Travailleur handicapé" in page
    assert "maison" in page
    log = ours(lambda: ReadLog.objects.select_related("member").get())
    assert (log.member.name, log.table, log.row_id, log.part) == (
        "Alice",
        "beneficiaries_beneficiary",
        world.ours.beneficiary.pk,
        "critères",
    )
    assert "Alice" in page


def test_reader_does_not_read_criteria(bob, world, ours):
    assert bob.get(url(world, "criteres/")).status_code == 403
    assert "Voir les critères" not in bob.get(url(world)).content.decode()
    assert ours(ReadLog.objects.count) == 0


def test_history_masks_criteria(alice, world, ours):
    ours(lambda: Eligibility.objects.update(criteria=["rqth"], proof_kind="Décision RQTH"))
    page = alice.get(url(world, "historique/")).content.decode()
    assert "masqué" in page
    assert "rqth" not in page.lower()


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


# Eligibility


def eligibility(**changes):
    return {
        "main": "brsa",
        "others": ["qpv", "brsa"],
        "proof_date": "2026-01-31",
        "verified_on": "2026-02-02",
        **changes,
    }


def test_eligibility_keeps_criteria_in_order_proof_and_agent(alice, world, ours):
    answer = alice.post(
        url(world, "eligibilite/"), eligibility(file=SimpleUploadedFile("rsa.pdf", b"%PDF-1.7\n%%EOF\n"))
    )
    assert answer["Location"] == url(world)
    row = ours(lambda: Eligibility.objects.select_related("verified_by", "document").latest("pk"))
    assert (row.criteria, row.proof_kind) == (["brsa", "qpv"], "Attestation de la CAF ou de la MSA")
    assert (row.proof_date, row.valid_until, row.verified_on) == (
        date(2026, 1, 31),
        date(2026, 4, 30),
        date(2026, 2, 2),
    )
    assert (row.verified_by.name, row.list_version) == ("Alice", "CCAG 2021, art. 16.1.1")
    assert (row.document.name, row.document.read_action) == ("rsa.pdf", "person.write")


def test_eligibility_keeps_what_was_typed_over_the_defaults(alice, world, ours):
    alice.post(url(world, "eligibilite/"), eligibility(proof_kind="Attestation de paiement", valid_until="2026-06-30"))
    row = ours(lambda: Eligibility.objects.latest("pk"))
    assert (row.proof_kind, row.valid_until) == ("Attestation de paiement", date(2026, 6, 30))


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"main": ""}, "main", "obligatoire"),
        ({"main": "xyz"}, "main", "choix valide"),
        ({"others": ["xyz"]}, "others", "xyz"),
        ({"verified_on": ""}, "verified_on", "obligatoire"),
        ({"verified_on": "2199-01-01"}, "verified_on", "futur"),
        ({"proof_date": "2199-01-01"}, "proof_date", "futur"),
        ({"verified_on": "2026-01-30"}, "verified_on", "précède"),
        ({"valid_until": "2026-01-30"}, "valid_until", "précède"),
        ({"proof_kind": f"Attestation {NIR}"}, "proof_kind", "sécurité sociale"),
        ({"proof_kind": "x" * 201}, "proof_kind", "200"),
    ],
)
def test_eligibility_refused_writes_nothing(alice, world, ours, typed, field, words):
    answer = alice.post(url(world, "eligibilite/"), eligibility(**typed))
    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors[field])
    assert ours(Eligibility.objects.count) == 1


@pytest.mark.parametrize(
    ("name", "content"), [("x.pdf", b"MZ"), ("x.exe", b"MZ"), (f"{NIR}.pdf", b"%PDF-1.7\n%%EOF\n"), ("x.pdf", b"")]
)
def test_proof_that_is_no_document_is_refused(alice, world, ours, name, content):
    answer = alice.post(url(world, "eligibilite/"), eligibility(file=SimpleUploadedFile(name, content)))
    assert answer.status_code == 422
    assert "file" in answer.context["form"].errors
    assert ours(Document.objects.count) == 0


def test_proof_of_eligibility_is_not_for_readers(alice, bob, charlie, world, ours):
    alice.post(url(world, "eligibilite/"), eligibility(file=SimpleUploadedFile("rsa.pdf", b"%PDF-1.7\n%%EOF\n")))
    document = ours(Document.objects.get)
    assert alice.get(f"/documents/{document.pk}/").status_code == 200
    assert bob.get(f"/documents/{document.pk}/").status_code == 403
    assert charlie.get(f"/documents/{document.pk}/").status_code == 404


def test_eligibility_is_taken_back_with_a_reason(alice, world, ours):
    row = ours(Eligibility.objects.get)
    answer = alice.post(f"/eligibilites/{row.pk}/retirer/", {"reason": " "})
    assert "Rien n'a été retiré" in said(answer)[0]
    answer = alice.post(f"/eligibilites/{row.pk}/retirer/", {"reason": "autre personne"})
    assert answer["Location"] == url(world)
    assert ours(Eligibility.objects.count) == 0
    entry = ours(lambda: AuditEntry.objects.get(table="beneficiaries_eligibility", action="D"))
    assert entry.why == "autre personne"


# Documents


def test_documents_are_filed_listed_and_removed(alice, bob, charlie, world, ours):
    answer = alice.post(
        url(world, "documents/deposer/"), {"file": SimpleUploadedFile("contrat.pdf", b"%PDF-1.7\n%%EOF\n")}
    )
    assert answer["Location"] == url(world, "documents/")
    filed = ours(lambda: BeneficiaryDocument.objects.select_related("document__uploaded_by").get())
    assert (filed.document.uploaded_by.name, filed.beneficiary_id) == ("Alice", world.ours.beneficiary.pk)
    assert "contrat.pdf" in bob.get(url(world, "documents/")).content.decode()
    assert bob.get(f"/documents/{filed.document_id}/").status_code == 200
    assert charlie.get(f"/documents/{filed.document_id}/").status_code == 404
    alice.post(f"/beneficiaires/documents/{filed.pk}/supprimer/")
    assert ours(Document.objects.count) == 0


def test_document_refused_is_said_at_the_field(alice, world, ours):
    answer = alice.post(url(world, "documents/deposer/"), {"file": SimpleUploadedFile("x.exe", b"MZ")})
    assert answer.status_code == 422
    assert ours(Document.objects.count) == 0
    assert alice.post(url(world, "documents/deposer/"), {}).status_code == 422


def test_departed_agent_is_still_named(alice, world, ours):
    ours(lambda: Eligibility.objects.update(verified_by=Member.objects.get(name="Bob")))
    ours(lambda: Member.objects.filter(name="Bob").update(ended_at="2026-01-06T00:00Z"))
    assert "par Bob" in alice.get(url(world)).content.decode()
