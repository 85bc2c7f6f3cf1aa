"""Asking for the sums of lots to be computed again. The computation is reporting's, called by the name of its task."""

from functools import partial

from django.db import transaction

from tenants import scope
from tenants.services import jobs

RECOMPUTATION_TASK = "reporting.recompute_progress"


def request_recomputation() -> None:
    """Once the open transaction is committed, have a worker recompute the stale lots of the structure that is open.

    The marks are written by triggers in that transaction; a message lost here is made up for by the sweep.
    """
    transaction.on_commit(partial(jobs.post, RECOMPUTATION_TASK, [scope.current_tenant_id()]))
