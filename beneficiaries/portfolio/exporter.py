"""The structure that is open, as a folder of the exchange format: the same data always give the same bytes."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import IO

from django.db import connection

from beneficiaries.portfolio.columns import FILES, File

# One row for each record, in the order of the references; the columns are those of portfolio.columns, under its names.
QUERIES = {
    "buyers": """
        SELECT external_ref AS buyer_ref, name, siret, kind FROM clauses_buyer
        """,
    "programmes": """
        SELECT external_ref AS programme_ref, name, kind, number, city, starts_on, ends_on FROM clauses_programme
        """,
    "companies": """
        SELECT external_ref AS company_ref, name, siret, kind FROM contractors_company
        """,
    "operations": """
        SELECT o.external_ref AS operation_ref, b.external_ref AS buyer_ref, p.external_ref AS programme_ref,
               o.name, o.kind, o.qpv_code, o.total_hours_worked
        FROM clauses_operation o JOIN clauses_buyer b ON b.id = o.buyer_id
        LEFT JOIN clauses_programme p ON p.id = o.programme_id
        """,
    "contracts": """
        SELECT c.external_ref AS contract_ref, b.external_ref AS buyer_ref, o.external_ref AS operation_ref,
               coalesce(nullif(btrim(c.title), ''), c.external_ref) AS title, c.nature, c.mechanism, c.notified_on,
               c.starts_on, c.ends_on, c.amount_ht
        FROM clauses_publiccontract c JOIN clauses_buyer b ON b.id = c.buyer_id
        LEFT JOIN clauses_operation o ON o.id = c.operation_id
        """,
    # A parameter that the rule ignores is not written: it would be told as a warning, and changes nothing.
    "lots": """
        SELECT l.external_ref AS lot_ref, c.external_ref AS contract_ref,
               coalesce(nullif(btrim(l.number), ''), l.external_ref) AS number,
               coalesce(nullif(btrim(l.title), ''), l.external_ref) AS title,
               coalesce(b.amount_ht, l.amount_ht) AS amount_ht, k.external_ref AS holder_ref,
               coalesce(b.rule, 'none') AS rule,
               CASE WHEN b.rule = 'fixed' THEN b.fixed_hours END AS fixed_hours,
               CASE WHEN b.rule <> 'none' THEN b.labour_share END AS labour_share,
               CASE WHEN b.rule <> 'none' THEN b.hourly_cost END AS hourly_cost,
               CASE WHEN b.rule = 'share_of_labour' THEN b.rate END AS rate,
               CASE WHEN b.rule <> 'none' THEN b.offered_hours END AS offered_hours,
               CASE WHEN b.rule IS NULL THEN 'À calibrer' WHEN b.rule = 'none' THEN b.exempt_reason END
                 AS exempt_reason,
               l.starts_on, l.ends_on
        FROM clauses_lot l JOIN clauses_publiccontract c ON c.id = l.contract_id
        LEFT JOIN clauses_obligation b ON b.lot_id = l.id AND b.is_current
        LEFT JOIN clauses_lotholder h ON h.lot_id = l.id AND h.role IN ('titulaire', 'mandataire')
        LEFT JOIN contractors_company k ON k.id = h.company_id
        """,
    "beneficiaries": """
        SELECT b.external_ref AS beneficiary_ref, b.last_name, b.first_name, b.birth_date,
               CASE WHEN b.birth_date IS NULL THEN regexp_replace(b.person_key, '^k:', '') END AS person_key,
               b.sex, b.postcode, b.city, coalesce(nullif(b.education_level, ''), 'non_connu') AS education_level,
               coalesce(nullif(b.qpv_code, ''), 'hors_qpv') AS qpv_code, b.qpv_generation,
               coalesce(nullif(array_to_string(e.criteria, ';'), ''), 'non_connu') AS criteria,
               e.verified_on AS eligibility_verified_on
        FROM beneficiaries_beneficiary b
        LEFT JOIN LATERAL (
          SELECT criteria, verified_on FROM beneficiaries_eligibility
          WHERE beneficiary_id = b.id ORDER BY id DESC LIMIT 1
        ) e ON true
        """,
    "employment_contracts": """
        SELECT e.external_ref AS employment_ref, b.external_ref AS beneficiary_ref, k.external_ref AS employer_ref,
               u.external_ref AS user_company_ref, e.modality, e.type, e.starts_on, e.ends_on, e.rome_code,
               e.weekly_hours,
               coalesce(e.age_at_hire::text, 'non_connu') AS age_at_hire,
               coalesce(nullif(e.education_level, ''), 'non_connu') AS education_level,
               coalesce(nullif(array_to_string(e.criteria, ';'), ''), 'non_connu') AS criteria,
               coalesce(nullif(e.qpv_code, ''), 'hors_qpv') AS qpv_code, e.qpv_generation
        FROM beneficiaries_employmentcontract e
        JOIN beneficiaries_beneficiary b ON b.id = e.beneficiary_id
        JOIN contractors_company k ON k.id = e.employer_id
        LEFT JOIN contractors_company u ON u.id = e.user_company_id
        """,
    "hours": """
        SELECT e.external_ref AS employment_ref, l.external_ref AS lot_ref, to_char(h.month, 'YYYY-MM') AS month,
               h.kind, h.hours, h.status
        FROM beneficiaries_hourentry h
        JOIN beneficiaries_employmentcontract e ON e.id = h.employment_id
        JOIN clauses_lot l ON l.id = h.lot_id
        """,
}
_ORDER = {"hours": ("employment_ref", "lot_ref", "month", "kind")}


def export_portfolio(create: Callable[[str], AbstractContextManager[IO[bytes]]]) -> dict[str, int]:
    """Write the nine files where `create` opens one for each name; the number of rows of each."""
    rows = {}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL datestyle = 'ISO'")
        for file in FILES:
            with create(file.filename) as out:
                cursor.copy_expert(_copy(file), out)
            rows[file.name] = cursor.rowcount
    return rows


def _copy(file: File) -> str:
    """Empty texts leave as empty cells, like what is absent."""
    order = _ORDER.get(file.name, (file.column_names[0],))
    by = ", ".join(f'q.{name} COLLATE "C"' for name in order)
    return f"COPY (SELECT q.* FROM ({QUERIES[file.name]}) q ORDER BY {by}) TO STDOUT (FORMAT csv, HEADER)"  # noqa: S608
