-- Hours of these lots month by month, in the period.
SELECT h.month, coalesce(sum(h.hours) FILTER (WHERE h.status = 'validee'), 0) AS validated,
       coalesce(sum(h.hours) FILTER (WHERE h.status <> 'refusee'), 0) AS declared
FROM beneficiaries_hourentry h
WHERE h.lot_id = ANY(%(lots)s) AND h.month BETWEEN %(first)s AND %(last)s
GROUP BY h.month
ORDER BY h.month
