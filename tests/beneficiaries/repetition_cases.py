import csv
import zipfile
from io import BytesIO, StringIO
from typing import Any

from beneficiaries.models import HourEntry
from beneficiaries.services import portfolio
from tenants import scope
from tenants.models import Document, Job, Member
from tenants.services.jobs import run_job
from tests.beneficiaries.folders import sound_rows
from tests.factories import World
from tests.repetition import Case


def archive() -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as target:
        for name, rows in sound_rows().items():
            lines = StringIO()
            writer = csv.DictWriter(lines, list(rows[0]), restval="")
            writer.writeheader()
            writer.writerows(rows)
            target.writestr(f"{name}.csv", lines.getvalue())
    return content.getvalue()


def check_asked(world: World) -> Job:
    with scope.tenant(world.ours.tenant.pk):
        member = Member.objects.get(user_id=world.alice.pk)
        return portfolio.request_check(content=archive(), name="portefeuille.zip", member_id=member.pk)


def import_asked(world: World) -> Job:
    check = check_asked(world)
    run_job(tenant_id=check.tenant_id, job_id=check.pk)
    with scope.tenant(world.ours.tenant.pk):
        check.refresh_from_db()
        return portfolio.request_import(check=check, member_id=check.created_by_id)


def export_asked(world: World) -> Job:
    with scope.tenant(world.ours.tenant.pk):
        member = Member.objects.get(user_id=world.alice.pk)
        return portfolio.request_export(member_id=member.pk)


def left(kind: str) -> Any:
    """State and attempts of the job, lines of hours, documents kept."""

    def facts(world: World) -> tuple[str, int, int, int]:
        with scope.tenant(world.ours.tenant.pk):
            job = Job.objects.get(kind=kind)
            return job.state, job.attempts, HourEntry.objects.count(), Document.objects.count()

    return facts


JOBS = {
    portfolio.CHECK: Case(check_asked, left(portfolio.CHECK), expected=("done", 1, 1, 1)),
    portfolio.IMPORT: Case(import_asked, left(portfolio.IMPORT), expected=("done", 1, 6, 0)),
    portfolio.EXPORT: Case(export_asked, left(portfolio.EXPORT), expected=("done", 1, 1, 1)),
}
