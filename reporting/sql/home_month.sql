-- The lots with an obligation that ran in a month by what came in for it, and of how many companies. Parameters: first and
-- last day of the month. state (reporting.enums.Collected): every line is validated; lines came; people are there and no
-- line is; nobody is there.

WITH running AS MATERIALIZED (
  SELECT l.id
  FROM clauses_lot l
  JOIN clauses_publiccontract c ON c.id = l.contract_id
  WHERE l.archived_at IS NULL AND c.archived_at IS NULL
    AND coalesce(l.starts_on, c.starts_on) <= %(last)s AND coalesce(l.ends_on, c.ends_on) >= %(first)s
), peopled AS MATERIALIZED (
  SELECT DISTINCT a.lot_id
  FROM beneficiaries_employmentcontract e JOIN beneficiaries_assignment a ON a.employment_id = e.id
  WHERE e.starts_on <= %(last)s AND coalesce(e.ends_on, %(first)s) >= %(first)s
    AND coalesce(a.starts_on, e.starts_on) <= %(last)s AND coalesce(a.ends_on, e.ends_on, %(first)s) >= %(first)s
), lines AS MATERIALIZED (
  SELECT lot_id, count(*) FILTER (WHERE status <> 'refusee') AS lines, count(*) FILTER (WHERE status = 'validee') AS validated
  FROM beneficiaries_hourentry WHERE month = %(first)s GROUP BY lot_id
)
SELECT state, array_agg(lot_id) AS lots, count(DISTINCT holder_id) AS holders
FROM (
  SELECT r.id AS lot_id, h.company_id AS holder_id,
         CASE WHEN s.lines > 0 AND s.validated = s.lines THEN 'valide'
              WHEN s.lines > 0 THEN 'recu'
              WHEN r.id IN (SELECT lot_id FROM peopled) THEN 'non_declare'
              ELSE 'sans_personne' END AS state
  FROM running r
  JOIN clauses_obligation o ON o.lot_id = r.id AND o.is_current AND o.due > 0
  LEFT JOIN clauses_lotholder h ON h.lot_id = r.id AND h.role IN ('titulaire', 'mandataire')
  LEFT JOIN lines s ON s.lot_id = r.id
) collected
GROUP BY state
