-- Marks the lots whose stored sums differ from their lines, or whose obligation differs from the stored one, although
-- nothing had marked them.
WITH lines AS (
  SELECT h.lot_id, h.month, h.kind,
         coalesce(sum(h.hours) FILTER (WHERE h.status <> 'refusee'), 0) AS declared,
         coalesce(sum(h.hours) FILTER (WHERE h.status IN ('controlee', 'validee')), 0) AS controlled,
         coalesce(sum(h.hours) FILTER (WHERE h.status = 'validee'), 0) AS validated,
         coalesce(sum(h.hours) FILTER (WHERE h.status = 'validee' AND e.qpv_code <> ''), 0) AS validated_qpv
  FROM beneficiaries_hourentry h JOIN beneficiaries_employmentcontract e ON e.id = h.employment_id
  GROUP BY h.lot_id, h.month, h.kind
), sums AS (
  SELECT lot_id, sum(declared) AS declared, sum(validated) AS validated, sum(validated_qpv) AS validated_qpv
  FROM lines GROUP BY lot_id
), wrong AS (
  SELECT lot_id, month
  FROM lines n FULL JOIN clauses_lotmonth m USING (lot_id, month, kind)
  WHERE (n.declared, n.controlled, n.validated, n.validated_qpv)
        IS DISTINCT FROM (m.declared, m.controlled, m.validated, m.validated_qpv)
  UNION
  SELECT l.id, NULL
  FROM clauses_lot l
  LEFT JOIN clauses_obligation o ON o.lot_id = l.id AND o.is_current
  LEFT JOIN clauses_lotprogress p ON p.lot_id = l.id
  LEFT JOIN sums s ON s.lot_id = l.id
  WHERE (p.due, p.declared, p.validated, p.validated_qpv) IS DISTINCT FROM
        (coalesce(o.due, 0), coalesce(s.declared, 0), coalesce(s.validated, 0), coalesce(s.validated_qpv, 0))
)
INSERT INTO clauses_stalelot (tenant_id, lot_id, month, since)
SELECT l.tenant_id, l.id, w.month, now()
FROM wrong w JOIN clauses_lot l ON l.id = w.lot_id
WHERE NOT EXISTS (SELECT FROM clauses_stalelot k WHERE k.lot_id = l.id)
RETURNING lot_id
