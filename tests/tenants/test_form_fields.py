"""What people type in forms, and what is kept of it."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from clauses.models import Buyer, BuyerLink, LotHolder, PublicContract
from tenants import scope
from tenants.forms.fields import (
    DayField,
    FrenchDecimalField,
    HoursField,
    MoneyField,
    PercentField,
    RowField,
    SiretField,
    TenantForm,
)
from tests.factories import BuyerFactory


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        (MoneyField(), "1 500 000 €", "1500000"),
        (MoneyField(), "12,5", "12.5"),
        (HoursField(), "1\u202f024,5", "1024.5"),
        (HoursField(), "151h40", "151.67"),
        (PercentField(), "5", "0.05"),
        (PercentField(), "5,25 %", "0.0525"),
        (PercentField(), "100", "1"),
        (FrenchDecimalField(places=1), "0,5", "0.5"),
    ],
)
def test_number_is_read_as_typed(field, typed, kept):
    value = field.clean(typed)
    assert value == Decimal(kept)
    assert field.clean(field.prepare_value(value)) == value
    assert not field.has_changed(value, typed)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        (MoneyField(), "12,555", "trop de décimales"),
        (MoneyField(), "-1", "négatif"),
        (MoneyField(), "1e9", "n'est pas un nombre"),
        (MoneyField(), "2000000000000", "dépasse le maximum"),
        (HoursField(), "douze", "n'est pas une durée"),
        (HoursField(), "12h75", "n'est pas une durée"),
        (PercentField(), "101", "dépasse le maximum"),
        (PercentField(), "x", "n'est pas un nombre"),
        (SiretField(), "35600000012304", "La Poste"),
        (SiretField(), "1234", "4 chiffres au lieu de 14"),
        (DayField(), "31/02/2026", "Ce n'est pas une date"),
        (DayField(), "0202-01-01", "hors du calendrier"),
        (MoneyField(), "", "obligatoire"),
    ],
)
def test_what_cannot_be_read_is_said_in_french(field, typed, said):
    with pytest.raises(ValidationError) as refused:
        field.clean(typed)
    assert said in " ".join(refused.value.messages)


def test_optional_fields_may_be_empty():
    assert MoneyField(required=False).clean("  ") is None
    assert SiretField(required=False).clean(" ") == ""
    assert DayField(required=False).clean("") is None


def test_what_was_refused_is_shown_as_typed():
    assert MoneyField().prepare_value("douze") == "douze"
    assert MoneyField().has_changed(Decimal(12), "douze")


def test_siret_loses_its_spaces_alone():
    assert SiretField().clean("356 000 000\u00a012305") == "35600000012305"


def test_day_is_read_in_both_writings():
    assert DayField().clean("12/05/2026") == DayField().clean("2026-05-12") == date(2026, 5, 12)


@given(st.decimals(min_value=0, max_value=100, places=4))
def test_percent_is_exact(value):
    assert PercentField().clean(f"{value:f}") * 100 == value


class LinkForm(TenantForm):
    class Meta(TenantForm.Meta):
        model = BuyerLink
        fields = ("buyer", "tenant_name", "buyer_name")


def test_constraint_that_begins_with_the_structure_is_checked(world):
    house = world.ours
    with scope.tenant(house.tenant.pk, world.alice.pk):
        form = LinkForm({"buyer": house.buyer.pk, "tenant_name": "x", "buyer_name": "y"})
        assert form.errors == {"__all__": ["Ce donneur d'ordre a déjà un lien proposé ou accepté."]}


def test_choices_are_the_structures_own_without_what_is_archived(world):
    with scope.tenant(world.ours.tenant.pk, world.alice.pk):
        kept, gone = BuyerFactory(), BuyerFactory(archived_at="2026-01-01T00:00:00Z")
        assert set(LinkForm().fields["buyer"].queryset) == {world.ours.buyer, kept}
        assert set(LinkForm(instance=BuyerLink(buyer=gone)).fields["buyer"].queryset) == {world.ours.buyer, kept, gone}
        form = LinkForm({"buyer": world.theirs.buyer.pk, "tenant_name": "x", "buyer_name": "y"})
        assert list(form.errors) == ["buyer"]


def test_rows_that_are_never_archived_are_all_offered_and_a_blank_that_has_words_keeps_them(world):
    class HolderForm(TenantForm):
        holder = RowField(LotHolder, required=False, empty_label="le titulaire du lot")

        class Meta(TenantForm.Meta):
            model = BuyerLink
            fields = ("buyer",)

    with scope.tenant(world.ours.tenant.pk, world.alice.pk):
        choices = [label for _, label in HolderForm().fields["holder"].choices]
        assert choices == ["le titulaire du lot", *map(str, LotHolder.objects.all())]
        assert len(choices) == 2
        assert HolderForm().fields["buyer"].empty_label == "Choisir…"


def test_line_without_a_limit_of_its_own_gets_one(world):
    class NameForm(TenantForm):
        class Meta(TenantForm.Meta):
            model = Buyer
            fields = ("name", "notes")

    with scope.tenant(world.ours.tenant.pk, world.alice.pk):
        assert NameForm({"name": "é" * 500, "notes": "é" * 20_000}).errors == {}
        refused = NameForm({"name": "é" * 501, "notes": ""}).errors
    assert list(refused) == ["name"]
    assert "au plus 500" in refused["name"][0]


def test_model_fields_get_their_french_form_fields(world):
    class ContractForm(TenantForm):
        class Meta(TenantForm.Meta):
            model = PublicContract
            fields = ("title", "buyer", "operation", "amount_ht", "starts_on")

    fields = ContractForm.base_fields
    assert {name: type(field).__name__ for name, field in fields.items()} == {
        "title": "CharField",
        "buyer": "RowField",
        "operation": "RowField",
        "amount_ht": "MoneyField",
        "starts_on": "DayField",
    }
    assert [name for name, field in fields.items() if field.required] == ["title", "buyer", "starts_on"]
