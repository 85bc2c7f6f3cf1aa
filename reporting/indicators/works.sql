-- Hours validated in the period on the lots of the perimeter: by work contract and lot, with what was frozen at hire; and,
-- in rows that have a month and nothing else, by month. lines: predicate on the lines; first, last: months.
WITH worked AS MATERIALIZED (
  -- Summed before it is joined: the planner expects too few lines to join them well.
  SELECT month, employment_id, lot_id, sum(hours) AS hours
  FROM beneficiaries_hourentry
  WHERE {lines} AND month BETWEEN %(first)s AND %(last)s AND status = 'validee' AND hours > 0
  GROUP BY GROUPING SETS ((month), (employment_id, lot_id))
)
SELECT w.month, w.lot_id, l.contract_id, c.operation_id, c.buyer_id, h.company_id AS holder_id, w.employment_id,
       e.person_key, b.sex, e.starts_on, e.age_at_hire, e.education_level, coalesce(e.criteria[1], '') AS criterion,
       e.qpv_code, e.modality, e.type, e.employer_id, k.kind = ANY(%(siae)s) AS employer_is_siae, u.external_ref, w.hours
FROM worked w
LEFT JOIN clauses_lot l ON l.id = w.lot_id
LEFT JOIN clauses_publiccontract c ON c.id = l.contract_id
LEFT JOIN clauses_buyer u ON u.id = c.buyer_id
LEFT JOIN clauses_lotholder h ON h.lot_id = w.lot_id AND h.role IN ('titulaire', 'mandataire')
LEFT JOIN beneficiaries_employmentcontract e ON e.id = w.employment_id
LEFT JOIN beneficiaries_beneficiary b ON b.id = e.beneficiary_id
LEFT JOIN contractors_company k ON k.id = e.employer_id
