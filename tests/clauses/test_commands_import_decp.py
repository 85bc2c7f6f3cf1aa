import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from clauses.models import Lot, PublicContract
from tenants import scope
from tenants.models import Tenant
from tests.clauses.decp_rows import DATA, REAL_FILES, row

pytestmark = pytest.mark.django_db


def run(*arguments: Any) -> list[str]:
    out = io.StringIO()
    call_command("import_decp", *map(str, arguments), stdout=out)
    return out.getvalue().splitlines()


def refused(*arguments: Any) -> tuple[int, str]:
    with pytest.raises(CommandError) as error:
        run(*arguments)
    return error.value.returncode, str(error.value)


def slugs() -> set[str]:
    with scope.operator():
        return set(Tenant.objects.values_list("slug", flat=True))


def lots(slug: str) -> int:
    with scope.operator():
        tenant_id = Tenant.objects.get(slug=slug).pk
    with scope.tenant(tenant_id):
        return Lot.objects.count()


def test_real_file_into_a_new_structure_then_again() -> None:
    lines = run(DATA / REAL_FILES[1], "--tenant", "gd31", "--create-tenant", "Groupement")
    assert lines[-1] == "read=470 created=468 updated=0 unchanged=2 refused=0"
    assert [line.split(",")[0] for line in lines if "republication\u202f:" in line] == [
        "N° 253 (20005340300057 / 2018038300)",
        "N° 255 (20005340300057 / 2018038400)",
    ]
    assert lots("gd31") == 468
    again = run(DATA / REAL_FILES[1], "--tenant", "gd31")
    assert again[-1] == "read=470 created=0 updated=0 unchanged=470 refused=0"


def test_refused_rows_are_printed_with_their_reason() -> None:
    lines = run(DATA / "marches_concessions.json", "--tenant", "gd31", "--create-tenant", "Groupement")
    assert [line for line in lines if ", refusé" in line] == [
        f"N° {label}, refusé\u202f: Contrat de concession\u202f: seuls les marchés sont repris."
        for label in ("3 (12345678901234 / 0612202306122024)", "4 (12345678901250 / 0612202306122023)")
    ]
    assert lines[-1] == "read=4 created=2 updated=0 unchanged=0 refused=2"


def test_dry_run_says_the_same_and_leaves_nothing() -> None:
    lines = run(DATA / REAL_FILES[1], "--tenant", "gd31", "--create-tenant", "Groupement", "--dry-run")
    assert lines[-2:] == ["Essai\u202f: rien n'a été écrit.", "read=470 created=468 updated=0 unchanged=2 refused=0"]
    assert slugs() == set()


def test_dry_run_into_a_structure_leaves_it_as_it_was() -> None:
    run(DATA / REAL_FILES[1], "--tenant", "gd31", "--create-tenant", "Groupement")
    run(DATA / REAL_FILES[0], "--tenant", "gd31", "--dry-run")
    assert lots("gd31") == 468


def test_unreadable_file_is_refused_and_leaves_no_structure(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{")
    assert refused(bad, "--tenant", "gd31", "--create-tenant", "G") == (1, "Fichier refusé, rien n'a été écrit.")
    assert slugs() == set()


def test_refusal_of_the_file_says_why_on_standard_output(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{}")
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_decp", str(bad), "--tenant", "gd31", "--create-tenant", "G", stdout=out)
    assert out.getvalue() == (
        "Le fichier ne contient pas de liste «\u202fmarches\u202f»\u202f: ce n'est pas une publication DECP.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tenant", "absent"], "Aucune structure"),
        (["--tenant", "a b", "--create-tenant", "X"], "Ce champ ne doit contenir que des lettres"),
        (["--tenant", "gd31", "--create-tenant", " "], "Ce champ ne peut pas être vide."),
    ],
)
def test_wrong_use_is_told_apart(arguments: list[str], message: str) -> None:
    status, text = refused(DATA / "Marche.xml", *arguments)
    assert (status, message in text) == (2, True)
    assert slugs() == set()


def test_missing_file_is_wrong_use(tmp_path: Path) -> None:
    assert refused(tmp_path / "absent.json", "--tenant", "gd31")[0] == 2


def test_changed_notice_is_counted_as_updated(tmp_path: Path) -> None:
    file = tmp_path / "decp.json"
    for amount, counts in ((10, "created=1 updated=0"), (20, "created=0 updated=1")):
        file.write_text(json.dumps({"marches": [row(montant=amount, modifications=[])]}))
        lines = run(file, "--tenant", "gd31", "--create-tenant", "Groupement")
        assert lines[-1] == f"read=1 {counts} unchanged=0 refused=0"
    with scope.operator():
        tenant_id = Tenant.objects.get().pk
    with scope.tenant(tenant_id):
        assert PublicContract.objects.get().amount_ht == 20
