"""Filters and tags of every template (a builtin library: no {% load %} needed). The components use them.

Figures: ``{{ x|hours }}`` « 612,5 h » in a sentence, ``{{ x|number:2 }}`` « 612,50 » in a column with the unit on top.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction
from functools import cache, lru_cache
from html import escape
from types import SimpleNamespace
from typing import Any, NamedTuple

from django import template
from django.core.paginator import Page
from django.template import RequestContext
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from lib import dates, numbers
from tenants.paths import path_of

register = template.Library()

EMPTY = "–"


class Look(NamedTuple):
    """How a state shows: word, icon of static/icons.svg, tone (good, action, amber, red, or none)."""

    label: str
    icon: str
    tone: str


# Every state of the product, by its code. tests/static/test_interface.py compares them with the enums.
LOOKS: Mapping[str, Look] = {
    # lots
    "a_calibrer": Look("À calibrer", "ruler-measure", "action"),
    "sans_obligation": Look("Sans obligation", "circle-off", ""),
    "atteint": Look("Atteint", "circle-check", "good"),
    "a_venir": Look("À venir", "calendar-event", ""),
    "non_atteint": Look("Non atteint", "circle-x", "red"),
    "compromis": Look("Compromis", "alert-circle", "red"),
    "en_avance": Look("En avance", "trending-up", "good"),
    "a_surveiller": Look("À surveiller", "eye", "amber"),
    "en_retard": Look("En retard", "alert-triangle", "amber"),
    # hours
    "declaree": Look("Déclarée", "circle-dashed", ""),
    "controlee": Look("Contrôlée", "check", "action"),
    "validee": Look("Validée", "checks", "good"),
    "refusee": Look("Refusée", "x", "red"),
    # background work and mails
    "queued": Look("En attente", "hourglass", ""),
    "running": Look("En cours", "progress", "action"),
    "done": Look("Terminé", "circle-check", "good"),
    "failed": Look("Échec", "alert-circle", "red"),
    "waiting": Look("À envoyer", "hourglass", ""),
    "sending": Look("Envoi en cours", "progress", "action"),
    "sent": Look("Envoyé", "send", "good"),
    "uncertain": Look("Envoi incertain", "help-circle", "amber"),
    # bilans
    "draft": Look("Brouillon", "pencil", ""),
    "submitted": Look("Transmis", "send", "action"),
    "returned": Look("Renvoyé", "arrow-back-up", "amber"),
    "validated": Look("Validé", "circle-check", "good"),
    "archived": Look("Archivé", "archive", ""),
    # links between a structure and a donneur d'ordre
    "proposed": Look("Proposé", "hourglass", "action"),
    "accepted": Look("Accepté", "link", "good"),
    "ended": Look("Terminé", "circle-minus", ""),
}


def _absent(value: object) -> bool:
    return value is None or value == ""


@register.filter
def number(value: Any, decimals: int | None = None) -> str:
    """« 1 024,5 »; with decimals, exactly as many: ``number:2`` « 1 024,50 ». Empty: « – »."""
    if _absent(value):
        return EMPTY
    return numbers.number_fr(value, 2 if decimals is None else decimals, strip=decimals is None)


@register.filter
def plain(value: Any) -> str:
    """« 1024.50 » for a data attribute, which Django would write « 1024,50 » in French. Empty: ""."""
    return "" if _absent(value) else f"{value:f}"


@register.filter
def hours(value: Any, decimals: int | None = None) -> str:
    """« 1 024,5 h »; ``hours:2`` « 1 024,50 h ». Empty: « – »."""
    if _absent(value):
        return EMPTY
    return numbers.hours_fr(value, 2 if decimals is None else decimals, strip=decimals is None)


@register.filter
def percent(rate: Any, decimals: int = 1) -> str:
    """Rate 0.684 → « 68,4 % »; None → « n. c. »."""
    return numbers.percent_fr(None if _absent(rate) else Fraction(rate), decimals)


@register.filter
def money(value: Any) -> str:
    """« 1 500 000 € ». Empty: « – »."""
    return EMPTY if _absent(value) else numbers.money_fr(value)


@register.filter
def date_fr(value: date | None) -> str:
    """« 12/05/2026 », a moment being read in Paris. Empty: « – »."""
    if not value:
        return EMPTY
    return dates.date_fr(value.astimezone(dates.PARIS) if isinstance(value, datetime) else value)


@register.filter
def datetime_fr(value: datetime | None) -> str:
    """« 12/05/2026 à 10:42 », Paris time. Empty: « – »."""
    if not value:
        return EMPTY
    moment = value.astimezone(dates.PARIS)
    return f"{dates.date_fr(moment)} à {moment:%H:%M}"


@register.filter
def month_fr(value: date | None) -> str:
    """« octobre 2026 ». Empty: « – »."""
    return dates.month_fr(value) if value else EMPTY


@register.filter
def period_fr(first: date, last: date) -> str:
    """« janvier à octobre 2026 »."""
    return dates.period_fr(first, last)


@register.filter
def look(code: str) -> Look:
    """The look of a state; a code without one shows as its own word."""
    return LOOKS.get(code) or Look(code, "info-circle", "")


@register.simple_tag
def path_to(route: str, pk: int) -> str:
    """``{% path_to "clauses:lot_page" lot.pk %}``: as url, for the rows of a list."""
    return path_of(route, pk)


@register.simple_tag
@lru_cache(256)
def icon(name: str, label: str = "", small: bool = False) -> SafeString:
    """``{% icon "check" %}``, hidden from screen readers unless it has a `label`; the words beside it speak."""
    voice = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    size = "icon icon-small" if small else "icon"
    return format_html('<svg class="{}" {}><use href="{}#{}"/></svg>', size, voice, _sprite(), name)


@cache
def _sprite() -> str:
    return static("icons.svg")


@register.simple_tag
def hours_cell(cell: Any) -> SafeString:
    """A cell of the grid of hours: see components/_hours_cell.html. In Python, for a grid has hundreds of them.

    What is not escaped is a number or a code of ours.
    """
    one = SimpleNamespace(**{"typed": False, "error": "", **cell}) if isinstance(cell, Mapping) else cell
    label = f"{one.label}, {look(one.status).label.lower()}" if one.status else one.label
    text = escape(one.text) if one.typed else one.text
    marks = f' data-saved="{one.saved}"' if one.typed else ""
    if one.error:
        marks += f' aria-invalid="true" aria-describedby="error-{one.key}"'
    if one.readonly:
        marks += " readonly"
    error = f'<span class="cell-error" id="error-{one.key}">{escape(one.error)}</span>' if one.error else ""
    return SafeString(
        f'<input type="text" inputmode="decimal" autocomplete="off" name="hours-{one.key}" value="{text}"'
        f' data-month="{one.month}" data-kind="{one.kind}" data-version="{one.version}" data-status="{one.status}"'
        f' aria-label="{escape(label)}"{marks}><input type="hidden" name="version-{one.key}" value="{one.version}">'
        f'<input type="hidden" name="saved-{one.key}" value="{one.saved}">{error}'
    )


@register.simple_tag
def bar_of(bar: Any, sentence: str = "") -> SafeString:
    """See components/_bar.html. In Python, for lists have a hundred of them: ``{% bar_of row.bar %}`` in a row."""
    one = SimpleNamespace(**bar) if isinstance(bar, Mapping) else bar
    below = f'<p class="bar-sentence">{escape(sentence)}</p>' if sentence else ""
    words = f'<p class="bar-text">{escape(one.text)}</p>'
    return SafeString(f'<div class="bar">{conditional_escape(one.svg)}{words}{below}</div>')


@register.simple_tag
def state_of(code: str, label: str = "") -> SafeString:
    """See components/_status.html. In Python, for lists: ``{% state_of row.status %}`` in a row."""
    shown = look(code)
    tone = f" state-{shown.tone}" if shown.tone else ""
    return SafeString(f'<span class="state{tone}">{icon(shown.icon)}{escape(label or shown.label)}</span>')


@register.simple_tag
def chart_rows(rows: Iterable[Mapping[str, Any]]) -> SafeString:
    """The rows of components/_chart.html: hours with two decimals, counts without. In Python: a page has hundreds."""
    return SafeString("".join(_chart_row(row["label"], row["values"]) for row in rows))


def _chart_row(label: str, values: Iterable[Any]) -> str:
    cells = "".join(f'<td class="num">{number(value, 0 if isinstance(value, int) else 2)}</td>' for value in values)
    return f'<tr><th scope="row">{escape(label)}</th>{cells}</tr>'


@register.simple_tag(takes_context=True)
def url_with(context: RequestContext, **changes: object) -> str:
    """The page's query string, parameters replaced or, when None, dropped: ``{% url_with sort="name" page=None %}``."""
    query = context.request.GET.copy()
    for key, value in changes.items():
        if _absent(value):
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag
def sort_state(key: str, current: str) -> dict[str, str]:
    """For a sortable column: its `aria` (ascending, descending or ""), its `icon` and the `next` value of ?sort=."""
    if current == key:
        return {"aria": "ascending", "icon": "arrow-up", "next": f"-{key}"}
    if current == f"-{key}":
        return {"aria": "descending", "icon": "arrow-down", "next": key}
    return {"aria": "", "icon": "selector", "next": key}


@register.simple_tag
def page_numbers(page: Page[Any]) -> list[int | None]:
    """The pages to offer around the current one, None for a gap."""
    elided = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return [item if isinstance(item, int) else None for item in elided]
