"""What narrows the lots of a month."""

from clauses.forms.filters import LotFilter


class MonthLotFilter(LotFilter):
    """These lots run and are not archived: what narrows by that is left out."""

    period = None
    year = None
    archived = None
