-- Hours validated in the period on these lots: by employment contract and buyer, with what was frozen at hire; and, in rows
-- that have a month and nothing else, by month.
SELECT w.month, w.employment_id, e.person_key, b.sex, e.starts_on, e.age_at_hire, e.education_level,
       coalesce(e.criteria[1], '') AS criterion, e.qpv_code, e.modality, e.type, e.employer_id,
       k.kind = ANY(%(siae)s) AS employer_is_siae, w.buyer_ref, w.hours
FROM (
  SELECT a.month, a.employment_id, u.external_ref AS buyer_ref, sum(a.hours) AS hours
  FROM (
    -- Summed before it is joined: the planner expects too few lines to join them well.
    SELECT h.month, h.employment_id, h.lot_id, sum(h.hours) AS hours
    FROM beneficiaries_hourentry h
    WHERE h.lot_id = ANY(%(lots)s) AND h.month BETWEEN %(first)s AND %(last)s AND h.status = 'validee' AND h.hours > 0
    GROUP BY GROUPING SETS ((h.month), (h.employment_id, h.lot_id))
  ) a
  LEFT JOIN clauses_lot l ON l.id = a.lot_id
  LEFT JOIN clauses_publiccontract c ON c.id = l.contract_id
  LEFT JOIN clauses_buyer u ON u.id = c.buyer_id
  GROUP BY a.month, a.employment_id, u.external_ref
) w
LEFT JOIN beneficiaries_employmentcontract e ON e.id = w.employment_id
LEFT JOIN beneficiaries_beneficiary b ON b.id = e.beneficiary_id
LEFT JOIN contractors_company k ON k.id = e.employer_id
ORDER BY w.month, w.employment_id, w.buyer_ref
