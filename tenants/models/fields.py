"""Decimals kept exactly as received: PostgreSQL's `numeric` without a scale, so that no exchange loses a digit."""

from typing import Any

from django.db import models

# What people may type in a line that has no limit of its own: an index holds it, whatever the letters.
LONGEST_LINE = 500


class ExactDecimalField(models.DecimalField):
    """A decimal of any length. `max_digits` and `decimal_places` bear on forms only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 40)
        kwargs.setdefault("decimal_places", 20)
        super().__init__(*args, **kwargs)

    def db_type(self, connection: Any) -> str:
        return "numeric"


class AmountField(ExactDecimalField):
    """Euros, before tax."""


class HoursField(ExactDecimalField):
    """Hours, two decimals."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)
