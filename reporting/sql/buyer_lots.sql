-- The lots of the account that is open, in every structure, each with its answer. Columns that its role may read.
-- The planner expects three lots where an account has hundreds: their progress is looked up for each, not joined.
SELECT c.id AS contract_id, c.tenant_id, c.number AS contract_number, c.title AS contract_title, c.starts_on AS contract_starts_on,
       c.ends_on AS contract_ends_on, c.operation_id, o.name AS operation, o.qpv_code, extract(year FROM c.starts_on)::int AS year,
       l.id AS lot_id, l.number, l.title, l.starts_on, l.ends_on,
       p.due, p.declared, p.validated, p.validated_qpv, p.remaining, p.expected, p.forecast, p.weekly_needed, p.pace,
       p.capacity, p.last_possible_on, p.reference_date, p.status, p.severity, (SELECT name FROM contractors_company WHERE id = h.company_id) AS holder,
       b.amount_ht, b.labour_share, b.hourly_cost
FROM clauses_publiccontract c
JOIN clauses_lot l ON l.contract_id = c.id
LEFT JOIN clauses_operation o ON o.id = c.operation_id
LEFT JOIN LATERAL (
  SELECT due, declared, validated, validated_qpv, remaining, expected, forecast, weekly_needed, pace, capacity,
         last_possible_on, reference_date, status, severity
  FROM clauses_lotprogress WHERE lot_id = l.id
  OFFSET 0
) p ON true
LEFT JOIN clauses_obligation b ON b.lot_id = l.id AND b.is_current AND b.rule <> 'none'
LEFT JOIN clauses_lotholder h ON h.lot_id = l.id AND h.role IN ('titulaire', 'mandataire')
WHERE c.archived_at IS NULL
ORDER BY p.severity NULLS LAST, p.remaining DESC NULLS LAST, c.id, l.number, l.id
