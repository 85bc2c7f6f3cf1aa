"""A list of hundreds of choices."""

from html import escape
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.choices import normalize_choices
from django.utils.safestring import SafeString, mark_safe


class LongSelect(forms.Select):
    """Searchable with scripts (static/js/select.js), written in one go: Django renders a template for each option."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"data-select": "", **(attrs or {})}, choices)

    @property
    def choices(self) -> Any:
        return self._choices

    @choices.setter
    def choices(self, value: Any) -> None:
        """A list is taken as it is, pairs: the field has looked at each already."""
        self._choices = value if isinstance(value, list) else normalize_choices(value)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = {str(one) for one in self.format_value(value)}
        options = []
        for code, label in self.choices:
            if isinstance(label, list | tuple):
                inner = "".join(_option(one, words, chosen) for one, words in label)
                options.append(f'<optgroup label="{escape(str(code))}">{inner}</optgroup>')
            else:
                options.append(_option(code, label, chosen))
        tag = flatatt({**self.build_attrs(self.attrs, attrs), "name": name})
        return mark_safe(f"<select{tag}>{''.join(options)}</select>")  # noqa: S308 -- escaped


def _option(code: Any, label: Any, chosen: set[str]) -> str:
    text = "" if code is None else str(code)
    selected = " selected" if text in chosen else ""
    return f'<option value="{escape(text)}"{selected}>{escape(str(label))}</option>'
