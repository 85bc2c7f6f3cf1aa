"""Who logs in to the demonstration. One password for all: these accounts exist in a demonstration only."""

from dataclasses import dataclass

from tenants import scope
from tenants.models import BuyerAccount, BuyerMember, Member, Tenant, User
from tenants.services.accounts import set_password
from tenants.services.organisations import make_operator

PASSWORD = "bienvenue dans clauseo"  # noqa: S105 -- printed by make run and by demo_accounts, on purpose


@dataclass(frozen=True, slots=True)
class Account:
    """`places`: (slug of a structure or name of a donneur d'ordre, role)."""

    email: str
    name: str
    places: tuple[tuple[str, str], ...]


STRUCTURE_ACCOUNTS = (
    Account("direction@groupement.example", "Hélène Casterat", (("groupement-31", "administrator"),)),
    Account("mission@groupement.example", "Karim Lespinel", (("groupement-31", "facilitator"),)),
    Account("lecture@groupement.example", "Odile Marcassan", (("groupement-31", "reader"),)),
    Account("direction@tme.example", "Bruno Salvignac", (("toulouse-emploi", "administrator"),)),
    Account("mission@tme.example", "Inès Delmouly", (("toulouse-emploi", "facilitator"),)),
    Account(
        "deux-structures@clauseo.example",
        "Mathilde Rouanel",
        (("groupement-31", "facilitator"), ("toulouse-emploi", "facilitator")),
    ),
)
BUYER_ACCOUNTS = (
    Account("bailleur@toit-garonnais.example", "Philippe Arnalric", (("Toit Garonnais", "administrator"),)),
    Account("validation@toit-garonnais.example", "Nadia Bouzigol", (("Toit Garonnais", "validator"),)),
    Account("bailleur@deux-rives.example", "Sylvie Carboulet", (("Habitat des Deux Rives", "administrator"),)),
    Account("collectivite@metropole.example", "Yannick Ferrouil", (("Métropole des Deux Garonnes", "administrator"),)),
)
OPERATOR = Account("exploitation@clauseo.example", "Exploitation", ())
ALL = (*STRUCTURE_ACCOUNTS, *BUYER_ACCOUNTS, OPERATOR)


def create_accounts(tenants: dict[str, Tenant], sirets: dict[str, str]) -> dict[str, BuyerAccount]:
    """Users and their places. `sirets` by donneur d'ordre; the accounts made for them are returned by name."""
    with scope.none():
        users = {
            account.email: User.objects.create_user(account.email, PASSWORD, name=account.name)
            for account in (*STRUCTURE_ACCOUNTS, *BUYER_ACCOUNTS)
        }
    with scope.operator():
        names = dict.fromkeys(place for account in BUYER_ACCOUNTS for place, _role in account.places)
        organisations = {name: BuyerAccount.objects.create(name=name, siret=sirets[name]) for name in names}
    for account in STRUCTURE_ACCOUNTS:
        for slug, role in account.places:
            with scope.tenant(tenants[slug].pk):
                Member.objects.create(tenant=tenants[slug], **_membership(account, users, role))
    for account in BUYER_ACCOUNTS:
        for name, role in account.places:
            with scope.buyer(organisations[name].pk):
                BuyerMember.objects.create(account=organisations[name], **_membership(account, users, role))
    return organisations


def create_operator() -> None:
    """By the owner, as everywhere: apart from what the application's login may write."""
    make_operator(email=OPERATOR.email, name=OPERATOR.name)
    with scope.none():
        set_password(user=User.objects.get(email=OPERATOR.email), password=PASSWORD)


def _membership(account: Account, users: dict[str, User], role: str) -> dict[str, object]:
    return {"user": users[account.email], "role": role, "name": account.name, "email": account.email}
