"""Register of companies: Alice writes, Bob reads, Charlie has a company of the same name and SIRET elsewhere."""

import pytest

from contractors.models import Company, Contact
from tests.counting import assert_constant_queries
from tests.factories import CompanyFactory
from tests.within import said

LIST = "/entreprises/"
NEW = "/entreprises/nouvelle/"


def test_list_shows_our_companies_only(alice, world):
    shown = alice.get(LIST).context["list"]
    assert [company.pk for company in shown.rows] == [world.ours.company.pk]


@pytest.mark.parametrize("query", ["356 000 000 12305", "35600000012305", "35600", "peinture FILS", "toulouse"])
def test_search_by_name_city_or_siret_as_typed(alice, world, ours, query):
    ours(lambda: Company.objects.update(city="Toulouse"))
    ours(lambda: CompanyFactory(name="Autre", siret="73282932000074"))
    shown = alice.get(LIST, {"q": query}).context["list"]
    assert [company.pk for company in shown.rows] == [world.ours.company.pk]


def test_filters_by_kind_and_siae(alice, ours):
    ours(lambda: [CompanyFactory(name="Chantier école", kind="aci"), CompanyFactory(name="Intérim", kind="ett")])

    def names(query):
        return [company.name for company in alice.get(LIST + query).context["list"].rows]

    assert names("?siae=oui") == ["Chantier école"]
    assert names("?kind=ett") == ["Intérim"]
    assert names("?sort=-name") == ["Peinture et fils", "Intérim", "Chantier école"]


def test_list_asks_as_much_whatever_its_length(alice, ours):
    def add(count):
        for company in CompanyFactory.create_batch(count):
            Contact.objects.create(company=company, name="Standard", phone="05")

    assert_constant_queries(alice, LIST + "?size=50", lambda count: ours(lambda: add(count)))


def test_create_keeps_what_was_typed_with_siret_spaces_dropped(alice, ours):
    answer = alice.post(
        NEW,
        {
            "name": "  Gros œuvre   du Lauragais ",
            "kind": "ei",
            "siret": "732 829 320 00074",
            "postcode": "31 100",
            "city": "Toulouse",
        },
    )
    company = ours(lambda: Company.objects.get(name="Gros œuvre du Lauragais"))
    assert answer["Location"] == f"/entreprises/{company.pk}/"
    assert (company.kind, company.siret, company.postcode) == ("ei", "73282932000074", "31100")
    assert said(answer) == ["Ajout fait\u202f: «\u202fGros œuvre du Lauragais\u202f»."]


def test_create_warns_of_a_shared_siret_and_keeps_it(alice, world, ours):
    answer = alice.post(NEW, {"name": "Association", "kind": "ai", "siret": "35600000012305"})
    assert answer.status_code == 302
    warning = said(answer)[0]
    assert f'href="/entreprises/{world.ours.company.pk}/"' in warning
    assert f"/entreprises/{world.theirs.company.pk}/" not in warning
    assert "(entreprise)" in warning
    assert ours(lambda: Company.objects.filter(siret="35600000012305").count()) == 2


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"name": ""}, "name", "obligatoire"),
        ({"siret": "35600000012304"}, "siret", "La Poste"),
        ({"siret": "3,2304E+13"}, "siret", "tableur"),
        ({"postcode": "3110"}, "postcode", "5 chiffres"),
        ({"kind": "pirate"}, "kind", "valide"),
        ({"name": "x\x00"}, "name", "nul"),
    ],
)
def test_create_refuses_in_french_and_writes_nothing(alice, ours, typed, field, message):
    answer = alice.post(NEW, {"name": "Société", "kind": "ei", **typed})
    assert answer.status_code == 422
    assert message in " ".join(answer.context["form"].errors[field])
    assert ours(Company.objects.count) == 1


def test_create_comes_back_where_it_was_asked_from(alice, ours):
    answer = alice.post(NEW, {"name": "Société", "kind": "ei", "next": "/marches/nouveau/?x=1"})
    company = ours(lambda: Company.objects.get(name="Société"))
    assert answer["Location"] == f"/marches/nouveau/?x=1&created={company.pk}"
    answer = alice.post(NEW, {"name": "Société", "kind": "ei", "next": "https://ailleurs.test/"})
    assert answer["Location"].startswith("/entreprises/")
    assert 'name="next" value="/marches/"' in alice.get(NEW + "?next=/marches/").content.decode()


