"""Bilans of a structure: list, choice with live figures, page, preview, states."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin

from lib.dates import period_fr
from lib.numbers import NNBSP
from reporting.bilans.answer import live_figures
from reporting.bilans.document import SECTIONS, STYLES, render_html
from reporting.enums import BILAN_TRANSITIONS, BilanState
from reporting.forms.bilan import BilanForm, PerimeterForm, ReturnForm, default_choice
from reporting.indicators.document import as_document
from reporting.indicators.source import compute_indicators
from reporting.models import Bilan
from reporting.services import bilans
from tenants.access import member_of, structure
from tenants.views.history import render_history

_BUTTONS = {
    BilanState.SUBMITTED: "Transmettre au donneur d'ordre",
    BilanState.VALIDATED: "Noter la validation",
    BilanState.ARCHIVED: "Archiver",
}


def _crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
    return [{"label": "Bilans", "url": reverse("reporting:bilan_list")}, *more]


@structure("bilan.read")
def bilan_list(request: HttpRequest) -> HttpResponse:
    rows = Bilan.objects.select_related("job", "created_by").defer("figures", "comments").order_by("-pk")[:200]
    return render(request, "reporting/bilan_list.html", {"title": "Bilans", "bilans": rows})


@structure("bilan.write", "GET", "POST")
def bilan_create(request: HttpRequest) -> HttpResponse:
    """The query string chooses and shows the figures; the POST has the bilan made."""
    form = BilanForm(request.POST if request.method == "POST" else {**default_choice(), **request.GET.dict()})
    valid = form.is_valid()
    if request.method == "POST" and valid:
        bilan = bilans.create_bilan(
            perimeter=form.perimeter,
            first=form.cleaned_data["de"],
            last=form.cleaned_data["a"],
            comments=form.comments,
            member_id=member_of(request),
        )
        messages.success(request, f"Bilan {bilan.reference} demandé{NNBSP}: il sera prêt dans quelques instants.")
        return redirect("reporting:bilan_page", bilan.pk)
    context = {
        "title": "Nouveau bilan",
        "crumbs": _crumbs({"label": "Nouveau bilan"}),
        "form": form,
        "choice": [form[name] for name in PerimeterForm.base_fields],
        "comments": [form[name] for name in SECTIONS],
        "figures": None if form.errors.keys() & PerimeterForm.base_fields else _live(form),
        "is_sent": request.method == "POST",
    }
    return render(request, "reporting/bilan_create.html", context, status=200 if valid else 422)


def _live(form: BilanForm) -> dict[str, Any]:
    cleaned = form.cleaned_data
    return live_figures(as_document(compute_indicators(form.perimeter, cleaned["de"], cleaned["a"])))


@structure("bilan.read")
def bilan_page(request: HttpRequest, pk: int) -> HttpResponse:
    bilan = _get(pk)
    period = period_fr(bilan.period_from, bilan.period_to)
    context = {
        "title": f"Bilan · {bilan.scope_label}",
        "crumbs": _crumbs({"label": f"{bilan.scope_label}, {period}"}),
        "bilan": bilan,
        "period": period,
        "figures": live_figures(bilan.figures["indicators"]) if bilan.figures else None,
        "steps": [(state, _BUTTONS[state]) for state in _next_states(bilan) if state in _BUTTONS],
        "return_form": ReturnForm() if BilanState.RETURNED in _next_states(bilan) else None,
    }
    return render(request, "reporting/bilan_page.html", context)


def _next_states(bilan: Bilan) -> list[str]:
    if bilan.pdf_id is None:
        return []
    return [state for state in BilanState if state in BILAN_TRANSITIONS[bilan.state]]


@xframe_options_sameorigin
@structure("bilan.read")
def bilan_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The document's own HTML, in the browser."""
    bilan = _get(pk)
    if not bilan.figures:
        messages.info(request, "Les chiffres de ce bilan ne sont pas encore arrêtés.")
        return redirect("reporting:bilan_page", pk)
    styles = [static(f"css/{name}") for name in STYLES]
    html = render_html(
        bilan.figures,
        reference=bilan.reference,
        sha256=bilan.figures_sha256,
        comments=bilan.comments,
        preview_styles=styles,
    )
    return HttpResponse(html)


@structure("bilan.write", "POST")
def bilan_state(request: HttpRequest, pk: int, state: str) -> HttpResponse:
    """`state` is one of reporting.enums.BilanState; a return says why."""
    bilan = _get(pk)
    form = ReturnForm(request.POST)
    if not form.is_valid() and state == BilanState.RETURNED:
        messages.error(request, " ".join(form.errors["reason"]))
        return redirect("reporting:bilan_page", pk)
    try:
        bilans.change_state(bilan=bilan, to=state, reason=form.cleaned_data.get("reason", ""))
    except bilans.TransitionRefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Le bilan est maintenant «\u202f{bilan.get_state_display()}\u202f».")
    return redirect("reporting:bilan_page", pk)


@structure("bilan.write", "POST")
def bilan_delete(request: HttpRequest, pk: int) -> HttpResponse:
    bilan = _get(pk)
    if bilans.delete_draft(bilan=bilan):
        messages.success(request, f"Le brouillon {bilan.reference} est supprimé.")
        return redirect("reporting:bilan_list")
    messages.error(request, f"Seul un brouillon se supprime{NNBSP}: archivez ce bilan.")
    return redirect("reporting:bilan_page", pk)


@structure("history.read")
def bilan_history(request: HttpRequest, pk: int) -> HttpResponse:
    bilan = _get(pk)
    crumbs = _crumbs({"label": bilan.reference, "url": reverse("reporting:bilan_page", args=[pk])})
    return render_history(request, bilan, crumbs=crumbs, title=f"Bilan {bilan.reference}")


def _get(pk: int) -> Bilan:
    return get_object_or_404(Bilan.objects.select_related("job", "pdf", "xlsx", "buyer", "created_by"), pk=pk)
