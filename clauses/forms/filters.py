"""What narrows the lists of this app."""

from datetime import date
from functools import cached_property, partial
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from clauses.enums import BuyerKind, LotStatus, OperationKind, ProgrammeKind
from clauses.models import Buyer, LotHolder, Operation, Programme
from clauses.selectors.contracts import contracts_in_status, held_by
from clauses.selectors.names import Named, named_objects
from contractors.models import Company
from lib.dates import today_paris
from lib.siret import normalise_siret
from tenants.forms.long_select import LongSelect
from tenants.listing import ArchivedFilter, ListFilter

_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_MOST_WORDS = 8


def _buyers(request: HttpRequest) -> QuerySet[Buyer]:
    return Buyer.objects.order_by("name", "pk")


def _programmes(request: HttpRequest) -> QuerySet[Programme]:
    return Programme.objects.order_by("name", "pk")


def _operations(request: HttpRequest) -> QuerySet[Operation]:
    return Operation.objects.order_by("name", "pk")


class BuyerFilter(ListFilter):
    search_fields = ("name", "siret")

    kind = django_filters.ChoiceFilter(choices=BuyerKind.choices, label="Nature", empty_label="toutes")
    archived = ArchivedFilter()

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        digits = normalise_siret(value)
        if digits.isdecimal() and len(digits) > 4:
            return queryset.filter(siret__startswith=digits)
        return super().search(queryset, name, value)


class ProgrammeFilter(ListFilter):
    search_fields = ("name", "number", "city")

    kind = django_filters.ChoiceFilter(choices=ProgrammeKind.choices, label="Nature", empty_label="toutes")
    archived = ArchivedFilter()


class OperationFilter(ListFilter):
    search_fields = ("name", "buyer__name", "programme__name", "qpv_code")

    buyer = django_filters.ModelChoiceFilter(
        queryset=_buyers, label="Donneur d'ordre", empty_label="tous", widget=LongSelect
    )
    programme = django_filters.ModelChoiceFilter(queryset=_programmes, label="Programme", empty_label="tous")
    kind = django_filters.ChoiceFilter(choices=OperationKind.choices, label="Nature", empty_label="toutes")
    archived = ArchivedFilter()


class _ExecutionFilter(ListFilter):
    """What marchés and lots are both narrowed by. `first` and `last`: names of their days of execution."""

    first: ClassVar[str] = "starts_on"
    last: ClassVar[str] = "ends_on"

    status = django_filters.ChoiceFilter(
        choices=LotStatus.choices, label="Statut", method="in_status", empty_label="tous"
    )
    buyer = django_filters.ModelChoiceFilter(
        queryset=_buyers, label="Donneur d'ordre", empty_label="tous", widget=LongSelect
    )
    operation = django_filters.ModelChoiceFilter(
        queryset=_operations, label="Opération", empty_label="toutes", widget=LongSelect
    )
    programme = django_filters.ModelChoiceFilter(
        queryset=_programmes, field_name="operation__programme", label="Programme", empty_label="tous"
    )
    period = django_filters.ChoiceFilter(
        choices=[("en_cours", "en cours"), ("a_venir", "à venir"), ("termines", "terminés")],
        label="Exécution",
        method="in_period",
        empty_label="toutes",
    )
    year = django_filters.NumberFilter(
        label="En cours pendant l'année",
        method="in_year",
        decimal_places=0,
        min_value=_FIRST_YEAR,
        max_value=_LAST_YEAR,
    )
    mine = django_filters.ChoiceFilter(
        choices=[("oui", "oui")], label="Mes marchés", method="followed_by_me", empty_label="", widget=forms.HiddenInput
    )
    archived = ArchivedFilter()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in ("buyer", "programme", "operation"):
            self.form.fields[kind].widget.choices = partial(self._choices, kind)

    def _choices(self, kind: str) -> list[tuple[Any, str]]:
        """Read when the field is drawn, which it seldom is."""
        found = [(one.pk, one.name) for one in self._named if one.kind == kind]
        return [("", self.form.fields[kind].empty_label), *found]

    @cached_property
    def _named(self) -> list[Named]:
        return named_objects()

    def in_period(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        today = today_paris()
        periods = {
            "en_cours": {f"{self.first}__lte": today, f"{self.last}__gte": today},
            "a_venir": {f"{self.first}__gt": today},
            "termines": {f"{self.last}__lt": today},
        }
        return queryset.filter(**periods[value])

    def in_year(self, queryset: QuerySet, name: str, value: Any) -> QuerySet:
        year = int(value)
        return queryset.filter(**{f"{self.first}__lte": date(year, 12, 31), f"{self.last}__gte": date(year, 1, 1)})


class ContractFilter(_ExecutionFilter):
    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Each word in the title, the number, the buyer's name, or the name of a company on one of the lots."""
        for word in value.split()[:_MOST_WORDS]:
            companies = Company.objects.filter(name__unaccent__icontains=word)
            queryset = queryset.filter(
                Q(title__unaccent__icontains=word)
                | Q(number__icontains=word)
                | Q(buyer__name__unaccent__icontains=word)
                | Q(held_by(companies))
            )
        return queryset

    def in_status(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(pk__in=contracts_in_status(value).values("pk"))

    def followed_by_me(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(followed_by=self.request.area.member_id)


class _ArchivedLotFilter(ArchivedFilter):
    """A lot is out of the lists with its marché too."""

    def filter(self, qs: QuerySet, value: str | None) -> QuerySet:
        kept = Q(archived_at__isnull=True, contract__archived_at__isnull=True)
        return qs if value == "tous" else qs.exclude(kept) if value == "oui" else qs.filter(kept)


class LotFilter(_ExecutionFilter):
    first, last = "begins", "ends"  # annotated: the lot's own day, or its marché's

    buyer = django_filters.ModelChoiceFilter(
        queryset=_buyers,
        field_name="contract__buyer",
        label="Donneur d'ordre",
        empty_label="tous",
        widget=LongSelect,
    )
    operation = django_filters.ModelChoiceFilter(
        queryset=_operations,
        field_name="contract__operation",
        label="Opération",
        empty_label="toutes",
        widget=LongSelect,
    )
    programme = django_filters.ModelChoiceFilter(
        queryset=_programmes, field_name="contract__operation__programme", label="Programme", empty_label="tous"
    )
    archived = _ArchivedLotFilter()

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Each word in the lot's title, its marché's title or number, or the name of a company on the lot."""
        for word in value.split()[:_MOST_WORDS]:
            companies = Company.objects.filter(name__unaccent__icontains=word)
            queryset = queryset.filter(
                Q(title__unaccent__icontains=word)
                | Q(contract__title__unaccent__icontains=word)
                | Q(contract__number__icontains=word)
                | Exists(LotHolder.objects.filter(lot=OuterRef("pk"), company__in=companies))
            )
        return queryset

    def in_status(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(progress__status=value)

    def followed_by_me(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(contract__followed_by=self.request.area.member_id)
