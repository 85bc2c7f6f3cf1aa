from datetime import date
from typing import Any

import redis
from django.conf import settings

from clauses.models import LotProgress, StaleLot
from reporting.enums import ScopeKind
from reporting.indicators.source import Perimeter
from reporting.models import Bilan
from reporting.services import bilans
from tenants import scope
from tenants.models import Document, Job, Member
from tests.factories import World
from tests.repetition import Case


def stale(world: World) -> list[Any]:
    return [world.ours.tenant.pk]


def progress_of_ours(world: World) -> tuple[list[tuple[Any, Any]], int]:
    with scope.tenant(world.ours.tenant.pk):
        rows = LotProgress.objects.order_by("pk").values_list("due", "validated")
        return list(rows), StaleLot.objects.count()


def no_message(world: World) -> list[Any]:
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.delete("interactive", "reports")
    return []


def messages(queue: str) -> Any:
    """Whether the work was posted: twice is harmless, its own case says so."""

    def found(world: World) -> bool:
        with redis.Redis.from_url(settings.REDIS_URL) as broker:
            return bool(broker.llen(queue))

    return found


def bilan_asked(world: World) -> Job:
    with scope.tenant(world.ours.tenant.pk):
        member = Member.objects.get(user_id=world.alice.pk)
        bilan = bilans.create_bilan(
            perimeter=Perimeter(ScopeKind.OPERATION, world.ours.operation.pk),
            first=date(2026, 1, 1),
            last=date(2026, 12, 1),
            comments={},
            member_id=member.pk,
        )
        assert bilan.job is not None
        return bilan.job


def files_kept(world: World) -> tuple[int, int, str]:
    with scope.tenant(world.ours.tenant.pk):
        bilan = Bilan.objects.select_related("job").get()
        return Document.objects.count(), [bilan.pdf_id, bilan.xlsx_id].count(None), bilan.job.state


COMPUTED = ([(833, 100)], 0)
TASKS = {
    "reporting.recompute_progress": Case(stale, progress_of_ours, expected=COMPUTED),
    "reporting.reconcile": Case(stale, progress_of_ours, expected=COMPUTED),
    "reporting.sweep_progress": Case(no_message, messages("interactive"), expected=True),
    "reporting.start_reconciliations": Case(no_message, messages("reports"), expected=True),
}
JOBS = {bilans.JOB_KIND: Case(bilan_asked, files_kept, expected=(2, 0, "done"))}
