-- The structure, and beside it the sums of the lots in scope and of the other lots of their operations (in_scope false).
-- Lots of one operation and one hourly cost are summed together, or each lot alone when by_lot is true. One row without
-- sums when there is no lot. perimeter: predicate on l, c, o; lines: the same on the lines; first, last: months.
WITH residents AS MATERIALIZED (
  SELECT id FROM beneficiaries_employmentcontract WHERE qpv_code <> ''
), near AS MATERIALIZED (
  SELECT l.id, c.operation_id,
         coalesce(l.starts_on, c.starts_on) <= %(last_day)s AND coalesce(l.ends_on, c.ends_on) >= %(first)s AS is_running
  FROM clauses_lot l
  JOIN clauses_publiccontract c ON c.id = l.contract_id
  LEFT JOIN clauses_operation o ON o.id = c.operation_id
  WHERE {perimeter}
), period AS MATERIALIZED (
  SELECT lot_id,
         sum(hours) FILTER (WHERE status <> 'refusee') AS declared,
         sum(hours) FILTER (WHERE status = 'validee') AS validated,
         sum(hours) FILTER (WHERE status = 'validee' AND employment_id IN (SELECT id FROM residents)) AS validated_qpv,
         sum(hours) FILTER (WHERE status = 'validee' AND kind = 'formation') AS training_validated
  FROM beneficiaries_hourentry
  WHERE {lines} AND month BETWEEN %(first)s AND %(last)s
  GROUP BY lot_id
), chosen AS MATERIALIZED (
  SELECT id, operation_id FROM near WHERE is_running OR id IN (SELECT lot_id FROM period)
), lots AS MATERIALIZED (
  SELECT l.id, c.operation_id, l.id IN (SELECT id FROM chosen) AS in_scope, coalesce(b.due, 0) AS due,
         coalesce(b.amount_ht, l.amount_ht) * b.labour_share AS labour, nullif(b.hourly_cost, 0) AS hourly_cost, b.rule
  FROM clauses_lot l
  JOIN clauses_publiccontract c ON c.id = l.contract_id
  LEFT JOIN clauses_obligation b ON b.lot_id = l.id AND b.is_current
  WHERE l.id IN (SELECT id FROM chosen) OR c.operation_id IN (SELECT operation_id FROM chosen)
), to_date AS MATERIALIZED (
  SELECT lot_id, sum(hours) AS validated,
         sum(hours) FILTER (WHERE employment_id IN (SELECT id FROM residents)) AS validated_qpv
  FROM beneficiaries_hourentry
  WHERE lot_id = ANY (ARRAY(SELECT id FROM lots)) AND month <= %(last)s AND status = 'validee'
  GROUP BY lot_id
), summed AS (
  SELECT CASE WHEN %(by_lot)s THEN l.id END AS lot_id, l.operation_id, l.in_scope,
         CASE WHEN l.rule <> 'none' AND l.labour IS NOT NULL THEN l.hourly_cost END AS cost,
         sum(l.labour) AS labour, sum(l.due) AS due, sum(greatest(0, l.due - coalesce(t.validated, 0))) AS remaining,
         coalesce(sum(p.declared), 0) AS declared, coalesce(sum(p.validated), 0) AS validated,
         coalesce(sum(p.validated_qpv), 0) AS validated_qpv, coalesce(sum(p.training_validated), 0) AS training_validated,
         coalesce(sum(t.validated), 0) AS validated_to_date, coalesce(sum(t.validated_qpv), 0) AS validated_qpv_to_date
  FROM lots l
  LEFT JOIN to_date t ON t.lot_id = l.id
  LEFT JOIN period p ON p.lot_id = l.id
  GROUP BY 1, 2, 3, 4
)
SELECT n.slug, n.etp_divisor, o.kind, o.total_hours_worked, g.kind, s.*
FROM tenants_tenant n
LEFT JOIN summed s ON true
LEFT JOIN clauses_operation o ON o.id = s.operation_id
LEFT JOIN clauses_programme g ON g.id = o.programme_id
