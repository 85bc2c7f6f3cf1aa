-- Legal employers of the hours validated in the period on these lots. Parameters: lots, first, last.
SELECT k.name, k.kind, count(*) AS employment_contracts, count(DISTINCT e.person_key) AS beneficiaries,
       sum(w.hours) AS hours
FROM (
  -- Summed before it is joined: the planner expects too few lines to join them well.
  SELECT h.employment_id, sum(h.hours) AS hours
  FROM beneficiaries_hourentry h
  WHERE h.lot_id = ANY(%(lots)s) AND h.month BETWEEN %(first)s AND %(last)s AND h.status = 'validee' AND h.hours > 0
  GROUP BY h.employment_id
) w
JOIN beneficiaries_employmentcontract e ON e.id = w.employment_id
JOIN contractors_company k ON k.id = e.employer_id
GROUP BY k.id, k.name, k.kind
ORDER BY sum(w.hours) DESC, k.name
