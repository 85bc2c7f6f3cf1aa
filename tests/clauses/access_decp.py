from io import BytesIO

from clauses.services import decp_jobs
from tenants import scope
from tenants.enums import JobState
from tenants.models import Job, Member
from tests.access import OBJECT, PAGE, WRITE, Row
from tests.clauses.decp_rows import as_file, row
from tests.factories import World

FORM = PAGE.but(bob=403)


def trial(world: World) -> dict[str, int]:
    """A trial of ours, done."""
    with scope.tenant(world.ours.tenant.pk):
        member = Member.objects.get(user=world.alice)
        job = decp_jobs.request_trial(content=as_file(row()).getvalue(), name="decp.json", member_id=member.pk)
        counts = dict.fromkeys(("read", "created", "updated", "unchanged", "refused", "warnings", "republications"), 1)
        result = {"counts": counts, "notes": [], "refused": [], "warnings": [], "republications": []}
        Job.objects.filter(pk=job.pk).update(state=JobState.DONE, result=result)
        return {"pk": job.pk}


class Upload(BytesIO):
    """Each person in turn sends it from its beginning."""

    name = "decp.json"

    def read(self, size: int | None = -1, /) -> bytes:
        self.seek(0)
        return super().read(size)


def upload(world: World) -> dict[str, object]:
    return {"file": Upload(as_file(row()).getvalue())}


ROWS = [
    Row("clauses:decp_import", FORM),
    Row("clauses:decp_import", FORM.but(alice=302, charlie=302), "POST", data=upload),
    Row("clauses:decp_report", OBJECT.but(bob=403), kwargs=trial),
    Row("clauses:decp_take", WRITE, "POST", kwargs=trial),
]
