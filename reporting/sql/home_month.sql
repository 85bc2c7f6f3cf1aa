-- How many lots at work in a month by what came in for it, and of how many companies. Parameters: first and last day of the month.
-- state: validated (every line is), received, silent (people are there, no line), idle (nobody is there).
WITH peopled AS MATERIALIZED (
  SELECT a.lot_id
  FROM beneficiaries_assignment a JOIN beneficiaries_employmentcontract e ON e.id = a.employment_id
  WHERE coalesce(a.starts_on, e.starts_on) <= %(last)s AND coalesce(a.ends_on, e.ends_on, %(first)s) >= %(first)s
    AND e.starts_on <= %(last)s AND coalesce(e.ends_on, %(first)s) >= %(first)s
), lines AS MATERIALIZED (
  SELECT lot_id, count(*) FILTER (WHERE status <> 'refusee') AS lines, count(*) FILTER (WHERE status = 'validee') AS validated
  FROM beneficiaries_hourentry WHERE month = %(first)s GROUP BY lot_id
)
SELECT state, count(*) AS lots, count(DISTINCT holder_id) AS holders
FROM (
  SELECT h.company_id AS holder_id,
         CASE WHEN s.lines > 0 AND s.validated = s.lines THEN 'validated'
              WHEN s.lines > 0 THEN 'received'
              WHEN l.id IN (SELECT lot_id FROM peopled) THEN 'silent'
              ELSE 'idle' END AS state
  FROM clauses_lot l
  JOIN clauses_publiccontract c ON c.id = l.contract_id
  JOIN clauses_obligation o ON o.lot_id = l.id AND o.is_current AND o.due > 0
  LEFT JOIN clauses_lotholder h ON h.lot_id = l.id AND h.role IN ('titulaire', 'mandataire')
  LEFT JOIN lines s ON s.lot_id = l.id
  WHERE l.archived_at IS NULL AND c.archived_at IS NULL
    AND coalesce(l.starts_on, c.starts_on) <= %(last)s AND coalesce(l.ends_on, c.ends_on) >= %(first)s
) running
GROUP BY state
