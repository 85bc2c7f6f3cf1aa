"""Filters of the log of readings: who read, in which days."""

import django_filters
from django.http import HttpRequest

from tenants.forms.fields import DayField
from tenants.listing import ListFilter
from tenants.models import Member, TenantQuerySet


def _members(request: HttpRequest) -> TenantQuerySet:
    """Those who left as well: what they read stays."""
    members: TenantQuerySet = Member.objects.order_by("name", "pk")
    return members


class _DayFilter(django_filters.DateFilter):
    field_class = DayField


class ReadLogFilter(ListFilter):
    search_fields = ("member__name", "part")

    membre = django_filters.ModelChoiceFilter(
        field_name="member", queryset=_members, label="lu par", empty_label="tout le monde"
    )
    du = _DayFilter(field_name="at", lookup_expr="date__gte", label="depuis le")
    au = _DayFilter(field_name="at", lookup_expr="date__lte", label="jusqu'au")
