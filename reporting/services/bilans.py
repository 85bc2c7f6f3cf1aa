"""A bilan's life: asked for, frozen, rendered once, handed over, returned or validated."""

from datetime import date
from typing import Any

from django.db.models import F
from django.utils import timezone

from clauses.models import PublicContract
from lib import pdf_process
from lib.numbers import NNBSP
from lib.pdf import PdfError
from reporting.bilans.annex import write_annex
from reporting.bilans.document import SECTIONS, render_bilan_pdf, render_html
from reporting.bilans.snapshot import as_of, fingerprint, perimeter_label, read_lines, take_snapshot
from reporting.enums import BILAN_TRANSITIONS, BilanState, ScopeKind
from reporting.indicators.source import Perimeter
from reporting.models import Bilan
from tenants import scope
from tenants.models import Document, Job
from tenants.services.documents import store_document
from tenants.services.jobs import JobRefused, LeaseKeeper, completing, start_job

JOB_KIND = "bilan"


class TransitionRefusedError(ValueError):
    """The bilan is not in a state from which this can be done; the message is in French."""


def create_bilan(*, perimeter: Perimeter, first: date, last: date, comments: dict[str, str], member_id: int) -> Bilan:
    """A draft, and the job that freezes its figures and makes its files."""
    bilan = Bilan.objects.create(
        scope_kind=perimeter.kind,
        scope_id=perimeter.id,
        scope_label=perimeter_label(perimeter),
        buyer_id=_only_buyer(perimeter),
        period_from=first,
        period_to=last,
        comments={key: comments[key] for key in SECTIONS if comments.get(key, "").strip()},
        created_by_id=member_id,
    )
    bilan.job = start_job(kind=JOB_KIND, params={"bilan": bilan.pk}, created_by_id=member_id, total=3)
    bilan.save(update_fields=["job"])
    return bilan


def make_files(job: Job, keeper: LeaseKeeper) -> None:
    """The job: freeze the figures and write their annex, once; render the pages; store them and close."""
    pdf_process.warm_up()
    keeper.progress(0, 3, "Arrêt des chiffres")
    bilan, figures = _freeze(job)
    keeper.progress(1, 3, "Mise en page")
    html = render_html(figures, reference=bilan.reference, sha256=bilan.figures_sha256, comments=bilan.comments)
    try:
        pdf = render_bilan_pdf(html, reference=bilan.reference, data_as_of=as_of(figures))
    except PdfError as error:
        raise JobRefused(str(error)) from error
    keeper.progress(2, 3, "Rangement")
    with completing(job) as result:
        bilan.pdf = _store(bilan, pdf, "pdf")
        bilan.save(update_fields=["pdf"])
        result["bilan"] = bilan.pk


def _freeze(job: Job) -> tuple[Bilan, dict[str, Any]]:
    """The bilan and its figures, its annex being stored. Made at the first attempt, from one state of the database;
    read back at the next ones."""
    with scope.tenant(job.tenant_id, consistent=True):
        bilan = Bilan.objects.select_for_update(of=("self",)).get(pk=job.params["bilan"])
        if bilan.figures is not None:
            return bilan, bilan.figures
        perimeter, first, last = perimeter_of(bilan), bilan.period_from, bilan.period_to
        bilan.data_as_of = timezone.now()
        figures = take_snapshot(perimeter, first, last, data_as_of=bilan.data_as_of)
        bilan.figures, bilan.figures_sha256 = figures, fingerprint(figures)
        lines = read_lines(perimeter, first, last)
        annex = write_annex(figures, lines, reference=bilan.reference, sha256=bilan.figures_sha256)
        bilan.xlsx = _store(bilan, annex, "xlsx")
        bilan.save(update_fields=["data_as_of", "figures", "figures_sha256", "xlsx"])
        return bilan, figures


def _store(bilan: Bilan, content: bytes, ending: str) -> Document:
    return store_document(content=content, name=f"bilan-{bilan.reference}.{ending}", uploaded_by_id=bilan.created_by_id)


def change_state(*, bilan: Bilan, to: str, reason: str = "") -> Bilan:
    """Raises TransitionRefusedError when reporting.enums does not allow it, or when a return gives no reason."""
    allowed = [state for state, targets in BILAN_TRANSITIONS.items() if to in targets]
    if to == BilanState.RETURNED and not reason.strip():
        raise TransitionRefusedError(f"Un renvoi se motive{NNBSP}: dites ce qu'il faut corriger.")
    changed = Bilan.objects.filter(pk=bilan.pk, state__in=allowed, pdf__isnull=False).update(
        state=to, return_reason=reason if to == BilanState.RETURNED else F("return_reason")
    )
    if not changed:
        raise TransitionRefusedError(
            f"Ce bilan est «{NNBSP}{bilan.get_state_display()}{NNBSP}»{NNBSP}: il ne peut pas devenir "
            f"«{NNBSP}{BilanState(to).label}{NNBSP}»."
        )
    bilan.refresh_from_db()
    return bilan


def delete_draft(*, bilan: Bilan) -> bool:
    """Only a draft goes; its files go with it by the sweep of documents without a use."""
    return bool(Bilan.objects.filter(pk=bilan.pk, state=BilanState.DRAFT).delete()[0])


def perimeter_of(bilan: Bilan) -> Perimeter:
    return Perimeter(ScopeKind(bilan.scope_kind), bilan.scope_id)


def _only_buyer(perimeter: Perimeter) -> int | None:
    """The donneur d'ordre of the whole perimeter, when it has one alone: the bilan can be handed to it."""
    contracts = PublicContract.objects.all()
    if perimeter.kind == ScopeKind.BUYER:
        return perimeter.id
    if perimeter.kind == ScopeKind.OPERATION:
        contracts = contracts.filter(operation_id=perimeter.object_id)
    elif perimeter.kind == ScopeKind.PROGRAMME:
        contracts = contracts.filter(operation__programme_id=perimeter.object_id)
    else:
        return None
    buyers = list(contracts.values_list("buyer_id", flat=True).order_by("buyer_id").distinct()[:2])
    return buyers[0] if len(buyers) == 1 else None
