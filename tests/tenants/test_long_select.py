"""A long list says the same as Django's own."""

from html.parser import HTMLParser

import pytest
from django import forms

from tenants.forms.long_select import LongSelect

CHOICES = [("", "Aucun"), (1, "L'un & l'autre"), ("QPV <2024>", [("a", "A"), ("b\"'", "B")])]


class Reader(HTMLParser):
    """Tags with their attributes, and texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[object] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_data(self, data):
        if data.strip():
            self.seen.append(data.strip())


@pytest.mark.parametrize("value", ["", None, 1, "1", "a", "b\"'", "x"])
def test_same_options_as_django(value):
    attrs = {"id": "id_x", "required": True, "aria-describedby": 'y"z'}
    ours = LongSelect(choices=CHOICES).render("x", value, attrs)
    theirs = forms.Select({"data-select": ""}, CHOICES).render("x", value, attrs)
    assert Reader(ours).seen == Reader(theirs).seen
