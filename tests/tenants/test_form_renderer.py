"""Our rendering of a list of options against Django's own."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from tenants.forms.renderer import FormRenderer

CHOICES: list[Any] = [
    ("", "Tous"),
    (1, "Toit & <fils>"),
    ("L'un", 'dit "deux"'),
    ("Groupe <a>", [("x", "Déjà"), ("y", mark_safe("<b>sûr</b>"))]),
    ("z", gettext_lazy("January")),
]


@pytest.mark.parametrize("value", ["", 1, "x", "absent", None])
@pytest.mark.parametrize(
    "widget",
    [
        forms.Select(choices=CHOICES, attrs={"data-select": True, "disabled": False, "class": 'a"b<c', "data-n": 1200}),
        forms.Select(choices=[]),
        forms.NullBooleanSelect(),
        forms.SelectMultiple(choices=CHOICES),
        forms.TextInput(),
    ],
)
def test_list_is_what_django_writes(widget: forms.Widget, value: Any) -> None:
    values = [value] if isinstance(widget, forms.SelectMultiple) else value
    shown, expected = (
        widget.render("le_champ", values, attrs={"id": "id_le_champ", "required": True}, renderer=renderer)
        for renderer in (FormRenderer(), DjangoTemplates())
    )
    assert shown.split() == expected.split()
    assert type(shown) is type(expected)


def test_every_form_uses_it() -> None:
    assert isinstance(forms.Form().renderer, FormRenderer)
