"""What is taken away, and what stays: old or not, ended or not. Run twice and at once: repetition_cases.py."""

from datetime import timedelta

import pytest
from django.db.utils import ProgrammingError
from django.utils import timezone

from tenants import scope
from tenants.models import OutboxMail, SignedLink
from tenants.services import housekeeping
from tenants.services.links import issue_link
from tenants.services.mail import queue_mail

LONG_AGO = housekeeping.LINKS_KEPT + timedelta(days=1)
LATELY = housekeeping.LINKS_KEPT - timedelta(days=1)


def a_link(world, **dates) -> str:
    """Its address tells which one it is."""
    email = f"{'-'.join(dates) or 'usable'}-{max(dates.values(), default=timedelta()).days}@exemple.test"
    link, _ = issue_link(purpose="tenant_invitation", email=email, role="reader", tenant_id=world.ours.tenant.pk)
    SignedLink.objects.filter(pk=link.pk).update(**{name: timezone.now() - ago for name, ago in dates.items()})
    return email


@pytest.mark.parametrize("how", ["used_at", "revoked_at", "expires_at"])
def test_links_ended_for_long_are_deleted_and_no_other(world, how):
    with scope.tenant(world.ours.tenant.pk):
        kept = {a_link(world), a_link(world, **{how: LATELY})}
        a_link(world, **{how: LONG_AGO})
    with scope.worker():
        assert housekeeping.delete_old_links() == 1
        assert housekeeping.delete_old_links() == 0
    with scope.tenant(world.ours.tenant.pk):
        assert set(SignedLink.objects.values_list("email", flat=True)) == kept


def test_worker_deletes_no_link_that_can_still_be_used_and_reads_nobodys_address(world):
    with scope.tenant(world.ours.tenant.pk):
        a_link(world)
    with scope.worker():
        assert SignedLink.objects.all().delete()[0] == 0
    for column in ("email", "token_digest"):
        with pytest.raises(ProgrammingError, match="permission denied"), scope.worker():
            list(SignedLink.objects.values_list(column))


def test_old_mails_are_deleted_unless_they_wait(world):
    states = ("waiting", "sending", "sent", "failed", "uncertain")
    with scope.none():
        for state in states:
            for age in ("old", "young"):
                queue_mail(to=f"{state}-{age}@exemple.test", subject="x", body="x")
    with scope.worker():
        for state in states:
            OutboxMail.objects.filter(to__startswith=state).update(state=state)
        OutboxMail.objects.filter(to__contains="old").update(
            created_at=timezone.now() - housekeeping.MAILS_KEPT - timedelta(days=1)
        )
        assert housekeeping.delete_old_mails() == 3
        left = set(OutboxMail.objects.values_list("to", flat=True))
    assert left == {f"{state}-young@exemple.test" for state in states} | {
        "waiting-old@exemple.test", "sending-old@exemple.test",
    }  # fmt: skip
