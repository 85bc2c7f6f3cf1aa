from clauses.models import PublicContract
from clauses.services import decp_jobs
from tenants import scope
from tenants.models import Job, Member
from tenants.services.jobs import run_job
from tests.clauses.decp_rows import as_file, row
from tests.factories import World
from tests.repetition import Case


def trial_asked(world: World) -> Job:
    with scope.tenant(world.ours.tenant.pk):
        member = Member.objects.get(user_id=world.alice.pk)
        return decp_jobs.request_trial(content=as_file(row()).getvalue(), name="decp.json", member_id=member.pk)


def import_asked(world: World) -> Job:
    trial = trial_asked(world)
    run_job(tenant_id=trial.tenant_id, job_id=trial.pk)
    with scope.tenant(world.ours.tenant.pk):
        trial.refresh_from_db()
        return decp_jobs.request_import(trial=trial, member_id=trial.created_by_id)


def contracts_taken(world: World) -> tuple[int, list[str], list[int]]:
    """Marchés taken from the file, states and attempts of the imports."""
    with scope.tenant(world.ours.tenant.pk):
        imports = Job.objects.filter(kind=decp_jobs.IMPORT).order_by("pk")
        return (
            PublicContract.objects.filter(external_ref__startswith="decp:").count(),
            list(imports.values_list("state", flat=True)),
            list(imports.values_list("attempts", flat=True)),
        )


def trial_done(world: World) -> tuple[int, str, int]:
    with scope.tenant(world.ours.tenant.pk):
        job = Job.objects.get(kind=decp_jobs.TRIAL)
        created = job.result.get("counts", {}).get("created", 0)
        return created, job.state, PublicContract.objects.filter(external_ref__startswith="decp:").count()


JOBS = {
    decp_jobs.TRIAL: Case(trial_asked, trial_done, expected=(1, "done", 0)),
    decp_jobs.IMPORT: Case(import_asked, contracts_taken, expected=(1, ["done"], [1])),
}
