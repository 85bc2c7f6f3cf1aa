"""Celery's leaves: primitives in, the structure first, one service call."""

from celery import shared_task

from tenants.services import heartbeat as heartbeat_service
from tenants.services import housekeeping, jobs, mail


@shared_task(name="tenants.run_job")
def run_job(tenant_id: int, job_id: int) -> None:
    jobs.run_job(tenant_id=tenant_id, job_id=job_id)


@shared_task(name="tenants.sweep_jobs")
def sweep_jobs() -> None:
    """Posts again what the broker lost or what a dead worker left."""
    jobs.repost_due_jobs()


@shared_task(name="tenants.send_due_mails")
def send_due_mails() -> None:
    mail.send_due_mails()


@shared_task(name="tenants.clean_up")
def clean_up() -> None:
    housekeeping.clean_up()


@shared_task(name="tenants.heartbeat")
def heartbeat() -> None:
    heartbeat_service.beat()
