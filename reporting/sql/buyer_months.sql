-- Hours of these lots by month, in the account that is open. Parameter: lots (ids).
SELECT month, sum(validated) AS validated, sum(declared) AS declared, sum(validated_qpv) AS validated_qpv
FROM clauses_lotmonth
WHERE lot_id = ANY(%(lots)s)
GROUP BY month
ORDER BY month
