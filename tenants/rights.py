"""Who may do what: pure predicates over one role × action table per kind of organisation."""

from tenants.enums import AreaKind, BuyerRole, TenantRole

_READ = {
    "register.read",
    "hours.read",
    "person.read",
    "bilan.read",
    "job.read",
    "document.read",
    "history.read",
    "data.export",
}
_WRITE = {
    "register.write",
    "person.write",
    "hours.write",
    "hours.validate",
    "bilan.write",
    "data.import",
    "document.write",
    "job.retry",
}
_ADMINISTER = {"member.manage", "structure.edit", "link.manage", "log.read"}

TENANT_RIGHTS: dict[str, frozenset[str]] = {
    TenantRole.READER: frozenset(_READ - {"data.export"}),
    TenantRole.FACILITATOR: frozenset(_READ | _WRITE),
    TenantRole.ADMINISTRATOR: frozenset(_READ | _WRITE | _ADMINISTER),
}
BUYER_RIGHTS: dict[str, frozenset[str]] = {
    BuyerRole.READER: frozenset({"dashboard.read", "bilan.read"}),
    BuyerRole.VALIDATOR: frozenset({"dashboard.read", "bilan.read", "bilan.decide"}),
    BuyerRole.ADMINISTRATOR: frozenset(
        {"dashboard.read", "bilan.read", "bilan.decide", "member.manage", "link.manage"}
    ),
}
OPERATOR_RIGHTS: frozenset[str] = frozenset({"organisation.manage"})


KNOWN: dict[str, frozenset[str]] = {
    AreaKind.TENANT: TENANT_RIGHTS[TenantRole.ADMINISTRATOR],
    AreaKind.BUYER: BUYER_RIGHTS[BuyerRole.ADMINISTRATOR],
    AreaKind.OPERATOR: OPERATOR_RIGHTS,
}


def granted(kind: str, role: str) -> frozenset[str]:
    """Every action that `role` may do in an organisation of `kind`."""
    if kind == AreaKind.OPERATOR:
        return OPERATOR_RIGHTS
    return (TENANT_RIGHTS if kind == AreaKind.TENANT else BUYER_RIGHTS)[role]


def may(kind: str, role: str, action: str) -> bool:
    """Whether `role` may do `action`. An unknown action raises: a typo must not deny in silence."""
    if action not in KNOWN[kind]:
        raise ValueError(f"unknown action for {kind}: {action}")
    return action in granted(kind, role)
