"""Rows of the grids of hours, made in Python: a month has hundreds, and templates would take five times as long.

What is not escaped here is a number, a date or a code of ours.
"""

from collections.abc import Collection
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from beneficiaries.paths import path_of
from beneficiaries.selectors.hours_grid import LotRows, Row
from lib.numbers import number_fr
from tenants.templatetags.interface import hours_cell

register = template.Library()

EMPTY = "–"


@register.simple_tag
def month_rows(lot: LotRows, may_tick: bool, ticked: Collection[str]) -> SafeString:
    """Person, employer and contract, what came before, the cells of the month, total, what remains of the lot."""
    remaining = EMPTY if lot.remaining is None else number_fr(lot.remaining, strip=False)
    return mark_safe("".join(_month_row(row, remaining, may_tick, ticked) for row in lot.rows))  # noqa: S308 -- escaped


@register.simple_tag
def year_rows(lot: LotRows, may_tick: bool, ticked: Collection[str]) -> SafeString:
    """Person and employer, the cells of the year, total of the year."""
    return mark_safe("".join(_year_row(row, may_tick, ticked) for row in lot.rows))  # noqa: S308 -- escaped


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
