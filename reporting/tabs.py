"""The pages of Accueil."""

from typing import Any

from django.urls import reverse

_HOME = (("home", "Ma journée", "reporting:home"), ("figures", "Chiffres de la structure", "reporting:figures"))


def home_tabs(active: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": reverse(route), "count": None, "active": key == active} for key, label, route in _HOME
    ]
