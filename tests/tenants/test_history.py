"""History in words, from what the triggers wrote."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from beneficiaries.models import Beneficiary, Eligibility
from clauses.models import Lot, LotHolder, PublicContract
from reporting.models import Bilan
from tenants import scope
from tenants.access import Area
from tenants.models import AuditEntry, Member, ReadLog
from tenants.selectors.history import AUTOMATIC, OUTSIDER, Children, read_history
from tenants.services.read_log import log_read
from tenants.views.history import render_history
from tests.factories import CompanyFactory, ContractFactory, LotFactory


@pytest.fixture
def ours(world):
    """In our structure, as Alice."""
    with scope.tenant(world.ours.tenant.pk, world.alice.pk):
        yield world.ours


def history_of(objects, **kwargs):
    return read_history(objects, limit=100, **kwargs).changes


def latest(obj, **kwargs):
    return history_of([obj], **kwargs)[0]


def edits(change) -> dict[str, tuple[str, str]]:
    return {edit.field: (edit.before, edit.after) for edit in change.edits}


def test_change_says_who_what_before_after_and_why(ours):
    lot = ours.lot
    lot.title, lot.amount_ht, lot.ends_on = "Peinture et sols", Decimal("12345.678901234567890"), date(2026, 6, 30)
    scope.give_reason("Avenant n° 1")
    lot.save()
    change = latest(lot)
    assert (change.who, change.action, change.why) == ("Alice", "Modification", "Avenant n° 1")
    assert edits(change) == {
        "intitulé": ("Peinture", "Peinture et sols"),
        "montant HT (€)": ("–", "12\u202f345,68"),
        "fin": ("–", "30/06/2026"),
    }


def test_decimals_are_read_exactly(ours):
    ours.lot.amount_ht = Decimal("0.1234567890123456789")
    ours.lot.save()
    assert AuditEntry.objects.order_by("-pk").first().after["amount_ht"] == Decimal("0.1234567890123456789")


def test_creation_comes_first_and_says_nothing_else(ours):
    first = history_of([ours.lot])[-1]
    assert (first.action, first.edits) == ("Création", [])


def test_choices_booleans_keys_and_moments_are_words(ours):
    contract = ours.contract
    other = ContractFactory(buyer=ours.buyer, title="Autre", operation=ours.operation)
    member = Member.objects.get(name="Alice")
    contract.mechanism, contract.followed_by, contract.operation = "reserve_siae", member, None
    contract.save()
    shown = edits(latest(contract))
    assert shown["suivi par"] == ("–", "Alice")
    assert shown["opération"] == ("Réhabilitation des Izards", "–")
    assert shown["mécanisme"] == ("condition d'exécution (L2112-2)", "réservé SIAE (L2113-13)")
    ours.lot.contract = other
    ours.lot.save()
    assert edits(latest(ours.lot))["marché"] == ("Peinture des parties communes", "Autre")
    obligation = ours.lot.obligations.get()
    obligation.is_current = False
    obligation.save()
    assert edits(latest(obligation))["en vigueur"] == ("oui", "non")


def test_key_to_a_row_that_is_gone_is_said(ours):
    operation = ours.operation
    contract = ContractFactory(buyer=ours.buyer, operation=operation)
    contract.operation = None
    contract.save()
    ours.contract.operation = None
    ours.contract.save()
    pk = operation.pk
    operation.delete()
    assert edits(latest(contract))["opération"] == (f"n° {pk}, supprimé", "–")


def test_lists_and_moments(ours, monkeypatch):
    monkeypatch.setattr(Eligibility, "shown", {})
    eligibility = Eligibility.objects.get()
    eligibility.criteria = ["deld", "rsa"]
    eligibility.save()
    assert edits(latest(eligibility))["critères"] == ("deld", "deld, rsa")
    member = Member.objects.get(name="Bob")
    member.ended_at = datetime(2026, 5, 12, 8, 42, tzinfo=UTC)
    member.save()
    assert edits(latest(member))["jusqu'au"] == ("–", "12/05/2026 à 10:42")


def test_archiving_has_its_own_words(ours):
    ours.lot.archived_at = timezone.now()
    ours.lot.save()
    assert latest(ours.lot).action == "Archivage"
    ours.lot.archived_at = None
    ours.lot.save()
    assert latest(ours.lot).action == "Remise en service"


def test_technical_column_alone_makes_no_line(ours):
    type(ours.buyer).objects.filter(pk=ours.buyer.pk).update(external_ref="B9")
    assert AuditEntry.objects.order_by("-pk").first().after == {"external_ref": "B9"}
    # The second line is the account that came with the link: its name is not the structure's to read.
    assert [change.action for change in history_of([ours.buyer])] == ["Création"]


def test_reason_makes_a_line_even_without_a_column_to_show(ours):
    scope.give_reason("Reprise de l'ancien logiciel")
    type(ours.buyer).objects.filter(pk=ours.buyer.pk).update(external_ref="B9")
    assert latest(ours.buyer).why == "Reprise de l'ancien logiciel"


def test_json_only_says_that_it_changed(ours):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reporting_bilan (tenant_id, reference, scope_kind, scope_label, period_from, period_to, state,"
            " return_reason, comments, figures_sha256, created_at)"
            " VALUES (%s, 'R1', 'tenant', 'x', '2026-01-01', '2026-12-31', 'draft', '', '{}', '', now())",
            [ours.tenant.pk],
        )
    bilan = Bilan.objects.get()
    bilan.comments = {"a": "b"}
    bilan.save()
    assert edits(latest(bilan))["commentaires"] == ("…", "modifié")


def test_children_are_named_and_deleted_ones_too(ours):
    lot = ours.lot
    second = CompanyFactory(name="Sols du Sud")
    holder = LotHolder.objects.create(lot=lot, company=second, role="cotraitant", share=Decimal("0.25"))
    holder.role = "sous_traitant"
    holder.save()
    holder.delete()
    LotFactory(contract=ours.contract, holder=second)
    changes = history_of([lot], related=[Children(LotHolder, "lot", lot)])
    assert [change.action for change in changes] == [
        "Suppression · titulaire du lot",
        "Création · titulaire du lot",
        "Création",
    ]
    assert edits(changes[0])["entreprise"] == ("Sols du Sud", "–")
    assert edits(changes[0])["part des heures dues"] == ("0,25", "–")


def test_children_with_a_name_show_it(ours):
    changes = history_of([ours.contract], related=[Children(Lot, "contract", ours.contract)])
    assert f"Création · lot «\u202f{ours.lot}\u202f»" in [change.action for change in changes]


def test_who_is_a_member_a_process_or_an_outsider(world):
    def rename(name: str, user_id: int | None) -> str:
        with scope.tenant(world.ours.tenant.pk, user_id):
            world.ours.lot.title = name
            world.ours.lot.save()
            return latest(world.ours.lot).who

    assert rename("a", world.bob.pk) == "Bob"
    assert rename("b", None) == AUTOMATIC
    assert rename("c", world.dominique.pk) == OUTSIDER


def test_member_who_left_keeps_the_name(world):
    with scope.tenant(world.ours.tenant.pk, world.bob.pk):
        world.ours.lot.title = "x"
        world.ours.lot.save()
        Member.objects.filter(user_id=world.bob.pk).update(ended_at=timezone.now())
        assert latest(world.ours.lot).who == "Bob"


def test_identity_is_masked_from_whoever_may_not_read_people(ours, monkeypatch):
    monkeypatch.setattr(Beneficiary, "personal", frozenset({"last_name", "birth_date"}))
    person = ours.beneficiary
    person.last_name, person.city = "Autre", "Blagnac"
    person.save()
    assert edits(latest(person))["nom"] == ("Dûpont", "Autre")
    masked = edits(latest(person, may_read_people=False))
    assert masked["nom"] == ("masqué", "masqué, changé")
    assert masked["commune"] == ("–", "Blagnac")


def test_people_are_declared_personal():
    assert {"last_name", "first_name", "birth_date", "email", "phone"} <= Beneficiary.personal


def test_model_words_its_own_values(ours, monkeypatch):
    monkeypatch.setattr(Lot, "shown", {"title": str.upper})
    monkeypatch.setattr(Eligibility, "shown", {"criteria": str.upper})
    ours.lot.title = "sols"
    ours.lot.save()
    assert edits(latest(ours.lot))["intitulé"] == ("PEINTURE", "SOLS")
    eligibility = Eligibility.objects.get()
    eligibility.criteria = ["rsa", "th"]
    eligibility.save()
    assert edits(latest(eligibility))["critères"] == ("DELD", "RSA, TH")


def test_history_of_the_other_structure_is_empty(world):
    with scope.tenant(world.theirs.tenant.pk):
        assert history_of([world.ours.lot]) == []
        assert len(history_of([world.theirs.lot])) == 1


def test_history_reads_on_from_where_it_stopped(ours):
    for number in range(5):
        ours.lot.title = f"Titre {number}"
        ours.lot.save()
    seen, before = [], None
    for _ in range(3):
        page = read_history([ours.lot], limit=2, before_id=before)
        seen += [change.id for change in page.changes]
        before = page.next_id
    assert before is None
    assert seen == [change.id for change in history_of([ours.lot])]
    assert len(seen) == 6


@pytest.mark.parametrize("count", [1, 3, 30])
def test_queries_do_not_grow_with_the_changes(ours, count, django_assert_num_queries):
    for number in range(count):
        PublicContract.objects.filter(pk=ours.contract.pk).update(title=f"Titre {number}", operation=None)
        PublicContract.objects.filter(pk=ours.contract.pk).update(operation=ours.operation)
    with django_assert_num_queries(3):
        history_of([ours.contract])


def history_page(world, query: str = "") -> str:
    request = RequestFactory().get(f"/{query}")
    request.user = world.alice
    request.session = {}
    request.area = Area("tenant", world.ours.tenant.pk, "x", "reader", 1, "Alice", is_demo=False)
    return render_history(request, world.ours.lot, crumbs=[], title="Lot 1").content.decode()


def test_page_shows_changes_and_leads_to_older_ones(world, monkeypatch):
    monkeypatch.setattr("tenants.views.history.SHOWN", 1)
    with scope.tenant(world.ours.tenant.pk, world.alice.pk):
        scope.give_reason("Erreur de saisie")
        world.ours.lot.title = "<b>Sols</b>"
        world.ours.lot.save()
        page = history_page(world)
        assert "&lt;b&gt;Sols&lt;/b&gt;" in page
        assert "Erreur de saisie" in page
        older = page.partition("?avant=")[2].partition('"')[0]
        assert "Création" in history_page(world, f"?avant={older}")
        assert "Aucune modification" in history_page(world, "?avant=1")
        assert "Sols" in history_page(world, "?avant=x")


def test_read_log_says_who_read_which_part(world):
    with scope.tenant(world.ours.tenant.pk):
        member = Member.objects.get(name="Bob")
        log_read(member_id=member.pk, obj=world.ours.beneficiary, part="critères")
        row = ReadLog.objects.get()
        assert (row.member, row.table, row.row_id, row.part) == (
            member,
            "beneficiaries_beneficiary",
            world.ours.beneficiary.pk,
            "critères",
        )
