-- Assignments that meet a period (days; months are whole), or have hours in it; of one lot when it is given.
-- As text rather than as a queryset: the grid of hours asks it at each page, in a third of the time. Who is concerned is
-- found apart, and sums are sub-selects: fifteen joins took longer to plan than to run.
SELECT a.id, a.lot_id, l.number, l.title, c.id, c.number, c.title, c.buyer_id,
       e.id, p.id, p.last_name, p.first_name, p.external_ref, p.sort_key,
       e.employer_id, e.user_company_id, a.holder_id,
       (SELECT company_id FROM clauses_lotholder WHERE lot_id = a.lot_id AND role IN ('titulaire', 'mandataire')),
       e.starts_on, e.ends_on, coalesce(l.starts_on, c.starts_on), coalesce(l.ends_on, c.ends_on), a.starts_on, a.ends_on,
       (SELECT due FROM clauses_obligation WHERE lot_id = l.id AND is_current), l.capacity_fte,
       (SELECT coalesce(sum(hours), 0) FROM beneficiaries_hourentry
        WHERE assignment_id = a.id AND month < %(first)s AND status <> 'refusee')
FROM beneficiaries_assignment a
JOIN beneficiaries_employmentcontract e ON e.id = a.employment_id
JOIN beneficiaries_beneficiary p ON p.id = e.beneficiary_id
JOIN clauses_lot l ON l.id = a.lot_id
JOIN clauses_publiccontract c ON c.id = l.contract_id
WHERE a.id = ANY (ARRAY(
  SELECT a.id
  FROM beneficiaries_assignment a
  JOIN beneficiaries_employmentcontract e ON e.id = a.employment_id
  JOIN clauses_lot l ON l.id = a.lot_id
  JOIN clauses_publiccontract c ON c.id = l.contract_id
  WHERE (%(lot)s::bigint IS NULL OR a.lot_id = %(lot)s)
    AND e.starts_on <= %(last)s AND (e.ends_on IS NULL OR e.ends_on >= %(first)s)
    AND coalesce(l.starts_on, c.starts_on) <= %(last)s AND coalesce(l.ends_on, c.ends_on) >= %(first)s
    AND (a.starts_on IS NULL OR a.starts_on <= %(last)s) AND (a.ends_on IS NULL OR a.ends_on >= %(first)s)
    AND l.archived_at IS NULL AND c.archived_at IS NULL
  UNION
  SELECT assignment_id
  FROM beneficiaries_hourentry
  WHERE month BETWEEN %(first)s AND %(last)s AND (%(lot)s::bigint IS NULL OR lot_id = %(lot)s)
))
