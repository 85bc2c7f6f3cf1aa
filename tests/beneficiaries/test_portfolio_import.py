"""A folder into a structure, out of it and into another: what is written, and what a second time does not write."""

import csv
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from beneficiaries.models import Assignment, Beneficiary, Eligibility, EmploymentContract, HourEntry
from beneficiaries.portfolio.columns import FILES
from beneficiaries.portfolio.exporter import QUERIES
from clauses.models import Lot, LotHolder, Obligation, StaleLot
from tenants import scope
from tenants.models import AuditEntry, Tenant
from tests import factories
from tests.beneficiaries.folders import employment, hours, lot, sound_rows, write_folder


@pytest.fixture
def rows(db):
    return sound_rows()


def send(folder, rows, *options, tenant="essai"):
    """The report of an import that succeeds."""
    out = StringIO()
    write_folder(folder, rows)
    call_command("import_portfolio", folder, "--tenant", tenant, "--create-tenant", "Essai", *options, stdout=out)
    return out.getvalue()


def refused(folder, *options, tenant="essai"):
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("import_portfolio", folder, "--tenant", tenant, *options, stdout=out)
    return error.value.returncode, out.getvalue()


def inside(tenant="essai"):
    with scope.operator():
        found = Tenant.objects.get(slug=tenant)
    return scope.tenant(found.pk)


