"""What figures and bilans may bear on, and over which months."""

from datetime import date

import pytest

from lib.dates import add_months, month_key, today_paris
from reporting.forms.bilan import LONGEST_COMMENT, BilanForm, PerimeterForm, default_choice
from reporting.indicators.source import Perimeter
from tenants import scope
from tests import factories

WHOLE_YEAR = {"perimetre": "tenant", "de": "2026-01", "a": "2026-12"}


@pytest.fixture
def house(world):
    with scope.tenant(world.ours.tenant.pk, world.alice.pk):
        yield world.ours


def test_whole_structure(house):
    form = PerimeterForm(WHOLE_YEAR)
    assert form.is_valid()
    assert form.perimeter == Perimeter()
    assert (form.cleaned_data["de"], form.cleaned_data["a"]) == (date(2026, 1, 1), date(2026, 12, 1))


@pytest.mark.parametrize(("kind", "ref"), [("operation", "O1"), ("programme", "P1"), ("buyer", "B1")])
def test_object_of_the_structure(house, kind, ref):
    row = getattr(house, kind)
    form = PerimeterForm(WHOLE_YEAR | {"perimetre": f"{kind}:{row.pk}"})
    assert form.is_valid()
    assert form.perimeter == Perimeter(kind, row.pk, ref)


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"de": "2026-13"}, "de", "Ce n'est pas un mois. Écrivez-le comme 2026-10."),
        ({"de": ""}, "de", "obligatoire"),
        ({"de": "2026-12", "a": "2026-01"}, "a", "La fin précède le début"),
        ({"perimetre": "buyer:0"}, "perimetre", "choix"),
    ],
)
def test_what_cannot_be_read_is_said_at_the_field(house, changed, field, message):
    form = PerimeterForm(WHOLE_YEAR | changed)
    assert list(form.errors) == [field]
    assert message in form.errors[field][0]


def test_month_that_was_refused_is_shown_as_typed(house):
    assert PerimeterForm(WHOLE_YEAR | {"de": "mars"})["de"].value() == "mars"
    assert PerimeterForm(initial={"de": date(2026, 3, 1)})["de"].value() == "2026-03"


def test_what_is_archived_or_of_another_structure_is_not_offered(world, house):
    gone = factories.BuyerFactory(name="Office fermé", archived_at="2026-01-01T00:00:00Z")
    for row in (gone, world.theirs.buyer):
        assert list(PerimeterForm(WHOLE_YEAR | {"perimetre": f"buyer:{row.pk}"}).errors) == ["perimetre"]
    # Marchés of a donneur d'ordre that was archived still count in the figures, which name it.
    assert PerimeterForm(WHOLE_YEAR).buyer_names == {"B1": "Office de l'habitat", gone.external_ref: "Office fermé"}


def test_comments_of_a_bilan_have_a_limit(house):
    form = BilanForm(WHOLE_YEAR | {"contexte": "x" * LONGEST_COMMENT, "parcours": "x" * (LONGEST_COMMENT + 1)})
    assert list(form.errors) == ["parcours"]
    given = BilanForm(WHOLE_YEAR | {"contexte": " Trois chantiers. "})
    assert given.is_valid()
    assert given.comments == {"contexte": "Trois chantiers.", "actions": "", "parcours": "", "perspectives": ""}


def test_default_period_ends_with_the_last_complete_month():
    last = add_months(today_paris().replace(day=1), -1)
    assert default_choice() == {"perimetre": "tenant", "de": f"{last.year}-01", "a": month_key(last)}


def test_operations_of_one_name_are_told_apart_by_their_donneur_d_ordre(house):
    other = factories.OperationFactory(name=house.operation.name, buyer=factories.BuyerFactory(name="Toit voisin"))
    offered = dict(dict(PerimeterForm(WHOLE_YEAR).fields["perimetre"].choices)["Opérations"])
    assert offered == {
        f"operation:{house.operation.pk}": f"{house.operation.name}\u00a0· {house.buyer.name}",
        f"operation:{other.pk}": f"{house.operation.name}\u00a0· Toit voisin",
    }
