"""Words of eligibility, in lists of a hundred people: in Python, without a template for each."""

from datetime import date
from functools import cache
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from beneficiaries.models import Eligibility
from lib.dates import date_fr
from tenants.templatetags.interface import icon

register = template.Library()


@register.simple_tag
def eligibility_state(eligibility: Eligibility | str | None, today: date) -> SafeString:
    """Where an eligibility stands, without its criteria. `eligibility`: None or "" for someone who has none."""
    if not isinstance(eligibility, Eligibility) or eligibility.verified_on is None:
        return _state("amber", "alert-triangle", "À vérifier")
    until = eligibility.valid_until
    if until is not None and until < today:
        return _state("red", "circle-x", f"Terminée le {date_fr(until)}")
    below = f'<span class="sub">valable jusqu\'au {date_fr(until)}</span>' if until else ""
    return _state("good", "circle-check", f"Vérifiée le {date_fr(eligibility.verified_on)}") + SafeString(below)


def _state(tone: str, name: str, words: str) -> SafeString:
    return mark_safe(f'<span class="state state-{tone}">{_icon(name)}{escape(words)}</span>')  # noqa: S308 -- escaped


@cache
def _icon(name: str) -> SafeString:
    return icon(name)
