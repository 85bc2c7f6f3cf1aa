"""What another structure holds changes nothing of ours: not a page, a count, a file nor a mail.

Everything that the first structure and its bailleur may read is taken, then again once the second structure holds
decoys: the same names, persons, SIRET, numbers and addresses, identifiers next to ours, other figures. What differs has
leaked.
"""

import io
import re
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from clauses.models import Programme
from reporting.enums import ScopeKind
from reporting.indicators.source import Perimeter
from reporting.models import Bilan
from reporting.services import bilans
from reporting.services.progress import recompute_progress
from tenants import scope
from tenants.models import Member, OutboxMail
from tenants.services import jobs
from tenants.services.documents import read_document, store_document
from tenants.services.mail import queue_mail
from tenants.services.team import Team, send_invitation
from tenants.walls.build import build_walls, tenant_models
from tests import factories
from tests.factories import World, logged_in
from tests.test_access_matrix import ROWS

Seen = dict[str, object]
DECOYS = 3
# Drawn for each answer or each link, and the clock's.
_DRAWN = re.compile(
    r'csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"|invitation/[\w-]+|mot-de-passe/[\w-]+/[\w-]+|\d\d:\d\d'
)
# Every page of lists that a person may search and take away.
SEARCHED = ("Peinture", "Dûpont", "Izards", "habitat", "35600000012305", "M1")


@pytest.fixture
def addresses(world: World) -> dict[str, list[str]]:
    return pages_of(world)


def pages_of(world: World) -> dict[str, list[str]]:
    """Every GET of the matrix that the person may see, and what its lists give when they are searched or exported."""
    found: dict[str, list[str]] = {"alice": [], "dominique": []}
    for row in ROWS:
        for person, urls in found.items():
            if row.method == "GET" and row.expected.by_person()[person] == 200 and not row.data(world):
                urls.append(reverse(row.route, kwargs=row.kwargs(world)))
    found["alice"] += [f"{url}?export={kind}" for url in found["alice"] if _is_list(url) for kind in ("csv", "xlsx")]
    found["alice"] += [f"{url}?panel=open" for url in found["alice"] if _is_list(url) and "?" not in url]
    found["alice"] += [f"{reverse('reporting:search')}?q={words}" for words in SEARCHED]
    return found


def _is_list(url: str) -> bool:
    return not re.search(r"\d", url)


def plant_decoys(world: World) -> None:
    house = world.theirs
    with scope.tenant(house.tenant.pk, world.charlie.pk):
        for number in range(DECOYS):
            _plant(house, number)
        member = Member.objects.get(user=world.charlie)
        Member.objects.filter(pk=member.pk).update(name=world.alice.name)
        store_document(content=b"%PDF-1.7 leurre", name="a.pdf", uploaded_by_id=member.pk)
        jobs.start_job(kind=sorted(jobs.registered())[0], params={"name": "a.json"}, created_by_id=member.pk)
        send_invitation(
            team=Team("tenant", house.tenant.pk, house.tenant.name), email="zoe@exemple.test", role="reader"
        )
        bilans.create_bilan(
            perimeter=Perimeter(ScopeKind.OPERATION, house.operation.pk),
            first=date(2026, 1, 1), last=date(2026, 12, 1), comments={}, member_id=member.pk,
        )  # fmt: skip
    recompute_progress(tenant_id=house.tenant.pk)


def _plant(house: factories.House, number: int) -> None:
    buyer = factories.BuyerFactory(name=house.buyer.name, siret=house.buyer.siret)
    programme = Programme.objects.get(pk=house.programme.pk)
    operation = factories.OperationFactory(buyer=buyer, programme=programme, name=house.operation.name)
    contract = factories.ContractFactory(buyer=buyer, operation=operation, title=house.contract.title, number="M1")
    company = factories.CompanyFactory(name=house.company.name, siret=house.company.siret, kind="geiq")
    lot = factories.LotFactory(contract=contract, number="1", title="Peinture", due=777, holder=company)
    person = factories.BeneficiaryFactory(last_name="Dûpont", first_name="Zoé")
    factories.EligibilityFactory(beneficiary=person)
    employment = factories.EmploymentFactory(beneficiary=person, employer=company, qpv_code="QN03101M")
    assignment = factories.AssignmentFactory(employment=employment, lot=lot)
    for status, month in (("validee", 3), ("declaree", 4), ("controlee", 5)):
        factories.HourEntryFactory(
            assignment=assignment, status=status, month=date(2026, month, 1), hours=Decimal(f"77.{number}")
        )


def everything_seen(world: World, addresses: dict[str, list[str]], *, raising: bool = True) -> Seen:
    seen: Seen = {}
    for person, urls in addresses.items():
        client = logged_in(getattr(world, person))
        client.raise_request_exception = raising
        seen |= {f"{person} {url}": _read(_answer(client, url)) for url in urls}
    return seen | dict(_files(world)) | {"mails": _mails(world)}


def _answer(client: Client, url: str) -> HttpResponse:
    """What reading writes is undone: the log of it would show at the next reading."""
    with transaction.atomic():
        answer = client.get(url)
        content = answer.getvalue()
        transaction.set_rollback(True)
    return HttpResponse(content, content_type=answer.headers.get("Content-Type"), status=answer.status_code)


