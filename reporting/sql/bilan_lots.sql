-- What a bilan says of each lot beside its figures. Parameter: lots (ids).
SELECT l.id, c.id AS contract_id, coalesce(nullif(c.number, ''), c.external_ref) AS contract_number, c.title AS contract_title,
       l.number, l.title, u.name AS buyer, o.name AS operation, o.kind AS operation_kind,
       k.id AS holder_id, k.name AS holder, k.siret AS holder_siret, b.rule,
       coalesce(l.starts_on, c.starts_on) AS starts_on, coalesce(l.ends_on, c.ends_on) AS ends_on
FROM clauses_lot l
JOIN clauses_publiccontract c ON c.id = l.contract_id
JOIN clauses_buyer u ON u.id = c.buyer_id
LEFT JOIN clauses_operation o ON o.id = c.operation_id
LEFT JOIN clauses_obligation b ON b.lot_id = l.id AND b.is_current
LEFT JOIN clauses_lotholder h ON h.lot_id = l.id AND h.role IN ('titulaire', 'mandataire')
LEFT JOIN contractors_company k ON k.id = h.company_id
WHERE l.id = ANY(%(lots)s)
ORDER BY u.name, c.starts_on, c.id, nullif(regexp_replace(l.number, '\D', '', 'g'), '')::numeric NULLS LAST, l.number, l.id
