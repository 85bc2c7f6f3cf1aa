-- Legal employers of the hours validated in the period on these lots. Parameters: lots, first, last.
SELECT k.name, k.kind, count(DISTINCT e.id) AS employment_contracts, count(DISTINCT e.person_key) AS beneficiaries,
       sum(h.hours) AS hours
FROM beneficiaries_hourentry h
JOIN beneficiaries_employmentcontract e ON e.id = h.employment_id
JOIN contractors_company k ON k.id = e.employer_id
WHERE h.lot_id = ANY(%(lots)s) AND h.month BETWEEN %(first)s AND %(last)s AND h.status = 'validee' AND h.hours > 0
GROUP BY k.id, k.name, k.kind
ORDER BY sum(h.hours) DESC, k.name
