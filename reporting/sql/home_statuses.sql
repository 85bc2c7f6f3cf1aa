-- How many lots that are not archived are in each status.
SELECT p.status, count(*) AS lots
FROM clauses_lotprogress p
JOIN clauses_lot l ON l.id = p.lot_id
JOIN clauses_publiccontract c ON c.id = l.contract_id
WHERE l.archived_at IS NULL AND c.archived_at IS NULL
GROUP BY p.status
