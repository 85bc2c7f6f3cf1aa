"""The log of who read what is protected, for whoever answers for it."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tenants.access import area_of, structure
from tenants.forms.read_log import ReadLogFilter
from tenants.listing import Column, Listing, text
from tenants.selectors.read_log import described, readings
from tenants.views.spaces import space_context

READINGS = Listing(
    noun="consultation",
    columns=[
        Column("Lu par", "membre", text("member__name")),
        Column("Le", "at"),
        Column("Ce qui a été lu", "part"),
        Column("De"),
    ],
    filters=ReadLogFilter,
    default_sort="-at",
)


@structure("log.read")
def read_log_list(request: HttpRequest) -> HttpResponseBase:
    context = space_context(request, "tenants:read_log_list") | {"title": area_of(request).name}
    return READINGS.respond(request, readings(), "tenants/read_log_list.html", context, present=described)
