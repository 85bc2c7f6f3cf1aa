"""Holders and obligations of the staged lots. An obligation that changes gives a new version; the old one stays."""

from decimal import Decimal
from typing import Any

from django.db import connection

from beneficiaries.portfolio.columns import TO_BE_CALIBRATED
from beneficiaries.portfolio.tables import Table
from beneficiaries.portfolio.writing.staging import stage
from lib.obligation_rules import USELESS, Rule, Terms, due_hours

_PARAMETERS = {
    "amount_ht": "numeric",
    "fixed_hours": "numeric",
    "labour_share": "numeric",
    "hourly_cost": "numeric",
    "rate": "numeric",
    "offered_hours": "numeric",
    "exempt_reason": "text",
}


def stage_obligations(lots: Table) -> None:
    """The frozen parameters and result of each staged lot but those « à calibrer », which have no obligation."""
    rows = [
        (position, *_frozen(terms))
        for position, terms in enumerate(map(_terms, *(lots.values[name] for name in ("rule", *_PARAMETERS))))
        if not (terms.rule is Rule.NONE and terms.exempt_reason == TO_BE_CALIBRATED)
    ]
    columns = {"position": "integer", "rule": "text", **_PARAMETERS, "due": "numeric"}
    stage("obligations", columns, list(zip(*rows, strict=True)) if rows else [()] * len(columns))


def _terms(code: str, *parameters: Any) -> Terms:
    """Without the parameters that the rule ignores."""
    rule = Rule(code)
    given = {
        name: value
        for name, value in zip(_PARAMETERS, parameters, strict=True)
        if value is not None and name not in USELESS[rule]
    }
    return Terms(rule, **given)


def _frozen(terms: Terms) -> tuple[str | Decimal | None, ...]:
    return (terms.rule, *(getattr(terms, name) for name in _PARAMETERS), due_hours(terms))


_SAME = ", ".join(("rule", *_PARAMETERS))
_WANTED = ", ".join(("n.rule", *(f"n.{name}" for name in _PARAMETERS)))
_CURRENT = ", ".join(("o.rule", *(f"o.{name}" for name in _PARAMETERS)))


def import_obligations(tenant_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE clauses_obligation o SET is_current = false
            FROM import_lots i LEFT JOIN import_obligations n ON n.position = i.position
            WHERE o.tenant_id = %(tenant)s AND o.lot_id = i.id AND o.is_current
              AND (n.position IS NULL OR ({_CURRENT}) IS DISTINCT FROM ({_WANTED}));

            INSERT INTO clauses_obligation (tenant_id, lot_id, version, is_current, {_SAME}, due, created_at)
            SELECT %(tenant)s, i.id,
                   1 + coalesce((SELECT max(version) FROM clauses_obligation v WHERE v.lot_id = i.id), 0),
                   true, {_WANTED}, n.due, now()
            FROM import_obligations n JOIN import_lots i ON i.position = n.position
            WHERE NOT EXISTS (SELECT FROM clauses_obligation o WHERE o.lot_id = i.id AND o.is_current)
            ORDER BY i.position
            """,  # noqa: S608 -- names of our own, nothing from a file
            {"tenant": tenant_id},
        )


def import_holders(tenant_id: int) -> None:
    """The file names one holder, who leads the lot; the others that a lot may have are left as they are."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM clauses_lotholder h USING import_lots i
            WHERE h.tenant_id = %(tenant)s AND h.lot_id = i.id AND h.role IN ('titulaire', 'mandataire')
              AND i.holder_ref IS NULL;

            UPDATE clauses_lotholder h SET company_id = c.id
            FROM import_lots i JOIN import_companies c ON c.company_ref = i.holder_ref
            WHERE h.tenant_id = %(tenant)s AND h.lot_id = i.id AND h.role IN ('titulaire', 'mandataire')
              AND h.company_id <> c.id;

            INSERT INTO clauses_lotholder (tenant_id, lot_id, company_id, role, share)
            SELECT %(tenant)s, i.id, c.id, 'titulaire', 1
            FROM import_lots i JOIN import_companies c ON c.company_ref = i.holder_ref
            WHERE NOT EXISTS (
              SELECT FROM clauses_lotholder h WHERE h.lot_id = i.id AND h.role IN ('titulaire', 'mandataire'))
            ORDER BY i.position
            """,
            {"tenant": tenant_id},
        )
