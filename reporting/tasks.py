"""Celery's leaves of reporting: primitives in, the structure first, one service call."""

from celery import shared_task

from reporting.services import progress
from tenants.services import jobs


@shared_task(name="reporting.recompute_progress")
def recompute_progress(tenant_id: int) -> None:
    progress.recompute_progress(tenant_id=tenant_id)


@shared_task(name="reporting.sweep_progress")
def sweep_progress() -> None:
    progress.sweep_progress()


@shared_task(name="reporting.reconcile")
def reconcile(tenant_id: int) -> None:
    progress.reconcile(tenant_id=tenant_id)


@shared_task(name="reporting.start_reconciliations")
def start_reconciliations() -> None:
    """One task a structure, so that a large one does not hold the others up."""
    for tenant_id in jobs.tenant_ids():
        jobs.post("reporting.reconcile", [tenant_id], "reports")
