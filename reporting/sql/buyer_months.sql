-- Hours of these lots by month, in the account that is open. Parameter: lots (ids).
SELECT month, sum(validated) AS validated, sum(declared) AS declared, sum(validated_qpv) AS validated_qpv
FROM unnest(%(lots)s::bigint[]) AS lot JOIN clauses_lotmonth ON lot_id = lot
GROUP BY month
ORDER BY month
