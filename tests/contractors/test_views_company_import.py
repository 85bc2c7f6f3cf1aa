"""Import of a list of companies: tried row by row, written whole or not at all."""

import csv
import io
import re

import pytest
from openpyxl import Workbook

from contractors.models import Company
from contractors.resources import CompanyResource
from tenants.models import AuditEntry
from tenants.services import list_import
from tests import uploads
from tests.factories import CompanyFactory
from tests.within import errors, said, shown

URL = "/entreprises/importer/"
HEADER = "Nom;Nature;SIRET;Commune"


def send(client, *lines, header=HEADER):
    return client.post(URL, {"file": uploads.csv("\n".join([header, *lines]))})


def confirm(client, answer):
    return client.post(URL, {"rows": answer.context["packed"]})


def stored(ours):
    return ours(lambda: {row.name: (row.kind, row.siret, row.city) for row in Company.objects.all()})


def faults(answer):
    return [(fault.line, fault.column, fault.reason) for fault in answer.context["plan"].faults]


def test_list_is_tried_then_confirmed(alice, ours):
    before = stored(ours)
    answer = send(alice, "Plâtre du Tarn;ei;732 829 320 00074;Albi", "Zinc & Cie;;;")
    assert answer.status_code == 200
    assert answer.context["summary"] == "2\u202flignes ajoutées, 0\u202fmodifiée, 0\u202finchangée"
    assert stored(ours) == before
    done = confirm(alice, answer)
    assert done["Location"] == "/entreprises/"
    assert said(done) == ["Import fait\u202f: 2\u202flignes ajoutées, 0\u202fmodifiée, 0\u202finchangée."]
    assert stored(ours) == before | {
        "Plâtre du Tarn": ("ei", "73282932000074", "Albi"),
        "Zinc & Cie": ("entreprise", "", ""),
    }


def test_history_says_that_a_list_was_imported(alice, ours):
    confirm(alice, send(alice, "Plâtre du Tarn;ei;732 829 320 00074;Albi"))
    last = ours(lambda: AuditEntry.objects.filter(table="contractors_company").order_by("-pk").first())
    assert last.why == "Import d'une liste"


def test_same_file_again_changes_nothing(alice):
    lines = ("Plâtre du Tarn;ei;73282932000074;Albi", "Zinc;entreprise;;", "Zinc;ei;;")
    confirm(alice, send(alice, *lines))
    again = send(alice, *lines)
    assert again.context["summary"] == "0\u202fligne ajoutée, 0\u202fmodifiée, 3\u202finchangées"
    assert "rien à importer" in shown(again)
    assert again.context["packed"] == ""


def test_exported_list_corrected_and_sent_back(alice, world, ours):
    ours(lambda: CompanyFactory(name="Bâti", kind="ett", notes="a\nb", foreign_id="DE123456789"))
    text = b"".join(alice.get("/entreprises/?export=csv").streaming_content).decode("utf-8-sig")
    assert send_text(alice, text).context["plan"].unchanged == 2
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    rows[1]["Commune"], rows[1]["Nature"] = "Muret", "GEIQ"
    rows[1]["Nature"] = "groupement d'employeurs (GEIQ)"
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys(), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    answer = send_text(alice, out.getvalue())
    (change,) = answer.context["plan"].changes
    assert [edit[0] for edit in change.edits] == ["Nature", "Commune"]
    confirm(alice, answer)
    company = ours(lambda: Company.objects.get(pk=world.ours.company.pk))
    assert (company.kind, company.city, company.external_ref) == ("geiq", "Muret", "C1")


def send_text(client, text):
    return client.post(URL, {"file": uploads.csv(text)})


def test_excel_is_read_too(alice, ours):
    book = Workbook()
    book.active.append(["NOM", " siret ", "Inconnue"])
    book.active.append(["Plâtre", 73282932000074, "x"])
    file = io.BytesIO()
    book.save(file)
    answer = alice.post(URL, {"file": uploads.SentAgain("liste.xlsx", file.getvalue())})
    assert answer.context["plan"].ignored_columns == ["Inconnue"]
    assert "Colonnes ignorées" in shown(answer)
    confirm(alice, answer)
    assert stored(ours)["Plâtre"] == ("entreprise", "73282932000074", "")


def test_empty_cell_leaves_what_is_known(alice, world, ours):
    confirm(alice, send(alice, "C1;Peinture et filles;;", header="Référence;Nom;SIRET;Commune"))
    company = ours(lambda: Company.objects.get(pk=world.ours.company.pk))
    assert (company.name, company.siret) == ("Peinture et filles", "35600000012305")


