"""What narrows the list of work contracts."""

from datetime import timedelta

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from beneficiaries.enums import EmploymentType, Modality
from beneficiaries.models import Beneficiary, EmploymentContract
from beneficiaries.selectors.people import running_on, search_people
from clauses.models import Lot, PublicContract
from contractors.models import Company
from lib.dates import today_paris
from tenants.listing import ArchivedFilter, ListFilter

ENDING_WITHIN = timedelta(days=30)
STATES = [
    ("en_cours", "en cours"),
    ("fin_proche", "se terminent dans les 30 jours"),
    ("a_venir", "à venir"),
    ("termines", "terminés"),
]


def _companies(request: HttpRequest) -> QuerySet[Company]:
    return Company.objects.order_by("name", "pk")


def _lots(request: HttpRequest) -> QuerySet[Lot]:
    return Lot.objects.order_by("pk")


def _contracts(request: HttpRequest) -> QuerySet[PublicContract]:
    return PublicContract.objects.order_by("pk")


class EmploymentFilter(ListFilter):
    """Employer, lot and marché come from links of their pages: they show as applied filters, not as long lists."""

    etat = django_filters.ChoiceFilter(choices=STATES, label="État", method="in_state", empty_label="tous")
    type = django_filters.ChoiceFilter(choices=EmploymentType.choices, label="Type de contrat", empty_label="tous")
    modality = django_filters.ChoiceFilter(choices=Modality.choices, label="Modalité", empty_label="toutes")
    affectation = django_filters.ChoiceFilter(
        choices=[("non", "sans lot")], label="Affectation", method="assigned", empty_label="indifférente"
    )
    employer = django_filters.ModelChoiceFilter(
        queryset=_companies, label="Employeur", method="at_company", widget=forms.HiddenInput
    )
    lot = django_filters.ModelChoiceFilter(queryset=_lots, label="Lot", method="on_lot", widget=forms.HiddenInput)
    contract = django_filters.ModelChoiceFilter(
        queryset=_contracts, label="Marché", method="on_contract", widget=forms.HiddenInput
    )
    archived = ArchivedFilter()

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        people = search_people(Beneficiary.objects.all(), value).values("pk")
        return queryset.filter(Q(beneficiary__in=people) | Q(employer__name__unaccent__icontains=value.strip()))

    def in_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        today = today_paris()
        states = {
            "en_cours": Q(pk__in=running_on(today).values("pk")),
            "fin_proche": Q(ends_on__gte=today, ends_on__lte=today + ENDING_WITHIN),
            "a_venir": Q(starts_on__gt=today),
            "termines": Q(ends_on__lt=today),
        }
        return queryset.filter(states[value])

    def assigned(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(assignments__isnull=True)

    def at_company(self, queryset: QuerySet, name: str, value: Company) -> QuerySet:
        return queryset.filter(Q(employer=value) | Q(user_company=value))

    def on_lot(self, queryset: QuerySet, name: str, value: Lot) -> QuerySet:
        return queryset.filter(pk__in=_on(Q(assignments__lot=value)))

    def on_contract(self, queryset: QuerySet, name: str, value: PublicContract) -> QuerySet:
        return queryset.filter(pk__in=_on(Q(assignments__lot__contract=value)))


def _on(condition: Q) -> QuerySet:
    """A contract on several lots of the marché counts once."""
    return EmploymentContract.objects.filter(condition).values("pk")
