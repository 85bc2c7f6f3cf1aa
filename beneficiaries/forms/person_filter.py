"""What narrows the list of people. A criterion that reveals health, justice or origin is not offered."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from beneficiaries.enums import HORS_QPV, QpvGeneration, Sex
from beneficiaries.models import Beneficiary
from beneficiaries.reference import criteria
from beneficiaries.selectors.people import by_eligibility, qpv_codes, search_people, with_current_contract
from lib.dates import today_paris
from tenants.listing import ArchivedFilter, ListFilter

YES_NO = [("oui", "oui"), ("non", "non")]
ELIGIBILITY = [
    ("ending", "se termine dans les 30 jours"),
    ("ended", "terminée"),
    ("missing", "jamais vérifiée"),
]


def _open_criteria() -> list[tuple[str, str]]:
    return [(one.code, one.label) for one in criteria().values() if not one.sensitive]


class PersonFilter(ListFilter):
    en_contrat = django_filters.ChoiceFilter(
        choices=YES_NO, label="En contrat aujourd'hui", method="working", empty_label="indifférent"
    )
    eligibilite = django_filters.ChoiceFilter(
        choices=ELIGIBILITY, label="Éligibilité", method="eligible", empty_label="indifférente"
    )
    critere = django_filters.ChoiceFilter(
        choices=_open_criteria, label="Critère", method="meets", empty_label="indifférent"
    )
    qpv = django_filters.ChoiceFilter(
        choices=[*YES_NO, *QpvGeneration.choices],
        label="Quartier prioritaire",
        method="in_quarter",
        empty_label="indifférent",
    )
    quartier = django_filters.ChoiceFilter(
        choices=qpv_codes, field_name="qpv_code", label="Quartier", empty_label="tous"
    )
    sexe = django_filters.ChoiceFilter(choices=Sex.choices, field_name="sex", label="Sexe", empty_label="indifférent")
    archived = ArchivedFilter()

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return search_people(queryset, value)

    def working(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        working = with_current_contract(Beneficiary.objects.all(), today_paris()).values("pk")
        return queryset.filter(pk__in=working) if value == "oui" else queryset.exclude(pk__in=working)

    def eligible(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return by_eligibility(queryset, value, today_paris())

    def meets(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        meeting: Any = Beneficiary.objects.filter(eligibilities__criteria__contains=[value]).values("pk")
        return queryset.filter(pk__in=meeting)

    def in_quarter(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        outside = ("", HORS_QPV)
        if value == "oui":
            return queryset.exclude(qpv_code__in=outside)
        return queryset.filter(qpv_code__in=outside) if value == "non" else queryset.filter(qpv_generation=value)