def everything():
    """Every row of every table of the structure that is open, history and marks included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE a.attname = 'tenant_id' AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
            " AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1"
        )
        tables = [row[0] for row in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            found[table] = [row[0] for row in cursor.fetchall()]
    return found


def test_first_import_creates_everything(rows, tmp_path):
    report = send(tmp_path, rows)
    assert "hours.csv\u202f: 5 lignes lues, 5 créées, 0 modifiées, 0 inchangées" in report
    assert report.splitlines()[-1] == "Import terminé\u202f: 0 erreur(s), 0 avertissement(s)."
    with inside():
        lots = {it.external_ref: it for it in Lot.objects.all()}
        assert {ref: it.contract.external_ref for ref, it in lots.items()} == {"L1": "M1", "L2": "M1"}
        obligations = {it.lot.external_ref: it for it in Obligation.objects.all()}
        assert (obligations["L1"].due, obligations["L1"].version, obligations["L1"].rate) == (500, 1, Decimal("0.05"))
        assert (obligations["L2"].due, obligations["L2"].fixed_hours) == (300, 300)
        assert {(it.lot.external_ref, it.company.external_ref, it.role) for it in LotHolder.objects.all()} == {
            ("L1", "C1", "titulaire"),
            ("L2", "C1", "titulaire"),
        }
        named, anonymised = Beneficiary.objects.order_by("external_ref")
        assert (named.last_name, named.sort_key, anonymised.person_key) == ("Exemple", "exemple ana", "k:cle-2")
        assert Eligibility.objects.get().criteria == ["drsa", "qpv"]
        first, second = EmploymentContract.objects.order_by("external_ref")
        assert (first.age_at_hire, first.criteria, first.qpv_code) == (33, ["drsa", "qpv"], "QN03101A")
        assert (first.person_key, first.qpv_generation) == (named.person_key, "qp2024")
        assert (second.age_at_hire, second.criteria, second.qpv_code, second.education_level) == (52, [], "", "")
        assert {(it.employment.external_ref, it.lot.external_ref) for it in Assignment.objects.all()} == {
            ("E1", "L1"),
            ("E1", "L2"),
            ("E2", "L2"),
        }
        line = HourEntry.objects.get(hours=Decimal("151.67"))
        assert (line.month, line.status, line.kind) == (date(2024, 5, 1), "validee", "travail")
        assert StaleLot.objects.exists()


def test_same_folder_twice_leaves_no_trace(rows, tmp_path):
    send(tmp_path, rows)
    with inside():
        StaleLot.objects.all().delete()
        before = everything()
    report = send(tmp_path, rows)
    assert "5 lignes lues, 0 créées, 0 modifiées, 5 inchangées" in report
    with inside():
        assert everything() == before


def test_changed_folder_updates(rows, tmp_path):
    send(tmp_path, rows)
    rows["buyers"][0]["name"] = "Office renommé"
    rows["lots"][0]["rate"] = "0.1"
    rows["lots"][1] |= {"holder_ref": "C2", "title": "Peinture"}
    rows["hours"][0] |= {"hours": "90.5", "status": "controlee"}
    rows["hours"].append(hours("E2", "L1", "2024-06", "10"))
    report = send(tmp_path, rows)
    assert "buyers.csv\u202f: 1 lignes lues, 0 créées, 1 modifiées, 0 inchangées" in report
    assert "lots.csv\u202f: 2 lignes lues, 0 créées, 1 modifiées, 1 inchangées" in report
    assert "hours.csv\u202f: 6 lignes lues, 1 créées, 1 modifiées, 4 inchangées" in report
    with inside():
        versions = Obligation.objects.filter(lot__external_ref="L1").order_by("version")
        assert [(it.version, it.is_current, it.due) for it in versions] == [(1, False, 500), (2, True, 1000)]
        assert LotHolder.objects.get(lot__external_ref="L2").company.external_ref == "C2"
        line = HourEntry.objects.get(hours=Decimal("90.5"))
        entry = AuditEntry.objects.get(table="beneficiaries_hourentry", row_id=line.pk, action="U")
        assert entry.why == "Import du portefeuille"
        assert (entry.before["hours"], entry.after["status"]) == (100.5, "controlee")


def test_holder_that_is_withdrawn_and_obligation_to_calibrate(rows, tmp_path):
    send(tmp_path, rows)
    rows["lots"] = [lot("L1", holder_ref=""), lot("L2", number="2", rule="none", exempt_reason="À calibrer")]
    send(tmp_path, rows)
    with inside():
        assert [it.lot.external_ref for it in LotHolder.objects.all()] == ["L2"]
        assert [it.is_current for it in Obligation.objects.filter(lot__external_ref="L2")] == [False]


def test_lot_to_calibrate_has_no_obligation(rows, tmp_path):
    rows["lots"][1] = lot("L2", rule="none", exempt_reason="À calibrer")
    rows["lots"].append(lot("L3", rule="none", exempt_reason="Hors cible"))
    send(tmp_path, rows)
    with inside():
        assert {it.lot.external_ref: it.rule for it in Obligation.objects.all()} == {
            "L1": "share_of_labour",
            "L3": "none",
        }


def test_parameters_that_the_rule_ignores_are_not_kept(rows, tmp_path):
    rows["lots"][0] |= {"fixed_hours": "12", "exempt_reason": "x"}
    rows["lots"][1] |= {"rate": "0.2"}
    report = send(tmp_path, rows)
    assert report.count("avertissement, lots.csv") == 3
    with inside():
        kept = {it.lot.external_ref: (it.fixed_hours, it.exempt_reason, it.rate) for it in Obligation.objects.all()}
        assert kept == {"L1": (None, "", Decimal("0.05")), "L2": (300, "", None)}


def test_what_was_frozen_stays_when_the_person_changes(rows, tmp_path):
    send(tmp_path, rows)
    rows["beneficiaries"][0] |= {
        "education_level": "5",
        "qpv_code": "hors_qpv",
        "criteria": "deld",
        "birth_date": "1991-05-04",
    }
    send(tmp_path, rows)
    with inside():
        person, contract = Beneficiary.objects.get(external_ref="D1"), EmploymentContract.objects.get(external_ref="E1")
        assert (person.education_level, person.qpv_code) == ("5", "")
        assert (contract.education_level, contract.qpv_code, contract.criteria) == ("3", "QN03101A", ["drsa", "qpv"])
        assert contract.age_at_hire == 33
        assert contract.person_key == person.person_key
        assert [it.criteria for it in Eligibility.objects.order_by("pk")] == [["drsa", "qpv"], ["deld"]]
    rows["employment_contracts"][0] |= {
        "starts_on": "2024-03-01",
        "education_level": "non_connu",
        "qpv_code": "hors_qpv",
    }
    send(tmp_path, rows)
    with inside():
        contract = EmploymentContract.objects.get(external_ref="E1")
        assert (contract.age_at_hire, contract.education_level, contract.qpv_code) == (32, "", "")
        assert contract.qpv_generation == ""


def test_employment_out_of_the_folder_follows_its_person(rows, tmp_path):
    rows["employment_contracts"].append(employment("E3"))
    send(tmp_path, rows)
    del rows["employment_contracts"][2]
    rows["beneficiaries"][0]["last_name"] = "Autre"
    send(tmp_path, rows)
    with inside():
        keys = {it.person_key for it in EmploymentContract.objects.filter(external_ref__in=["E1", "E3"])}
        assert keys == {Beneficiary.objects.get(external_ref="D1").person_key}


def test_refused_hours_may_exceed_a_month(rows, tmp_path):
    rows["hours"][3]["hours"] = "999999.99"
    send(tmp_path, rows)
    with inside():
        assert HourEntry.objects.get(status="refusee").hours == Decimal("999999.99")


def test_text_that_copy_could_misread(rows, tmp_path):
    titles = ["\\.", "\\N", "a\tb\\n\n\\.\nc", 'dit "le gros"', "NULL"]
    rows["lots"] += [lot(f"X{n}", title=title) for n, title in enumerate(titles)]
    send(tmp_path, rows)
    with inside():
        assert [it.title for it in Lot.objects.filter(external_ref__startswith="X").order_by("external_ref")] == titles


def test_folder_with_an_error_writes_nothing_and_makes_no_tenant(rows, tmp_path):
    rows["hours"][0]["hours"] = "12h75"
    write_folder(tmp_path, rows)
    code, report = refused(tmp_path, "--create-tenant", "Essai")
    assert code == 1
    assert "hours.csv, ligne 2, colonne hours, «\u202f12h75\u202f»" in report
    with scope.operator():
        assert not Tenant.objects.filter(slug="essai").exists()


def test_dry_run_tells_and_leaves_nothing(rows, tmp_path):
    report = send(tmp_path, rows, "--dry-run")
    assert "5 lignes lues, 5 créées" in report
    assert report.splitlines()[-1].startswith("Essai réussi, rien n'a été écrit")
    with scope.operator():
        assert not Tenant.objects.filter(slug="essai").exists()
    send(tmp_path, rows)
    rows["hours"].append(hours("E2", "L1", "2024-06", "10"))
    with inside():
        before = everything()
    assert "1 créées" in send(tmp_path, rows, "--dry-run")
    with inside():
        assert everything() == before


@pytest.mark.parametrize(
    ("folder", "options"),
    [
        ("absent", ["--create-tenant", "x"]),
        ("", []),
        ("", ["--create-tenant", " "]),
        ("", ["--create-tenant", "x" * 201]),
    ],
)
def test_wrong_use(rows, tmp_path, folder, options):
    write_folder(tmp_path, rows)
    assert refused(tmp_path / folder, *options)[0] == 2


def test_slug_that_is_no_slug(rows, tmp_path):
    write_folder(tmp_path, rows)
    assert refused(tmp_path, "--create-tenant", "Essai", tenant="pas un slug")[0] == 2


def test_month_that_overflows_with_what_the_structure_had(rows, tmp_path):
    send(tmp_path, rows)
    rows["lots"].append(lot("L3"))
    rows["hours"] = [hours("E1", "L3", "2024-03", "643"), hours("E1", "L2", "2024-03", "0")]
    write_folder(tmp_path, rows)
    code, report = refused(tmp_path)
    assert code == 1
    assert "erreur, hours.csv, ligne 3, colonne hours" in report
    assert "750,5\u202fh" in report
    with inside():
        assert HourEntry.objects.count() == 5


def test_other_structure_is_not_touched(rows, tmp_path):
    send(tmp_path, rows, tenant="voisine")
    with inside("voisine"):
        before = everything()
    rows["buyers"][0]["name"] = "Autre"
    rows["hours"][0]["hours"] = "1"
    send(tmp_path, rows)
    with inside("voisine"):
        assert everything() == before


def test_export_writes_the_columns_of_the_format(rows, tmp_path):
    send(tmp_path / "in", rows)
    call_command("export_portfolio", tmp_path / "out" / "deep", "--tenant", "essai", stdout=StringIO())
    assert {path.name for path in (tmp_path / "out" / "deep").iterdir()} == {file.filename for file in FILES}
    assert QUERIES.keys() == {file.name for file in FILES}
    for file in FILES:
        with (tmp_path / "out" / "deep" / file.filename).open(newline="") as source:
            reader = csv.DictReader(source)
            records = list(reader)
            assert tuple(reader.fieldnames or ()) == file.column_names
        assert len(records) == len(rows[file.name])
        for record in records if file.name in ("beneficiaries", "employment_contracts") else ():
            frozen = {name: record[name] for name in ("education_level", "criteria", "qpv_code")}
            assert all(frozen.values()), frozen


def test_export_back_into_the_same_structure_changes_nothing(rows, tmp_path):
    send(tmp_path / "in", rows)
    call_command("export_portfolio", tmp_path / "out", "--tenant", "essai", stdout=StringIO())
    with inside():
        before = everything()
    call_command("import_portfolio", tmp_path / "out", "--tenant", "essai", stdout=StringIO())
    with inside():
        assert everything() == before


def test_export_is_the_same_bytes_from_another_structure(rows, tmp_path):
    rows["lots"][1] = lot("L2", rule="none", exempt_reason="À calibrer")
    send(tmp_path / "in", rows)
    call_command("export_portfolio", tmp_path / "one", "--tenant", "essai", stdout=StringIO())
    call_command(
        "import_portfolio", tmp_path / "one", "--tenant", "autre", "--create-tenant", "Autre", stdout=StringIO()
    )
    call_command("export_portfolio", tmp_path / "two", "--tenant", "autre", stdout=StringIO())
    for file in FILES:
        assert (tmp_path / "one" / file.filename).read_bytes() == (tmp_path / "two" / file.filename).read_bytes()


@pytest.mark.parametrize("tenant", ["inconnue", "essai"])
def test_export_wrong_use(rows, tmp_path, tenant):
    send(tmp_path / "in", rows)
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError) as error:
        call_command("export_portfolio", tmp_path / "file", "--tenant", tenant, stdout=StringIO())
    assert error.value.returncode == 2


def test_export_tells_what_an_import_would_refuse(world, tmp_path):
    """Hours in a month before the contract begins, which only a correction of its dates can bring."""
    with scope.tenant(world.ours.tenant.pk):
        factories.HourEntryFactory(assignment=world.ours.assignment, month=date(2020, 1, 1))
    out = StringIO()
    call_command("export_portfolio", tmp_path, "--tenant", world.ours.tenant.slug, stdout=out)
    assert [line.split("\u202f:")[0] for line in out.getvalue().splitlines()[9:]] == [
        "Ce dossier serait refusé à l'import",
        "erreur, hours.csv, ligne 2, colonne month, «\u202f2020-01\u202f»",
        "erreur, hours.csv, ligne 2, colonne month, «\u202f2020-01\u202f»",
    ]


def test_export_of_objects_made_here_is_taken_elsewhere(world, tmp_path):
    """Objects of the registers, with the references that they were given here."""
    with scope.tenant(world.ours.tenant.pk):
        factories.LotFactory(contract=world.ours.contract)
    out = StringIO()
    call_command("export_portfolio", tmp_path, "--tenant", world.ours.tenant.slug, stdout=out)
    assert "refusé" not in out.getvalue()
    call_command("import_portfolio", tmp_path, "--tenant", "ailleurs", "--create-tenant", "Ailleurs", stdout=StringIO())
    with inside("ailleurs"):
        assert {it.contract.external_ref for it in Lot.objects.all()} == {"M1"}
        assert Obligation.objects.count() == 1


def test_longest_texts_are_taken(rows, tmp_path):
    """Of letters that no index can press together."""
    letters = "".join(chr(0x4E00 + n * 37 % 20_000) for n in range(10_000))
    rows["companies"][0]["name"] = letters[:500]
    rows["beneficiaries"][0] |= {"last_name": letters[:200], "first_name": letters[200:400], "city": letters[:200]}
    rows["lots"][0]["title"] = letters
    ref = letters[:200]
    rows["buyers"][0]["buyer_ref"] = rows["operations"][0]["buyer_ref"] = rows["contracts"][0]["buyer_ref"] = ref
    rows["beneficiaries"][1]["person_key"] = ref
    send(tmp_path, rows)
    with inside():
        assert Lot.objects.get(external_ref="L1").title == letters


def test_folder_of_headers_alone(rows, tmp_path):
    report = send(tmp_path, {name: [] for name in rows})
    assert "hours.csv\u202f: 0 lignes lues" in report
    with inside():
        assert not Lot.objects.exists()
