"""What the grids of hours share: saving the plain form, changing states by selection, over a grid to show again."""

from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest

from beneficiaries.enums import HourStatus
from beneficiaries.forms.hours import StatusForm, Typed, read_typed, ticked_keys
from beneficiaries.selectors.hours_grid import Grid
from beneficiaries.services.hour_status import StatusChange, StatusError, set_status
from beneficiaries.services.hours import CellInput, CellResult, Conflict, Refused, Saved, save_cells
from lib.dates import PARIS
from lib.numbers import NNBSP, hours_fr, number_fr
from tenants.access import member_of

_DONE: dict[str, str] = {
    HourStatus.CONTROLLED: "contrôlées",
    HourStatus.VALIDATED: "validées. L'avancement des lots suit",
    HourStatus.REFUSED: "refusées. Elles ne comptent plus",
    HourStatus.DECLARED: "rouvertes. Vous pouvez les corriger, puis les valider",
}
UNSAVED = "Des heures saisies ne sont pas enregistrées. Enregistrez-les, vérifiez-les, puis changez leur état."


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell to correct: `key` leads to it when the grid shows it, `label` names it."""

    key: str
    label: str
    text: str


def save_typed(request: HttpRequest, grid: Grid) -> list[Problem]:
    """Save every cell that was changed, or none: then `grid` holds what was typed and the errors at their cells."""
    typed = read_typed(request.POST)
    if not typed:
        messages.info(request, "Aucune cellule n'a changé.")
        return []
    with transaction.atomic():
        results = save_cells(
            cells=[CellInput(t.assignment_id, t.month, t.kind, t.hours, t.version) for t in typed if not t.error],
            member_id=member_of(request),
        )
        errors = _errors(typed, results)
        if errors:
            transaction.set_rollback(True)
    if errors:
        return put_back(grid, typed, errors)
    _say_saved(request, results)
    return []


def put_back(grid: Grid, typed: list[Typed], errors: dict[str, str]) -> list[Problem]:
    """What was typed stays in its cell; the problems are returned in the order of the page."""
    problems = {}
    for one in typed:
        cell = grid.cells.get(one.key)
        error = errors.get(one.key, "")
        if cell is not None and not cell.readonly:
            cell.text, cell.typed, cell.error = one.text, True, error
        if error:
            problems[one.key] = Problem(one.key if cell else "", cell.label if cell else "Ligne disparue", error)
    order = {key: place for place, key in enumerate(grid.cells)}
    return [problems[key] for key in sorted(problems, key=lambda key: order.get(key, len(order)))]


def _errors(typed: list[Typed], results: list[CellResult]) -> dict[str, str]:
    errors = {one.key: one.error for one in typed if one.error}
    for one, result in zip((one for one in typed if not one.error), results, strict=True):
        if isinstance(result, Refused):
            errors[one.key] = result.error
        elif isinstance(result, Conflict):
            errors[one.key] = conflict_text(result)
    return errors


def conflict_text(conflict: Conflict) -> str:
    who = f"par {conflict.by}" if conflict.by else "entre-temps"
    when = f" à {conflict.at.astimezone(PARIS):%H:%M}" if conflict.at else ""
    worth = "est vide" if conflict.theirs is None else f"vaut {hours_fr(conflict.theirs)}"
    return f"Cellule modifiée {who}{when}{NNBSP}: elle {worth}. Enregistrez de nouveau pour écrire la vôtre."


def _say_saved(request: HttpRequest, results: list[CellResult]) -> None:
    saved = [result for result in results if isinstance(result, Saved)]
    count = len(saved)
    messages.success(
        request, "Une cellule enregistrée." if count == 1 else f"{number_fr(count)} cellules enregistrées."
    )
    for warning in sorted({result.warning for result in saved if result.warning})[:5]:
        messages.warning(request, warning)


def change_states(request: HttpRequest, grid: Grid) -> str:
    """Give its state to each line of the ticked rows that has it not; why it was refused, or an empty string."""
    form = StatusForm(request.POST)
    if not form.is_valid():
        return " ".join(error for errors in form.errors.values() for error in errors)
    typed = read_typed(request.POST)
    if typed:
        put_back(grid, typed, {})
        return UNSAVED
    to = form.cleaned_data["action"]
    seen = ticked_keys(request.POST)
    cells = [grid.cells[key] for key in seen if key in grid.cells and grid.cells[key].status != to]
    versions = {cell.line_id: seen[cell.key] for cell in cells if cell.line_id is not None}
    if len(versions) < len(cells):
        return "Des lignes cochées ont été effacées entre-temps. Vérifiez les heures."
    try:
        changed = set_status(versions=versions, to=to, reason=form.cleaned_data["reason"], member_id=member_of(request))
    except StatusError as error:
        return str(error)
    messages.success(request, said(changed, to))
    return ""


def said(changed: StatusChange, to: str) -> str:
    lines = "une ligne" if changed.count == 1 else f"{number_fr(changed.count)} lignes"
    return f"{hours_fr(changed.hours)} ({lines}) {_DONE[to]}."


def ticked(request: HttpRequest) -> list[str]:
    """The boxes ticked in a form that is shown again."""
    return request.POST.getlist("selected")
