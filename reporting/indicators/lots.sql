-- The structure, and beside it the lots of the perimeter and the other lots of their operations (in_perimeter false), each
-- with its current obligation. One row without a lot when there is none. {perimeter}: predicate on l, c, o and %(id)s.
WITH chosen AS (
  SELECT l.id, c.operation_id
  FROM clauses_lot l
  JOIN clauses_publiccontract c ON c.id = l.contract_id
  LEFT JOIN clauses_operation o ON o.id = c.operation_id
  WHERE {perimeter}
), lots AS (
  SELECT l.id, l.contract_id, c.buyer_id, c.operation_id, h.company_id AS holder_id,
         l.id IN (SELECT id FROM chosen) AS in_perimeter,
         coalesce(l.starts_on, c.starts_on) AS starts_on, coalesce(l.ends_on, c.ends_on) AS ends_on,
         coalesce(b.due, 0) AS due, coalesce(b.amount_ht, l.amount_ht) AS amount_ht,
         CASE WHEN b.rule <> 'none' THEN b.labour_share END AS labour_share,
         CASE WHEN b.rule <> 'none' THEN b.hourly_cost END AS hourly_cost,
         o.kind AS operation_kind, o.total_hours_worked, p.kind AS programme_kind
  FROM clauses_lot l
  JOIN clauses_publiccontract c ON c.id = l.contract_id
  LEFT JOIN clauses_operation o ON o.id = c.operation_id
  LEFT JOIN clauses_programme p ON p.id = o.programme_id
  LEFT JOIN clauses_obligation b ON b.lot_id = l.id AND b.is_current
  LEFT JOIN clauses_lotholder h ON h.lot_id = l.id AND h.role IN ('titulaire', 'mandataire')
  WHERE l.id IN (SELECT id FROM chosen) OR c.operation_id IN (SELECT operation_id FROM chosen)
)
SELECT t.slug, t.etp_divisor, lots.* FROM tenants_tenant t LEFT JOIN lots ON true ORDER BY lots.id
