"""The pages of a bilan: asked for, made, handed over, returned, deleted."""

from datetime import date

import pytest

from reporting.enums import ScopeKind
from reporting.indicators.source import Perimeter
from reporting.models import Bilan
from reporting.services import bilans
from tenants import scope
from tenants.models import Document, Member
from tenants.services import jobs
from tests.within import errors, said, shown

URL = "/bilans/nouveau/"
WHOLE_YEAR = {"perimetre": "tenant", "de": "2026-01", "a": "2026-12"}


@pytest.fixture
def draft(world):
    with scope.tenant(world.ours.tenant.pk):
        member = Member.objects.get(user=world.alice)
        perimeter = Perimeter(ScopeKind.BUYER, world.ours.buyer.pk)
        return bilans.create_bilan(
            perimeter=perimeter, first=date(2026, 1, 1), last=date(2026, 12, 1), comments={}, member_id=member.pk
        )


@pytest.fixture
def ready(world, draft):
    """As if its files had been made."""
    with scope.tenant(world.ours.tenant.pk):
        document = Document.objects.create(name="x", content_type="x", size=1, sha256="x", storage_key="x")
        Bilan.objects.filter(pk=draft.pk).update(pdf=document, xlsx=document)
    return draft


def stored(world, bilan):
    with scope.tenant(world.ours.tenant.pk):
        return Bilan.objects.get(pk=bilan.pk)


def step(client, bilan, state, **data):
    return client.post(f"/bilans/{bilan.pk}/etat/{state}/", data)


def test_bilan_is_asked_for_with_its_comments(world, alice):
    assert alice.get(URL, WHOLE_YEAR).status_code == 200
    answer = alice.post(URL, WHOLE_YEAR | {"contexte": "Trois chantiers."})
    with scope.tenant(world.ours.tenant.pk):
        (bilan,) = Bilan.objects.all()
    assert answer["Location"] == f"/bilans/{bilan.pk}/"
    assert "demandé" in said(answer)[0]
    assert bilan.comments["contexte"] == "Trois chantiers."
    assert "Préparation du bilan" in shown(alice.get(answer["Location"]))


def test_comment_too_long_is_refused_and_nothing_typed_is_lost(world, alice):
    answer = alice.post(URL, WHOLE_YEAR | {"contexte": "x" * 5_001, "parcours": "Deux embauches."})
    assert answer.status_code == 422
    assert "5000" in errors(answer, "contexte").replace("\u202f", "").replace("\xa0", "")
    assert "Deux embauches." in shown(answer)
    assert 'aria-invalid="true"' in shown(answer)
    with scope.tenant(world.ours.tenant.pk):
        assert not Bilan.objects.exists()


def test_period_that_cannot_be_read_is_said_and_what_was_typed_stays(alice):
    answer = alice.post(URL, WHOLE_YEAR | {"a": "2025-01", "contexte": "Trois chantiers."})
    assert answer.status_code == 422
    assert "La fin précède le début" in errors(answer, "a")
    assert "Trois chantiers." in shown(answer)


def test_preview_waits_for_the_figures_then_shows_them(world, alice, draft):
    early = alice.get(f"/bilans/{draft.pk}/apercu/")
    assert early["Location"] == f"/bilans/{draft.pk}/"
    assert said(early) == ["Les chiffres de ce bilan ne sont pas encore arrêtés."]
    jobs.run_job(tenant_id=world.ours.tenant.pk, job_id=draft.job_id)
    preview = alice.get(f"/bilans/{draft.pk}/apercu/")
    assert "Office de l'habitat" in shown(preview)
    assert "833" in shown(preview)
    assert preview["X-Frame-Options"] == "SAMEORIGIN"
    assert "Télécharger le PDF" in shown(alice.get(f"/bilans/{draft.pk}/"))


def test_bilan_without_its_files_is_not_handed_over(world, alice, draft):
    assert alice.get(f"/bilans/{draft.pk}/").context["steps"] == []
    answer = step(alice, draft, "submitted")
    assert answer.status_code == 302
    assert "Le bilan est maintenant" not in said(answer)[0]
    assert stored(world, draft).state == "draft"


def test_whole_round_of_states(world, alice, ready):
    for state, label in (
        ("submitted", "Transmettre au donneur d'ordre"),
        ("returned", "Noter un renvoi"),
        ("submitted", "Transmettre au donneur d'ordre"),
        ("validated", "Noter la validation"),
        ("archived", "Archiver"),
    ):
        assert label in shown(alice.get(f"/bilans/{ready.pk}/"))
        answer = step(alice, ready, state, reason="Le lot 2 manque.")
        assert "Le bilan est maintenant" in said(answer)[-1]
        assert stored(world, ready).state == state
    assert stored(world, ready).return_reason == "Le lot 2 manque."
    assert alice.get(f"/bilans/{ready.pk}/").context["steps"] == []


@pytest.mark.parametrize(("reason", "message"), [("", "Un renvoi se motive"), ("x" * 2_001, "au plus 2")])
def test_return_without_a_reason_that_can_be_kept(world, alice, ready, reason, message):
    step(alice, ready, "submitted")
    assert message in said(step(alice, ready, "returned", reason=reason))[-1]
    assert stored(world, ready).state == "submitted"


def test_draft_is_deleted_and_what_was_handed_over_is_not(world, alice, ready):
    step(alice, ready, "submitted")
    assert "Seul un brouillon se supprime" in said(alice.post(f"/bilans/{ready.pk}/supprimer/"))[-1]
    assert stored(world, ready).state == "submitted"
    with scope.tenant(world.ours.tenant.pk):
        Bilan.objects.filter(pk=ready.pk).update(state="draft")
    answer = alice.post(f"/bilans/{ready.pk}/supprimer/")
    assert answer["Location"] == "/bilans/"
    with scope.tenant(world.ours.tenant.pk):
        assert not Bilan.objects.exists()


@pytest.mark.parametrize("count", [1, 3, 30])
def test_list_takes_as_many_queries_whatever_its_length(world, alice, django_assert_num_queries, count):
    with scope.tenant(world.ours.tenant.pk):
        for _ in range(count):
            Bilan.objects.create(
                scope_kind="buyer", scope_id=world.ours.buyer.pk, buyer=world.ours.buyer, scope_label="Office",
                period_from="2026-01-01", period_to="2026-12-31",
            )  # fmt: skip
    with django_assert_num_queries(11):
        assert len(alice.get("/bilans/").context["bilans"]) == count