def test_page_shows_the_company_its_contacts_and_who_shares_its_siret(alice, world, ours):
    other = ours(lambda: CompanyFactory(name="Jumelle", siret="35600000012305", kind="aci"))
    ours(lambda: Contact.objects.create(company=world.ours.company, name="Accueil", phone="05 61 00 00 00"))
    page = alice.get(f"/entreprises/{world.ours.company.pk}/").content.decode()
    assert "356\u202f000\u202f000\u202f12305" in page
    assert "Accueil" in page
    assert f'<a href="/entreprises/{other.pk}/">Jumelle</a>' in page
    assert f"/entreprises/{world.theirs.company.pk}/" not in page


def test_reader_sees_no_button_that_writes(bob, world):
    page = bob.get(f"/entreprises/{world.ours.company.pk}/").content.decode()
    for word in ("modifier", "supprimer", "archiver", "contacts/nouveau"):
        assert word not in page


def test_edit_changes_the_company(alice, world, ours):
    answer = alice.post(f"/entreprises/{world.ours.company.pk}/modifier/", {"name": "Peinture et filles", "kind": "ea"})
    company = ours(lambda: Company.objects.get(pk=world.ours.company.pk))
    assert (answer.status_code, company.name, company.kind, company.siret) == (302, "Peinture et filles", "ea", "")


def test_stranger_changes_nothing(charlie, world, ours):
    url = f"/entreprises/{world.ours.company.pk}/"
    data = {"name": "Volée", "kind": "ei"}
    for action in ("modifier/", "archiver/", "supprimer/", "contacts/nouveau/"):
        assert charlie.post(url + action, data).status_code == 404
    company = ours(lambda: Company.objects.get(pk=world.ours.company.pk))
    assert (company.name, company.archived_at) == ("Peinture et fils", None)


def test_archive_and_restore(alice, world, ours):
    url = f"/entreprises/{world.ours.company.pk}/"
    assert alice.post(url + "archiver/")["Location"] == url
    assert len(said(alice.post(url + "archiver/"))) == 1  # the first one's, not read yet
    assert alice.get(LIST).context["list"].count == 0
    assert alice.get(LIST + "?archived=oui").context["list"].count == 1
    assert "Archivée" in alice.get(url).content.decode()
    assert said(alice.post(url + "desarchiver/"))[-1].startswith("Désarchivage fait")
    assert alice.get(LIST).context["list"].count == 1
    assert said(alice.post(url + "desarchiver/")) == []


def test_delete_is_refused_while_a_lot_or_a_contract_hangs_on_it(alice, world, ours):
    answer = alice.post(f"/entreprises/{world.ours.company.pk}/supprimer/")
    assert answer["Location"] == f"/entreprises/{world.ours.company.pk}/"
    assert said(answer)[0].startswith("Suppression impossible")
    assert ours(Company.objects.count) == 1


def test_delete_of_a_company_without_anything(alice, ours):
    company = ours(lambda: CompanyFactory(name="Doublon"))
    answer = alice.post(f"/entreprises/{company.pk}/supprimer/")
    assert (answer["Location"], said(answer)) == (LIST, ["Suppression faite\u202f: «\u202fDoublon\u202f»."])
    assert ours(Company.objects.count) == 1


def test_export_has_every_column_and_siret_as_text(alice):
    answer = alice.get(LIST + "?export=csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Référence;Nom;Nature;SIRET;")
    assert "C1;Peinture et fils;entreprise;35600000012305;" in lines[1]


def test_reader_exports_nothing(bob):
    assert bob.get(LIST + "?export=csv").status_code == 403
    assert "Exporter" not in bob.get(LIST).content.decode()


def test_bad_parameters_never_break_the_page(alice):
    for query in ("?page=zzz&size=-1&sort=%00&kind=%27&archived=9&q=%00", "?page=99999999999999999999"):
        assert alice.get(LIST + query).status_code == 200
    assert alice.get("/entreprises/99999999999999999999999/").status_code == 404
