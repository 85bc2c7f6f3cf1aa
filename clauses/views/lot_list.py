"""Register of lots: where the obligations lie, the most urgent first."""

from django.db.models import F
from django.http import HttpRequest, HttpResponse

from clauses.enums import BY_SEVERITY
from clauses.forms.filters import LotFilter
from clauses.resources import LotResource
from clauses.selectors.contracts import listed_lots, lots_by_status, lots_shown_in_list, lots_with_answers
from clauses.tabs import sibling_tabs
from lib.bar_text import STATUS_LABELS
from lib.progress_rules import LotStatus
from tenants.access import structure
from tenants.listing import Chip, Column, Listing, text

LOTS = Listing(
    noun="lot",
    columns=[
        Column("Lot", "title", text("title")),
        Column("Statut", "status", ("progress__severity", -F("progress__remaining"))),
        Column("Obligation", "rate", "progress__rate"),
        Column("Marché", "contract", text("contract__title")),
        Column("Titulaires"),
        Column("Fin", "ends"),
    ],
    filters=LotFilter,
    default_sort="status",
    resource=LotResource,
)


@structure("register.read")
def lot_list(request: HttpRequest) -> HttpResponse:
    counts = lots_by_status()
    chips = [
        Chip("Mes marchés", {"mine": "oui"}),
        Chip("En cours", {"period": "en_cours"}),
        *(
            Chip(STATUS_LABELS[LotStatus(status)], {"status": status}, counts[status])
            for status in BY_SEVERITY
            if counts[status]
        ),
    ]
    context = {"title": "Lots", "siblings": sibling_tabs("lots")}
    return LOTS.respond(
        request,
        lots_with_answers(),
        "clauses/lot_list.html",
        context,
        chips=chips,
        narrow=lots_shown_in_list,
        present=listed_lots,
    )
