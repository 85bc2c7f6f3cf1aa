-- The months of lots of the structure that is open, from their lines; writes those that changed.
-- Parameters: whole (ids of lots: all their months), lots and months (as many of each: one month of a lot a time).
WITH marked AS (
  SELECT * FROM unnest(%(lots)s::bigint[], %(months)s::date[]) AS pairs (lot_id, month)
), months AS (
  SELECT lot_id, month, kind,
         coalesce(sum(hours) FILTER (WHERE status <> 'refusee'), 0) AS declared,
         coalesce(sum(hours) FILTER (WHERE status IN ('controlee', 'validee')), 0) AS controlled,
         coalesce(sum(hours) FILTER (WHERE status = 'validee'), 0) AS validated,
         coalesce(sum(hours) FILTER (WHERE status = 'validee' AND qpv_code <> ''), 0) AS validated_qpv
  FROM (
    SELECT lot_id, month, kind, status, hours, employment_id FROM beneficiaries_hourentry WHERE lot_id = ANY (%(whole)s::bigint[])
    UNION ALL
    SELECT lot_id, month, kind, status, hours, employment_id FROM beneficiaries_hourentry JOIN marked USING (lot_id, month)
  ) h JOIN beneficiaries_employmentcontract e ON e.id = h.employment_id
  GROUP BY lot_id, month, kind
), stored AS (
  SELECT * FROM clauses_lotmonth WHERE lot_id = ANY (%(whole)s::bigint[])
  UNION ALL
  SELECT m.* FROM clauses_lotmonth m JOIN marked USING (lot_id, month)
), gone AS (
  DELETE FROM clauses_lotmonth WHERE id IN (
    SELECT s.id FROM stored s LEFT JOIN months n USING (lot_id, month, kind) WHERE n.lot_id IS NULL)
)
INSERT INTO clauses_lotmonth AS m
  (tenant_id, lot_id, month, kind, declared, controlled, validated, validated_qpv, buyer_account_id)
SELECT l.tenant_id, l.id, n.month, n.kind, n.declared, n.controlled, n.validated, n.validated_qpv, l.buyer_account_id
FROM months n
JOIN clauses_lot l ON l.id = n.lot_id
LEFT JOIN stored s ON (s.lot_id, s.month, s.kind) = (n.lot_id, n.month, n.kind)
WHERE (s.declared, s.controlled, s.validated, s.validated_qpv, s.buyer_account_id)
      IS DISTINCT FROM (n.declared, n.controlled, n.validated, n.validated_qpv, l.buyer_account_id)
ON CONFLICT (tenant_id, lot_id, month, kind) DO UPDATE SET
  declared = excluded.declared, controlled = excluded.controlled, validated = excluded.validated,
  validated_qpv = excluded.validated_qpv, buyer_account_id = excluded.buyer_account_id
