"""What the workers are given to do, and what is read of it afterwards."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from pypdf import PdfReader

from beneficiaries.models import HourEntry
from beneficiaries.services.portfolio import EXPORT
from clauses.models import LotMonth, LotProgress, StaleLot
from clauses.services.progress import request_recomputation
from reporting.enums import ScopeKind
from reporting.indicators.source import Perimeter
from reporting.models import Bilan
from reporting.services.bilans import create_bilan
from tenants import scope
from tenants.models import Document, Job, Member, OutboxMail
from tenants.services import jobs
from tenants.services.documents import read_document
from tenants.services.mail import queue_mail
from tests.factories import World


def in_ours(world: World, read: Callable[[], Any]) -> Any:
    with scope.tenant(world.ours.tenant.pk):
        return read()


def change_hours(world: World, hours: int) -> None:
    """As a saved cell does: the lines, their marks, and after the commit the message."""
    with scope.tenant(world.ours.tenant.pk):
        scope.give_reason("essai")
        HourEntry.objects.update(hours=hours)
        request_recomputation()


def progress(world: World) -> tuple[Any, ...]:
    """What is stored of the hours, and how many marks are left."""
    answers = list(LotProgress.objects.order_by("lot").values_list("validated", flat=True))
    months = list(LotMonth.objects.order_by("lot", "month", "kind").values_list("validated", flat=True))
    return answers, months, StaleLot.objects.count()


def start_bilan(world: World) -> Job:
    def ask() -> Job:
        member = Member.objects.get(user_id=world.alice.pk)
        perimeter = Perimeter(ScopeKind.OPERATION, world.ours.operation.pk)
        bilan = create_bilan(
            perimeter=perimeter, first=date(2026, 1, 1), last=date(2026, 12, 1), comments={}, member_id=member.pk
        )
        assert bilan.job is not None
        return bilan.job

    job: Job = in_ours(world, ask)
    return job


def start_exports(world: World, count: int) -> list[Job]:
    def ask() -> list[Job]:
        member = Member.objects.get(user_id=world.alice.pk)
        return [jobs.start_job(kind=EXPORT, params={}, created_by_id=member.pk) for _ in range(count)]

    started: list[Job] = in_ours(world, ask)
    return started


def write_mails(world: World, *addresses: str) -> None:
    with scope.tenant(world.ours.tenant.pk):
        for address in addresses:
            queue_mail(to=address, subject="Rappel", body="Vos heures ?")


def addresses(count: int) -> list[str]:
    return [f"a{number}@exemple.test" for number in range(count)]


def states(world: World) -> Counter[str]:
    return Counter(in_ours(world, lambda: list(Job.objects.values_list("state", flat=True))))


def is_rendering(world: World) -> bool:
    """Its figures are frozen, its pages are not stored."""
    return bool(in_ours(world, lambda: Bilan.objects.filter(figures__isnull=False, pdf=None).exists()))


def is_held_up(world: World) -> bool:
    """Whether a worker's statement waits for our lock."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_stat_activity a USING (pid)"
            " WHERE NOT granted AND a.datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


def stored_files() -> list[Path]:
    return [path for path in Path(settings.DOCUMENTS_DIR).rglob("*") if path.is_file()]


def results() -> list[int]:
    """The documents that jobs and bilans name, each as often as it is named."""
    exported = [result["document"] for result in Job.objects.filter(kind=EXPORT).values_list("result", flat=True)]
    files = [file for bilan in Bilan.objects.all() for file in (bilan.pdf_id, bilan.xlsx_id)]
    return sorted([*exported, *files])


def kept() -> list[int]:
    return list(Document.objects.order_by("pk").values_list("pk", flat=True))


def assert_readable(bilan: Bilan) -> None:
    assert bilan.reference in PdfReader(BytesIO(read_document(bilan.pdf))).pages[0].extract_text()
    assert read_document(bilan.xlsx).startswith(b"PK")


def mail_states() -> list[str]:
    with scope.worker():
        return list(OutboxMail.objects.order_by("pk").values_list("state", flat=True))
