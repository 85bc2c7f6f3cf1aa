"""What registers, lists, imports and commands of every app stand on: the corners that their own pages do not reach."""

import io
import sys

import pytest
from django.db import connection
from django.db.models import TextChoices

from clauses.models import Buyer, Operation
from contractors.resources import CompanyResource
from lib.table_reading import TableError
from tenants import scope
from tenants.management.console import tolerate_any_terminal
from tenants.resources import ChoiceWidget
from tenants.services import registers
from tenants.services.list_import import ImportPlan, apply_import, plan_import
from tenants.snapshots import one_snapshot
from tenants.tabs import Tab, build_tabs
from tests.concurrency import Other, meanwhile
from tests.factories import BuyerFactory, OperationFactory, World, logged_in


def test_tab_of_a_page_that_is_not_there_is_not_shown():
    tabs = [Tab("a", "Ici", "clauses:buyer_page"), Tab("b", "Ailleurs", "nowhere:page")]
    assert [tab["label"] for tab in build_tabs(tabs, 1, "a")] == ["Ici"]


def test_choice_is_read_by_its_label_or_its_code():
    class Colour(TextChoices):
        RED = "red", "rouge vif"

    assert [ChoiceWidget(Colour).clean(text) for text in ("Rouge  vif", "red")] == ["red", "red"]
    with pytest.raises(ValueError, match="rouge vif"):
        ChoiceWidget(Colour).clean("bleu")


def test_list_without_a_line_is_no_list(world):
    with scope.tenant(world.ours.tenant.pk), pytest.raises(TableError, match="vide"):
        plan_import(CompanyResource(), [])


def test_plan_with_faults_is_not_applied(world):
    plan = ImportPlan()
    plan.faults.append(None)  # type: ignore[arg-type]  # any fault
    with pytest.raises(ValueError, match="not applied"):
        apply_import(plan, CompanyResource())


def test_archiving_what_is_archived_says_nothing(world, alice):
    path = f"/entreprises/{world.ours.company.pk}/archiver/"
    assert "Archivage fait" in alice.post(path, follow=True).content.decode()
    assert "Archivage fait" not in alice.post(path, follow=True).content.decode()


def test_document_that_is_missing_or_of_another_kind_is_refused_on_its_page(world):
    client = logged_in(world.alice)
    path = f"/marches/{world.ours.contract.pk}/documents/ajouter/"
    assert "Choisissez un fichier" in client.post(path).content.decode()
    script = io.BytesIO(b"<html><script>")
    script.name = "a.pdf"
    response = client.post(path, {"file": script})
    assert response.status_code == 422
    assert "pas accepté" in response.content.decode()


def test_object_used_while_it_is_deleted_stays(transactional_db):
    """The other's row is not there when the parts are gathered; the database finds it."""
    world = World.build()
    with scope.tenant(world.ours.tenant.pk):
        buyer = BuyerFactory(name="Cité nouvelle")
        buyer_id = buyer.pk

    def delete() -> object:
        with scope.tenant(world.ours.tenant.pk):
            try:
                return registers.delete(row=buyer)
            except registers.InUseError as refusal:
                return str(refusal)

    late = Other(delete)
    with scope.tenant(world.ours.tenant.pk):
        held = Buyer.objects.select_for_update(of=("self",)).get(pk=buyer_id)
        meanwhile(late)
        OperationFactory(buyer=held)
    late.join(10)
    assert "vient d'être utilisé ailleurs" in late.result
    with scope.tenant(world.ours.tenant.pk):
        assert Operation.objects.filter(buyer_id=buyer_id).count() == 1


def test_snapshot_is_one_state_at_the_outside_and_joins_what_is_open_inside(transactional_db):
    def isolation() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_isolation")
            return str(cursor.fetchone()[0])

    with one_snapshot():
        assert isolation() == "repeatable read"
    with scope.none(), one_snapshot():
        assert isolation() == "read committed"


def test_terminal_without_accents_shows_a_question_mark(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    tolerate_any_terminal()
    sys.stdout.write("créée")
    sys.stdout.flush()
    assert raw.getvalue() == b"cr??e"
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    tolerate_any_terminal()


def test_organisations_are_named(world):
    assert [str(world.ours.tenant), str(world.account)] == [world.ours.tenant.name, world.account.name]
