"""Every component with invented content, for the eye, for axe and for the strict template tests."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template import Engine, RequestContext
from django.test import RequestFactory

from lib.svg import obligation_bar
from tenants.templatetags.interface import LOOKS

BAR_TEXT = "612,5 h validées sur 833 h (73,5 %) · attendu fin septembre 690 h · reste 220,5 h"

# validated, declared, due: on the way, done and more, nothing yet, without obligation
BARS: tuple[tuple[str, str, int | None], ...] = (
    ("612.5", "700", 833),
    ("850", "910", 833),
    ("0", "0", 833),
    ("0", "12", None),
)


def bar(uid: str, validated: str = "612.5", declared: str = "700", due: int | None = 833) -> dict[str, Any]:
    svg = obligation_bar(due, Decimal(validated), Decimal(declared), Decimal(690) if due else None, uid=uid)
    return {"svg": svg, "text": BAR_TEXT}


GOOD = {"icon": "checks", "tone": "good"}


class LotForm(forms.Form):
    title = forms.CharField(label="intitulé", help_text="Tel qu'il figure au marché.")
    rule = forms.ChoiceField(label="règle", choices=[("", "Choisir…"), ("fixed", "heures fixées au marché")])
    due = forms.DecimalField(label="heures dues", help_text="En heures, par exemple 833 ou 1 024,5.")
    starts_on = forms.DateField(label="début", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    kinds = forms.MultipleChoiceField(
        label="modalités admises",
        choices=[("1", "embauche directe"), ("2", "mise à disposition")],
        widget=forms.CheckboxSelectMultiple,
    )
    notify = forms.BooleanField(label="prévenir le titulaire", required=False, help_text="Un message part ce soir.")
    note = forms.CharField(label="remarque", required=False, widget=forms.Textarea)
    proof = forms.FileField(label="acte d'engagement", required=False)


class LotFilter(forms.Form):
    q = forms.CharField(label="rechercher un lot", required=False, widget=forms.SearchInput)
    holder = forms.ChoiceField(
        label="titulaire",
        required=False,
        choices=[("", "Tous"), ("1", "Bâti Garonne"), ("2", "Peintures du Lauragais")],
        widget=forms.Select(attrs={"data-select": ""}),
    )
    ends_before = forms.DateField(
        label="se termine avant", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class Somebody:
    is_authenticated = True

    def __str__(self) -> str:
        return "Inès Karim"


def frame() -> dict[str, Any]:
    area = SimpleNamespace(kind="tenant", id=1, name="Groupement Départemental 31")
    labels = (
        ("Accueil", "home"), ("Saisie des heures", "clock-edit"), ("Marchés", "file-text"), ("Bénéficiaires", "users"),
        ("Entreprises", "building"), ("Bilans", "report"), ("Données", "database"), ("Structure", "settings"),
    )  # fmt: skip
    return {
        "nav": [
            {"label": label, "url": f"#{icon}", "icon": icon, "active": label == "Marchés"} for label, icon in labels
        ],
        "area": area,
        "areas": [area, SimpleNamespace(kind="tenant", id=2, name="Toulouse Métropole Emploi")],
        "demo_banner": True,
        "search_url": "#recherche",
        "foot_links": [{"label": "Accessibilité", "url": "#accessibilite"}],
        "messages": [],
    }


def lots() -> list[dict[str, Any]]:
    holders = ("Bâti Garonne", "Peintures du Lauragais", "Couverture Occitane", "Terrassements Ariège-Garonne")
    titles = ("Lot 1 Gros œuvre", "Lot 2 Peinture et revêtements", "Lot 3 Couverture", "Lot 4 Voirie et réseaux divers")
    return [
        {
            "id": index,
            "title": titles[index % 4],
            "holder": holders[index % 4],
            "status": list(LOOKS)[index],
            "due": Decimal(833 * (index + 1)),
            "validated": Decimal("612.5") * index,
            "bar": bar(f"lot-{index}", *BARS[index % 4]),
            "rate": None if index == 0 else Decimal("0.735"),
            "ends_on": date(2027, 6, 30),
        }
        for index in range(9)
    ]


def chart() -> dict[str, Any]:
    columns = (("Validées", "validated"), ("Déclarées", "declared"), ("Cumul", "cumulative"), ("Attendu", "expected"))
    months = (
        ("mai", "80.5", "0", "80.5"), ("juin", "120.25", "0", "200.75"), ("juillet", "96", "14.5", "311.25"),
        ("août", "0", "0", "311.25"), ("septembre", "60", "70", "441.25"), ("octobre", "0", "151.67", None),
    )  # fmt: skip
    return {
        "columns": [{"name": name, "look": look} for name, look in columns],
        "rows": [
            {
                "label": f"{month} 2026",
                "values": [*(None if figure is None else Decimal(figure) for figure in figures), Decimal(69 * index)],
            }
            for index, (month, *figures) in enumerate(months, start=1)
        ],
    }


def events() -> list[dict[str, Any]]:
    who = str(Somebody())
    return [
        {"title": "412,5 h validées", "at": datetime(2026, 11, 12, 9, 42, tzinfo=UTC), "who": who} | GOOD,
        {
            "title": "Relance",
            "text": "Octobre n'est pas déclaré.",
            "at": datetime(2026, 11, 10, tzinfo=UTC),
            "url": "#",
        },
        {"title": "Lot ajouté", "at": datetime(2026, 1, 5, 15, 3, tzinfo=UTC), "who": who, "icon": "plus"},
    ]


def context() -> dict[str, Any]:
    plain = json.loads((Path(__file__).parent / "gallery.json").read_text())
    return (
        frame()
        | plain
        | {
            "figures": {"due": Decimal(18420), "validated": Decimal("11230.25"), "rate": Decimal("0.6097")},
            "bar": bar("main"),
            "filter_form": LotFilter({}),
            "page": Paginator(range(162), 20).page(4),
            "lots": lots(),
            "chart": chart(),
            "events": events(),
            "codes": list(LOOKS),
            "form": LotForm({"title": "", "rule": "fixed", "due": "12h75"}),
        }
    )


def request(**cookies: str) -> HttpRequest:
    made = RequestFactory().get("/", {"sort": "-due", "page": "4"})
    made.COOKIES.update(cookies)
    made.user = Somebody()  # type: ignore[assignment]
    return made


# The site's templates without the database reads of its context processors; a variable that nobody gave shows as this.
UNDEFINED = "‽%s‽"
ENGINE = Engine(
    dirs=[str(Path(__file__).resolve().parents[2] / "templates")],
    builtins=["tenants.templatetags.interface"],
    libraries={"static": "django.templatetags.static"},
    string_if_invalid=UNDEFINED,
)


def render(
    template: str = "gallery.html", source: str = "", extra: dict[str, Any] | None = None, **cookies: str
) -> str:
    """A page with everything in it. `source`: the text of a template, rather than the name of one."""
    made = request(**cookies)
    data = context() | {"request": made, "csrf_token": get_token(made)} | (extra or {})
    found = ENGINE.from_string(source) if source else ENGINE.get_template(template)
    html = str(found.render(RequestContext(made, data)))
    assert "‽" not in html, re.findall("‽.*?‽", html)
    return html
