"""Setting what a lot owes: versions, each frozen with its parameters and its result."""

from dataclasses import asdict
from datetime import date

from django.db import transaction
from django.db.models import Max

from clauses.models import Amendment, Lot, Obligation
from clauses.services.progress import request_recomputation
from lib.obligation_rules import Terms, due_hours


def set_obligation(
    *,
    lot: Lot,
    terms: Terms,
    signed_on: date | None = None,
    amendment: Amendment | None = None,
    member_id: int | None = None,
) -> Obligation:
    """A new version in force, the one before kept. Raises ObligationError (lib.obligation_rules) on terms at fault."""
    due = due_hours(terms)
    with transaction.atomic():
        # Two people at once: the second waits here, then takes the next number.
        Lot.objects.select_for_update(of=("self",)).get(pk=lot.pk)
        versions = Obligation.objects.filter(lot=lot)
        last = versions.aggregate(last=Max("version"))["last"] or 0
        versions.filter(is_current=True).update(is_current=False)
        obligation = Obligation.objects.create(
            lot=lot,
            version=last + 1,
            due=due,
            signed_on=signed_on,
            amendment=amendment,
            set_by_id=member_id,
            **asdict(terms),
        )
        request_recomputation()
    return obligation
