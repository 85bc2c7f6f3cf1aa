"""Rows of the grids of hours, made in Python: a month has hundreds, and templates would take five times as long.

What is not escaped here is a number, a date or a code of ours.
"""

from collections.abc import Collection, Iterable
from html import escape

from django import template
from django.utils.safestring import SafeString

from beneficiaries.selectors.hours_grid import LotRows, Row
from lib.numbers import NNBSP, hours_fr, number_fr
from tenants.paths import path_of
from tenants.templatetags.interface import hours_cell, plain

register = template.Library()

EMPTY = "–"


@register.simple_tag
def month_lots(lots: Iterable[LotRows], may_tick: bool, ticked: Collection[str]) -> SafeString:
    """The lots of a month, one tbody each.

    Their rows: person, employer and contract, what came before, the cells of the month, total, what remains of the lot.
    """
    return SafeString("".join(_month_lot(lot, may_tick, ticked) for lot in lots))


@register.simple_tag
def year_lot(lot: LotRows, may_tick: bool, ticked: Collection[str]) -> SafeString:
    """A lot over a year. Its rows: person and employer, the cells of the year, total of the year."""
    rows = "".join(_year_row(row, may_tick, ticked) for row in lot.rows)
    return SafeString(_lot(lot, 14, rows))


def _month_lot(lot: LotRows, may_tick: bool, ticked: Collection[str]) -> str:
    remaining = EMPTY if lot.remaining is None else number_fr(lot.remaining, strip=False)
    return _lot(lot, 7, "".join(_month_row(row, remaining, may_tick, ticked) for row in lot.rows))


def _lot(lot: LotRows, columns: int, rows: str) -> str:
    figures = lot.figures
    return (
        f'<tbody data-lot="{lot.first.lot_id}" data-due="{plain(figures.due)}" data-before="{plain(lot.before)}"'
        f' data-validated="{plain(figures.validated)}" data-expected="{plain(figures.expected)}">'
        f'<tr class="hours-lot"><th scope="rowgroup" colspan="{columns}">{_head(lot)}</th></tr>{rows}</tbody>'
    )


def _head(lot: LotRows) -> str:
    """Name of the lot, who holds it, its bar that follows the typing."""
    one = lot.first
    path = path_of("beneficiaries:hours_lot_year", one.lot_id)
    holder = f" · {escape(one.holder)}" if one.holder else ""
    return (
        f'<div class="hours-lot-head"><div><a href="{path}">{escape(one.lot_name)}</a>'
        f' <span class="sub">{escape(one.contract_name)}{holder}</span></div>'
        f'<div class="bar">{lot.bar}<p class="bar-text">{_bar_text(lot)}</p></div></div>'
    )


def _bar_text(lot: LotRows) -> str:
    figures = lot.figures
    text = f'Cumul <strong data-total="lot">{number_fr(figures.declared)}</strong>{NNBSP}h · '
    if lot.remaining is None:
        text += "obligation à calibrer"
    else:
        remaining = f'<strong data-total="remaining">{number_fr(lot.remaining)}</strong>{NNBSP}h'
        text += f"dû {hours_fr(figures.due)} · reste {remaining}"
    return f"{text} · dont {hours_fr(figures.validated)} validées"


def _month_row(row: Row, remaining: str, may_tick: bool, ticked: Collection[str]) -> str:
    one = row.working
    return (
        f'<tr data-assignment="{one.id}" data-before="{row.before:f}">'
        f'<th scope="row">{_person(row, one.box, "", may_tick, ticked)}</th>'
        f'<td class="only-wide">{escape(one.employer)}<span class="sub nowrap">{row.dates}</span></td>'
        f'<td class="num only-wide">{number_fr(row.before, strip=False)}</td>{_cells(row)}'
        f'<td class="num" data-total="row">{number_fr(row.total, strip=False)}</td>'
        f'<td class="num" data-total="remaining">{remaining}</td></tr>'
    )


def _year_row(row: Row, may_tick: bool, ticked: Collection[str]) -> str:
    below = "formation" if row.is_training else escape(row.working.employer)
    return (
        f'<tr data-assignment="{row.working.id}" data-before="0">'
        f'<th scope="row">{_person(row, row.box, f", {row.kind}", may_tick, ticked)}'
        f'<span class="sub">{below}</span></th>{_cells(row)}'
        f'<td class="num" data-total="row">{number_fr(row.total, strip=False)}</td></tr>'
    )


def _person(row: Row, box: str, what: str, may_tick: bool, ticked: Collection[str]) -> str:
    name = escape(row.working.person)
    path = path_of("beneficiaries:beneficiary_page", row.working.beneficiary_id)
    link = f'<a href="{path}">{name}</a>'
    if not may_tick:
        return link
    checked = " checked" if box in ticked else ""
    return (
        f'<span class="hours-tick"><input type="checkbox" name="selected" value="{box}" data-bulk-row'
        f' aria-label="Cocher {name}{what}"{checked}> {link}</span>'
    )


def _cells(row: Row) -> str:
    return "".join(f'<td class="cell">{hours_cell(cell) if cell else ""}</td>' for cell in row.cells)
