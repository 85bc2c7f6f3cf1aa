-- Work contracts behind the hours validated in the period, by type: how many have an end, and their mean length in days.
SELECT e.type, count(*) AS employment_contracts, count(e.ends_on) AS ended, avg(e.ends_on - e.starts_on + 1) AS mean_days
FROM beneficiaries_employmentcontract e
WHERE e.id IN (
  SELECT h.employment_id FROM beneficiaries_hourentry h
  WHERE h.lot_id = ANY(%(lots)s) AND h.month BETWEEN %(first)s AND %(last)s AND h.status = 'validee' AND h.hours > 0)
GROUP BY e.type
ORDER BY count(*) DESC, e.type
