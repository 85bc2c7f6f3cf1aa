"""« Données »: what is refused between a check and its import, and what becomes of archives that wait."""

from datetime import date
from html import unescape

from beneficiaries.models import HourEntry
from beneficiaries.services import portfolio
from tenants import scope
from tenants.models import Document, Job
from tenants.services.jobs import run_job
from tests.beneficiaries.repetition_cases import archive
from tests.beneficiaries.test_portfolio_archive import count, page, sent, upload, work_off
from tests.factories import AssignmentFactory, HourEntryFactory, LotFactory
from tests.within import said, shown


def test_hours_typed_since_the_check_may_refuse_the_import(world, alice):
    upload(alice, archive())
    check = work_off(world)
    with scope.tenant(world.ours.tenant.pk):
        elsewhere = AssignmentFactory(employment=world.ours.employment, lot=LotFactory())
        HourEntryFactory(assignment=elsewhere, month=date(2024, 4, 1), hours=700)
        before = HourEntry.objects.count()
    sent(alice, "portfolio_import", check.pk)
    refused = work_off(world)
    assert (refused.state, refused.result["errors"]) == ("done", 1)
    text = unescape(page(alice, refused))
    assert "rien n'a été écrit" in text
    assert "Une partie est déjà dans la structure." in text
    assert count(world, HourEntry) == before


def test_only_a_sound_check_is_imported(world, alice):
    upload(alice, archive())
    check = work_off(world)
    with scope.tenant(world.ours.tenant.pk):
        Job.objects.filter(pk=check.pk).update(result=check.result | {"errors": 1})
    assert said(sent(alice, "portfolio_import", check.pk)) == ["Seul un essai sans erreur peut être importé."]
    with scope.tenant(world.ours.tenant.pk):
        assert not Job.objects.filter(kind=portfolio.IMPORT).exists()


def test_check_whose_archive_is_gone_is_not_imported(world, alice):
    upload(alice, archive())
    first = work_off(world)
    upload(alice, archive())
    (refusal,) = said(sent(alice, "portfolio_import", first.pk))
    assert refusal == "Les fichiers de cet essai ne sont plus là. Déposez-les de nouveau."


def test_archive_that_waits_for_its_import_stays(world, alice):
    upload(alice, archive())
    check = work_off(world)
    sent(alice, "portfolio_import", check.pk)
    upload(alice, archive())
    assert count(world, Document) == 2
    with scope.tenant(world.ours.tenant.pk):
        waiting = Job.objects.get(kind=portfolio.IMPORT)
    run_job(tenant_id=waiting.tenant_id, job_id=waiting.pk)
    assert "Le portefeuille est importé" in page(alice, waiting)


def test_page_says_what_each_archive_gave(world, alice):
    upload(alice, archive())
    work_off(world)
    sent(alice, "portfolio_export")
    work_off(world)
    answer = alice.get("/donnees/")
    assert answer.context["jobs"][0]["outcome"] == ""
    assert answer.context["jobs"][1]["outcome"] == "Aucune anomalie"
    assert "Aucune anomalie" in shown(answer)


def test_third_export_keeps_one_archive_and_each_has_its_page(world, alice):
    for _ in range(3):
        sent(alice, "portfolio_export")
        last = work_off(world)
    assert count(world, Document) == 1
    assert f"/donnees/{last.pk}/" in shown(alice.get(f"/structure/travaux/{last.pk}/"))
