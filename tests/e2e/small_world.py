"""A small structure where each main page has something to show, whatever the day: run by `manage.py shell`."""

from datetime import date
from pathlib import Path

from beneficiaries.models import EmploymentContract
from clauses.models import PublicContract
from clauses.services import decp_jobs
from contractors.models import Contact
from lib.dates import add_months, month_of, today_paris
from reporting.enums import BilanState, ScopeKind
from reporting.indicators.source import Perimeter
from reporting.services import bilans
from reporting.services.progress import recompute_progress
from tenants import scope
from tenants.models import BuyerAccount, Job, Member
from tenants.services.jobs import run_job
from tests import factories

DECP = Path(__file__).resolve().parents[1] / "data/decp/marches_avec_modifications.json"


def build() -> None:
    world = factories.World.build()
    house, today = world.ours, today_paris()
    with scope.tenant(house.tenant.pk, world.alice.pk):
        PublicContract.objects.update(starts_on=date(today.year - 1, 1, 1), ends_on=date(today.year + 1, 12, 31))
        EmploymentContract.objects.update(starts_on=date(today.year - 1, 1, 1))
        for months, kind, status in (
            (2, "travail", "validee"),
            (1, "travail", "refusee"),
            (1, "formation", "controlee"),
        ):
            factories.HourEntryFactory(
                assignment=house.assignment,
                month=add_months(today, -months),
                kind=kind,
                status=status,
            )
        factories.LotFactory(contract=house.contract, number="2", title="Sols")
        Contact.objects.create(company=house.company, name="Ana Garrigue", email="ana@peinture.example")
        _bilan(world)
        _trial(world)
    recompute_progress(tenant_id=house.tenant.pk, today=today)
    _newcomers()


def _newcomers() -> None:
    """A structure without anything, and a person of two accounts of donneurs d'ordre that are not linked to any."""
    with scope.none():
        newcomer = factories.UserFactory(email="nouvelle@exemple.test", name="Nadège")
        reader = factories.UserFactory(email="nouveau-bailleur@exemple.test", name="Nestor")
    with scope.operator():
        tenant = factories.TenantFactory(name="Maison neuve")
        accounts = [BuyerAccount.objects.create(name=name) for name in ("Habitat neuf", "Habitat du port")]
    factories.join_structure(tenant, newcomer, "administrator")
    for account in accounts:
        factories.join_account(account, reader, "administrator")


def _bilan(world: factories.World) -> None:
    member = Member.objects.get(user=world.alice)
    last = add_months(month_of(today_paris()), -1)
    bilan = bilans.create_bilan(
        perimeter=Perimeter(ScopeKind.OPERATION, world.ours.operation.pk),
        first=add_months(last, -11),
        last=last,
        comments={"contexte": "Deux bâtiments livrés."},
        member_id=member.pk,
    )
    _run(bilan.job)
    bilan.refresh_from_db()
    bilans.change_state(bilan=bilan, to=BilanState.SUBMITTED)


def _trial(world: factories.World) -> None:
    member = Member.objects.get(user=world.alice)
    _run(decp_jobs.request_trial(content=DECP.read_bytes(), name=DECP.name, member_id=member.pk))


def _run(job: Job) -> None:
    run_job(tenant_id=job.tenant_id, job_id=job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error
