-- Hours of each of these lots, up to the end of the period. Parameters: lots (ids), first and last (months).
SELECT h.lot_id,
       bool_or(h.month >= %(first)s) AS in_period,
       bool_or(h.month >= %(first)s AND h.status = 'validee' AND h.hours > 0) AS is_worked,
       coalesce(sum(h.hours) FILTER (WHERE h.month >= %(first)s AND h.status <> 'refusee'), 0) AS declared,
       coalesce(sum(h.hours) FILTER (WHERE h.month >= %(first)s AND h.status = 'validee'), 0) AS validated,
       coalesce(sum(h.hours) FILTER (WHERE h.month >= %(first)s AND h.status = 'validee' AND e.qpv_code <> ''), 0)
         AS validated_qpv,
       coalesce(sum(h.hours) FILTER (WHERE h.month >= %(first)s AND h.status = 'validee' AND h.kind = 'formation'), 0)
         AS training_validated,
       coalesce(sum(h.hours) FILTER (WHERE h.status = 'validee'), 0) AS validated_to_date,
       coalesce(sum(h.hours) FILTER (WHERE h.status = 'validee' AND e.qpv_code <> ''), 0) AS validated_qpv_to_date
FROM beneficiaries_hourentry h
JOIN beneficiaries_employmentcontract e ON e.id = h.employment_id
WHERE h.lot_id = ANY(%(lots)s) AND h.month <= %(last)s
GROUP BY h.lot_id
