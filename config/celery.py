"""The Celery application: queues, time limits and why they are what they are (docs/architecture.md, « Jobs »)."""

import os
import warnings
from typing import Any

from celery import Celery
from celery.exceptions import CPendingDeprecationWarning
from celery.signals import worker_init, worker_ready
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("clauseo")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def refuse_unsafe_start(**kwargs: Any) -> None:
    from tenants.startup import refuse_unsafe_start as refuse

    try:
        refuse()
    except ImproperlyConfigured as error:
        # Celery logs what a signal raises and goes on, but for this.
        raise SystemExit(str(error)) from error


@worker_ready.connect
def keep_quiet_about_our_choice(**_: Any) -> None:
    """Celery advises at each loss of the broker to cancel what is running; settings/base.py says why we do not.

    Here and not at import: Celery asks for the advice when it sets its logs up.
    """
    warnings.filterwarnings("ignore", r"\s*In Celery 5\.1 we introduced", CPendingDeprecationWarning)


@worker_ready.connect
def beat_at_once(**_: Any) -> None:
    """Beat asks for the first one after 15 seconds only: until then /healthz would call a fresh start degraded."""
    from tenants.services import heartbeat

    heartbeat.beat()