def _read(answer: HttpResponse) -> object:
    kind, content = str(answer["Content-Type"]), answer.content
    if "spreadsheet" in kind:
        return cells(content)
    if "zip" in kind:
        return _entries(content)
    return answer.status_code, _DRAWN.sub("", content.decode("utf-8", "replace"))


def cells(content: bytes) -> list[list[tuple[object, ...]]]:
    return [list(sheet.values) for sheet in load_workbook(io.BytesIO(content))]


def _entries(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _files(world: World) -> Iterator[tuple[str, object]]:
    """The bilans of each perimeter, and what the commands write."""
    ours = world.ours
    for kind, pk in (
        (ScopeKind.TENANT, None),
        (ScopeKind.OPERATION, ours.operation.pk),
        (ScopeKind.BUYER, ours.buyer.pk),
    ):
        with transaction.atomic():
            yield f"bilan {kind}", _bilan(world, Perimeter(kind, pk))
            transaction.set_rollback(True)
    out = io.StringIO()
    call_command("indicators", "--tenant", ours.tenant.slug, "--from", "2026-01", "--to", "2026-12", stdout=out)
    yield "indicators", out.getvalue()
    with tempfile.TemporaryDirectory() as folder:
        call_command("export_portfolio", folder, "--tenant", ours.tenant.slug, stdout=io.StringIO())
        yield "portfolio", {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def _bilan(world: World, perimeter: Perimeter) -> tuple[str, ...]:
    with scope.tenant(world.ours.tenant.pk):
        asked = bilans.create_bilan(
            perimeter=perimeter, first=date(2026, 1, 1), last=date(2026, 12, 1), comments={},
            member_id=Member.objects.get(user=world.alice).pk,
        )  # fmt: skip
    jobs.run_job(tenant_id=world.ours.tenant.pk, job_id=asked.job_id)
    with scope.tenant(world.ours.tenant.pk):
        made = Bilan.objects.select_related("pdf", "xlsx").get(pk=asked.pk)
        text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(read_document(made.pdf))).pages)
        seen = made.figures | {"data_as_of": ""}, text, cells(read_document(made.xlsx))
        # The letters of the fingerprint, of many widths, break their line now here, now there.
        fingerprint = r"\s*".join(made.figures_sha256)
        drawn = rf"{made.reference}|{fingerprint}|datetime\([^)]*\)|\d\d\s?[:h]\s?\d\d"
        return tuple(" ".join(re.sub(drawn, "", str(part)).split()) for part in seen)


def _mails(world: World) -> list[tuple[str, str, str]]:
    with transaction.atomic():
        with scope.tenant(world.ours.tenant.pk):
            ours = Team("tenant", world.ours.tenant.pk, world.ours.tenant.name)
            send_invitation(team=ours, email="zoe@exemple.test", role="reader")
            queue_mail(to="zoe@exemple.test", subject="Rappel", body="x")
        Client().post("/mot-de-passe/oublie/", {"email": world.alice.email})
        with scope.worker():
            mails = OutboxMail.objects.filter(tenant_id__in=[world.ours.tenant.pk]) | OutboxMail.objects.filter(
                tenant=None
            )
            found = [(mail.to, mail.subject, _DRAWN.sub("", mail.body)) for mail in mails.order_by("pk")]
        transaction.set_rollback(True)
    return found


def test_decoys_of_another_structure_change_nothing_of_ours(world: World, addresses: dict[str, list[str]]) -> None:
    recompute_progress(tenant_id=world.ours.tenant.pk)
    before = everything_seen(world, addresses)
    plant_decoys(world)
    after = everything_seen(world, addresses)
    assert {name: _difference(before[name], after[name]) for name in before if before[name] != after[name]} == {}
    assert len(before) > 80
    assert any("777" in str(page) for page in _as_charlie(world)), "the decoys show to nobody: nothing is proven"


def _difference(before: object, after: object) -> tuple[str, str]:
    """Where they part, enough of it to understand."""
    one, other = str(before), str(after)
    parting = next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0)
    start = max(parting - 80, 0)
    return one[start : start + 200], other[start : start + 200]


def _as_charlie(world: World) -> list[object]:
    client = logged_in(world.charlie)
    return [_read(_answer(client, reverse(name))) for name in ("clauses:lot_list", "reporting:home")]


def test_control_without_row_level_security_decoys_show_everywhere(transactional_db: None) -> None:
    world = World.build()
    recompute_progress(tenant_id=world.ours.tenant.pk)
    addresses = pages_of(world)
    try:
        with connections["owner"].cursor() as owner:
            for model in tenant_models():
                owner.execute(f'ALTER TABLE "{model._meta.db_table}" DISABLE ROW LEVEL SECURITY')
        with transaction.atomic():
            # Without the walls some pages find more than they can make sense of.
            before = everything_seen(world, addresses, raising=False)
            plant_decoys(world)
            after = everything_seen(world, addresses, raising=False)
            transaction.set_rollback(True)
    finally:
        build_walls()
    differing = {name for name in before if before[name] != after[name]}
    assert {"bilan tenant", "indicators", "portfolio"} <= differing
    assert len([name for name in differing if name.startswith("alice")]) > 20
