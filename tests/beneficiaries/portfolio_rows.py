"""Access to the pages of the portfolio: readers neither take it away nor bring one in."""

import zipfile
from io import BytesIO
from typing import Any

from beneficiaries.services import portfolio
from lib.filetype import FileKind
from tenants import scope
from tenants.models import Job
from tenants.services.documents import store_document
from tests.access import OBJECT, PAGE, WRITE, Row, SentAgain
from tests.factories import World

OWN = PAGE.but(bob=403)
SENT = OWN.but(alice=302, charlie=302)


def _archive() -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as target:
        target.writestr("buyers.csv", "buyer_ref,name\n")
    return content.getvalue()


def upload(world: World) -> dict[str, Any]:
    return {"archive": SentAgain("portefeuille.zip", _archive(), "application/zip")}


def check(world: World) -> dict[str, int]:
    """A check of ours that found nothing."""
    with scope.tenant(world.ours.tenant.pk):
        document = store_document(content=_archive(), name="a.zip", uploaded_by_id=None, allowed=(FileKind.ZIP,))
        result = {"errors": 0, "warnings": 0, "issues": [], "outcomes": {}}
        job = Job.objects.create(kind=portfolio.CHECK, state="done", params={"document": document.pk}, result=result)
    return {"pk": job.pk}


ROWS = [
    Row("beneficiaries:data", OWN),
    Row("beneficiaries:portfolio_check", SENT, "POST", data=upload),
    Row("beneficiaries:portfolio_export", SENT, "POST"),
    Row("beneficiaries:portfolio_job", OBJECT.but(bob=403), kwargs=check),
    Row("beneficiaries:portfolio_progress", OBJECT.but(bob=403), kwargs=check),
    Row("beneficiaries:portfolio_import", WRITE, "POST", kwargs=check),
]
