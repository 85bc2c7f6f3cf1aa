-- Lines of the annex, without anything on the person. Parameters: lots, first, last.
SELECT coalesce(nullif(c.number, ''), c.external_ref), c.title, l.number, l.title, h.month, h.kind, e.modality, e.type,
       h.hours, h.status
FROM beneficiaries_hourentry h
JOIN beneficiaries_employmentcontract e ON e.id = h.employment_id
JOIN clauses_lot l ON l.id = h.lot_id
JOIN clauses_publiccontract c ON c.id = l.contract_id
WHERE h.lot_id = ANY(%(lots)s) AND h.month BETWEEN %(first)s AND %(last)s
ORDER BY c.starts_on, c.id, l.number, l.id, h.month, h.kind, e.modality, e.type, h.hours, h.id
