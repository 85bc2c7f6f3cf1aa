from typing import Any

from clauses.models import BuyerLink
from tenants import scope
from tenants.models import BuyerAccount
from tests.access import BUYER_OBJECT, BUYER_PAGE, PAGE, WRITE, Row
from tests.factories import BuyerFactory, World

FORM = PAGE.but(bob=403)


def our_link(world: World) -> dict[str, Any]:
    with scope.tenant(world.ours.tenant.pk):
        return {"pk": BuyerLink.objects.get().pk}


def proposed(world: World) -> dict[str, Any]:
    with scope.tenant(world.ours.tenant.pk):
        link = BuyerLink.objects.create(
            buyer=BuyerFactory(), buyer_account=world.account, tenant_name="x", buyer_name="x"
        )
    return {"pk": link.pk}


def proposal(world: World) -> dict[str, Any]:
    with scope.operator():
        code = BuyerAccount.objects.get(pk=world.account.pk).code
    with scope.tenant(world.ours.tenant.pk):
        return {"buyer": BuyerFactory(name="Un autre").pk, "code": code}


ROWS = [
    Row("clauses:buyer_link_list", PAGE),
    Row("clauses:buyer_link_create", FORM),
    # The buyer is ours: Charlie cannot choose it.
    Row("clauses:buyer_link_create", FORM.but(alice=302, charlie=422), "POST", data=proposal),
    Row("clauses:buyer_link_end", WRITE, "POST", kwargs=our_link),
    Row("clauses:account_link_list", BUYER_PAGE),
    Row("clauses:account_link_accept", BUYER_OBJECT.but(dominique=302), "POST", kwargs=proposed),
    Row("clauses:account_link_end", BUYER_OBJECT.but(dominique=302), "POST", kwargs=our_link),
]
