"""How objects are named in lists of choices."""

from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Concat

from clauses.models import Operation
from lib.bar_text import SEPARATOR


def choice_name(model: type) -> Any:
    """Expression for `annotate`: many operations share a name, that of their donneur d'ordre tells them apart."""
    return Concat("name", Value(SEPARATOR), "buyer__name") if model is Operation else F("name")


def operation_choice(operation: Operation) -> str:
    """The same of one operation, read with its buyer."""
    return f"{operation.name}{SEPARATOR}{operation.buyer.name}"
