"""The link by which a donneur d'ordre sees its marchés: the structure proposes it, the account accepts, either ends it.

The account is found by the code that it gave, never by its name or SIRET. Triggers stamp the account on every row below
the buyer when a link is accepted, and take it away when it ends (migrations 0002 and 0005).
"""

import re

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from clauses.enums import LinkState
from clauses.models import Buyer, BuyerLink
from lib.numbers import NNBSP
from tenants.models import Tenant


class LinkRefusedError(ValueError):
    """The link cannot be proposed; the message is a French sentence."""


def propose_link(*, buyer: Buyer, code: str) -> BuyerLink:
    """In the structure's scope. Raises LinkRefusedError."""
    account = _account_of(code)
    if account is None:
        raise LinkRefusedError("Aucun compte n'a ce code. Vérifiez-le auprès du donneur d'ordre, signe par signe.")
    account_id, account_name = account
    link = BuyerLink(
        buyer=buyer,
        buyer_account_id=account_id,
        tenant_name=Tenant.objects.values_list("name", flat=True).get(),
        buyer_name=buyer.name[:250],
        account_name=account_name,
    )
    try:
        with transaction.atomic():
            link.save()
    except IntegrityError as error:
        raise LinkRefusedError(
            f"«{NNBSP}{buyer.name}{NNBSP}» a déjà un lien proposé ou accepté. Terminez-le avant d'en proposer un autre."
        ) from error
    return link


def accept_link(*, link: BuyerLink) -> bool:
    """In the account's scope: its marchés show at once. False when the link is no longer proposed."""
    proposed = BuyerLink.objects.filter(pk=link.pk, state=LinkState.PROPOSED)
    return proposed.update(state=LinkState.ACCEPTED, decided_at=timezone.now()) == 1


def end_link(*, link: BuyerLink) -> bool:
    """In either's scope, a refusal too: the account sees nothing of it from then on. False when it had ended."""
    open_link = BuyerLink.objects.filter(pk=link.pk).exclude(state=LinkState.ENDED)
    return open_link.update(state=LinkState.ENDED, ended_at=timezone.now()) == 1


def _account_of(code: str) -> tuple[int, str] | None:
    """Spaces and dashes put between groups do not count, nor does the case."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM clauseo_account_of_code(%s)", [re.sub(r"[\W_]", "", code).upper()])
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None
