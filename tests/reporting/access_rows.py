"""Routes of reporting (tests/access.py)."""

from datetime import date

from reporting.enums import ScopeKind
from reporting.indicators.source import Perimeter
from reporting.models import Bilan
from reporting.services import bilans
from tenants import scope
from tenants.models import Document, Member
from tests.access import BUYER_OBJECT, BUYER_PAGE, OBJECT, PAGE, WRITE, Row
from tests.factories import World


def draft(world: World) -> dict[str, int]:
    with scope.tenant(world.ours.tenant.pk):
        bilan = bilans.create_bilan(
            perimeter=Perimeter(ScopeKind.OPERATION, world.ours.operation.pk),
            first=date(2026, 1, 1),
            last=date(2026, 12, 1),
            comments={},
            member_id=Member.objects.get(user=world.alice).pk,
        )
    return {"pk": bilan.pk}


def submitted(world: World) -> dict[str, int]:
    found = draft(world)
    with scope.tenant(world.ours.tenant.pk):
        document = Document.objects.create(name="x", content_type="x", size=1, sha256="x", storage_key="x")
        Bilan.objects.filter(pk=found["pk"]).update(state="submitted", pdf=document, xlsx=document)
    return found


ROWS = [
    Row("reporting:home", PAGE),
    Row("reporting:month_lots", PAGE, kwargs=lambda w: {"month": date(2026, 10, 1), "collected": "sans_personne"}),
    Row("reporting:figures", PAGE),
    Row("reporting:figures_rates", PAGE),
    Row("reporting:figures_years", PAGE),
    Row("reporting:search", PAGE),
    Row("reporting:lot_progress", OBJECT, kwargs=lambda w: {"pk": w.ours.lot.pk}),
    Row("reporting:bilan_list", PAGE),
    Row("reporting:bilan_create", PAGE.but(bob=403)),
    Row(
        "reporting:bilan_create",
        WRITE.but(charlie=302),
        "POST",
        data=lambda w: {"perimetre": "tenant", "de": "2026-01", "a": "2026-12"},
    ),
    Row("reporting:bilan_page", OBJECT, kwargs=draft),
    Row("reporting:bilan_preview", OBJECT.but(alice=302, bob=302), kwargs=draft),
    Row(
        "reporting:bilan_state",
        WRITE,
        "POST",
        kwargs=lambda w: {**submitted(w), "state": "returned"},
        data=lambda w: {"reason": "Il manque un lot."},
    ),
    Row("reporting:bilan_delete", WRITE, "POST", kwargs=draft),
    Row("reporting:bilan_history", OBJECT, kwargs=draft),
    Row("reporting:buyer_dashboard", BUYER_PAGE),
    Row("reporting:buyer_contracts", BUYER_PAGE),
    Row("reporting:buyer_contract", BUYER_OBJECT, kwargs=lambda w: {"pk": w.ours.contract.pk}),
    Row("reporting:buyer_bilans", BUYER_PAGE),
]
