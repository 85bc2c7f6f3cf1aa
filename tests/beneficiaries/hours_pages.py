"""What the tests of the grid read in its pages and send back."""

from datetime import date
from decimal import Decimal

from beneficiaries.models import HourEntry

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
GRID = "/heures/?mois=2026-04"


def rows(response) -> list[int]:
    return [row.working.id for lot in response.context["grid"].lots for row in lot.rows]


def cells(response):
    return response.context["grid"].cells


def key(assignment, kind="travail", month="2026-04") -> str:
    return f"{assignment.pk}-{month}-{kind}"


def plain_form(response, **changes) -> dict[str, str]:
    """What the browser would send of this page, some cells typed over (by key)."""
    data = {}
    for cell in cells(response).values():
        data |= {
            f"hours-{cell.key}": cell.text,
            f"version-{cell.key}": str(cell.version),
            f"saved-{cell.key}": cell.saved,
        }
    return data | {f"hours-{name}": text for name, text in changes.items()}


def lines(ours, month=APRIL) -> list[tuple[str, Decimal, str]]:
    def read():
        found = HourEntry.objects.filter(month=month).order_by("assignment_id", "kind")
        return [(line.kind, line.hours, line.status) for line in found]

    return ours(read)