def test_each_fault_is_said_at_its_row_and_nothing_is_written(alice, ours):
    before = stored(ours)
    answer = send(
        alice,
        ";ei;;",
        "Deux;pirate;;",
        "Trois;ei;35600000012304;",
        "Bon;ei;;",
        "Bon;ei;;",
        "2 85 05 78 006 084;ei;;",
        "Loin;ei;;" + "x" * 200,
        "N" * 600 + ";ei;;",
    )
    assert answer.status_code == 422
    said_at = faults(answer)
    assert [(line, column) for line, column, _ in said_at] == [
        (2, "Nom"), (3, "Nature"), (4, "SIRET"), (6, ""), (7, "Nom"), (8, "Commune"), (9, "Nom"),
    ]  # fmt: skip
    assert "obligatoire" in said_at[0][2]
    assert "n'est pas une valeur connue" in said_at[1][2]
    assert "La Poste" in said_at[2][2]
    assert said_at[3][2] == "Déjà donnée à la ligne 5."
    assert "sécurité sociale" in said_at[4][2]
    assert said_at[6][2] == "Texte de 600 caractères, 500 au plus. Abrégez-le."
    assert "2850578006084" not in shown(answer).replace(" ", "")
    assert answer.context["packed"] == ""
    assert stored(ours) == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "Choisissez un fichier"),
        ("Commune;SIRET\nAlbi;\n", "dont «\u202fNom\u202f»"),
        ("Nom;Nom\nA;B\n", "deux fois"),
        ('Nom\n"A', "guillemet"),
        ("\n\n", "Le fichier est vide."),
    ],
)
def test_file_that_is_no_list_is_refused_in_french(alice, content, message):
    data = {"file": uploads.csv(content)} if content else {}
    answer = alice.post(URL, data)
    assert answer.status_code == 422
    assert message in errors(answer, "file")


def test_binary_file_is_refused(alice):
    answer = alice.post(URL, {"file": uploads.SentAgain("x.csv", b"\x00\x01\x02")})
    assert answer.status_code == 422
    answer = alice.post(URL, {"file": uploads.SentAgain("x.xlsx", b"PK\x03\x04garbage")})
    assert "classeur" in errors(answer, "file")


def test_file_too_long_is_refused(alice, monkeypatch):
    monkeypatch.setattr(list_import, "MOST_ROWS", 2)
    assert "plus de 2 lignes" in errors(send(alice, "A;;;", "B;;;", "C;;;"), "file")


def test_header_alone_is_nothing_to_import(alice):
    assert "rien à importer" in shown(send(alice))


def test_confirmation_is_checked_again(alice, ours):
    """Between the try and the confirmation a colleague added the same company: it is found, not doubled."""
    answer = send(alice, "Plâtre;ei;;Albi")
    ours(lambda: CompanyFactory(name="PLATRE", kind="ei"))
    confirm(alice, answer)
    assert ours(lambda: Company.objects.filter(kind="ei").count()) == 1


@pytest.mark.parametrize("packed", ["", "x", "eyJ9:abc"])
def test_forged_confirmation_writes_nothing(alice, ours, packed):
    before = stored(ours)
    answer = alice.post(URL, {"rows": packed})
    assert answer["Location"] == URL
    assert "expiré" in said(answer)[0]
    assert stored(ours) == before


def test_import_of_one_structure_never_touches_the_other(alice, charlie, world, ours):
    answer = send(alice, "C1;Volée;;", header="Référence;Nom;SIRET;Commune")
    charlie.post(URL, {"rows": answer.context["packed"]})
    assert ours(lambda: Company.objects.get(pk=world.ours.company.pk).name) == "Peinture et fils"


def test_ten_thousand_rows_are_one_page_and_few_queries(alice, ours, django_assert_max_num_queries):
    lines = [f"Entreprise {number};ei;;Toulouse" for number in range(10_000)]
    with django_assert_max_num_queries(15):
        answer = send(alice, *lines)
    assert len(answer.context["changes"]) == 100
    assert len(re.findall("<tr>", shown(answer))) == 101
    with django_assert_max_num_queries(60):
        assert confirm(alice, answer).status_code == 302
    assert ours(Company.objects.count) == 10_001


def test_plan_with_faults_cannot_be_applied():
    plan = list_import.ImportPlan(faults=[list_import.RowFault(2, "Nom", "", "Le nom est obligatoire.")])
    with pytest.raises(ValueError, match="faults"):
        list_import.apply_import(plan, CompanyResource())


def test_reader_imports_nothing(bob):
    assert bob.get(URL).status_code == 403
    assert "importer" not in bob.get("/entreprises/").content.decode()
