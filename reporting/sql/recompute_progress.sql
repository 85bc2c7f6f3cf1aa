-- The answers of lots of the structure that is open, from their lines; writes those that changed. Rules of
-- lib/progress_rules.py, which is its oracle in the tests.
-- Parameters: lots (ids; NULL: every lot), today, reference (dates).
WITH lots AS (
  SELECT l.id, l.tenant_id, l.buyer_account_id, o.due AS obligation, coalesce(o.due, 0) AS due,
         l.capacity_fte * 35 AS capacity,
         coalesce(l.starts_on, c.starts_on) AS starts_on, coalesce(l.ends_on, c.ends_on) AS ends_on
  FROM clauses_lot l
  JOIN clauses_publiccontract c ON c.id = l.contract_id
  LEFT JOIN clauses_obligation o ON o.lot_id = l.id AND o.is_current
  WHERE %(lots)s::bigint[] IS NULL OR l.id = ANY (%(lots)s::bigint[])
), lines AS (
  -- Whole sums over few conditions: most lines are neither refused nor after the reference date.
  SELECT h.lot_id, sum(h.hours) AS all_hours,
         coalesce(sum(h.hours) FILTER (WHERE h.status = 'refusee'), 0) AS refused,
         coalesce(sum(h.hours) FILTER (WHERE h.month > %(reference)s::date AND h.status <> 'refusee'), 0) AS after_reference,
         coalesce(sum(h.hours) FILTER (WHERE h.status = 'validee'), 0) AS validated,
         coalesce(sum(h.hours) FILTER (WHERE h.status = 'validee' AND e.qpv_code <> ''), 0) AS validated_qpv
  FROM beneficiaries_hourentry h
  JOIN beneficiaries_employmentcontract e ON e.id = h.employment_id
  WHERE %(lots)s::bigint[] IS NULL OR h.lot_id = ANY (%(lots)s::bigint[])
  GROUP BY h.lot_id
), recent AS (
  -- Hours of the declared months among the last three, and their days within the lot.
  SELECT p.lot_id, sum(p.declared) AS hours, sum(p.days) AS days FROM (
    SELECT h.lot_id, h.month, sum(h.hours) AS declared,
           least((h.month + interval '1 month' - interval '1 day')::date, l.ends_on) - greatest(h.month, l.starts_on) + 1 AS days
    FROM beneficiaries_hourentry h JOIN lots l ON l.id = h.lot_id
    WHERE h.month > (%(reference)s::date - interval '3 months')::date AND h.month <= %(reference)s::date AND h.status <> 'refusee'
    GROUP BY h.lot_id, h.month, l.starts_on, l.ends_on
  ) p WHERE p.days > 0 GROUP BY p.lot_id
), sums AS (
  SELECT l.*,
         coalesce(s.all_hours - s.refused, 0) AS declared, coalesce(s.validated, 0) AS validated,
         coalesce(s.validated_qpv, 0) AS validated_qpv,
         coalesce(s.all_hours - s.refused - s.after_reference, 0) AS up_to_reference,
         coalesce(r.hours, 0) AS recent_hours, coalesce(r.days, 0) AS recent_days,
         l.ends_on - l.starts_on + 1 AS whole,
         least(greatest(%(reference)s::date - l.starts_on + 1, 0), l.ends_on - l.starts_on + 1) AS elapsed,
         greatest(0, l.ends_on - greatest(%(reference)s::date, l.starts_on - 1)) AS days_left,
         greatest(0, l.due - coalesce(s.validated, 0)) AS remaining
  FROM lots l LEFT JOIN lines s ON s.lot_id = l.id LEFT JOIN recent r ON r.lot_id = l.id
), figures AS (
  SELECT s.*,
         CASE WHEN obligation IS NOT NULL THEN round(due * elapsed / whole, 2) ELSE 0 END AS expected,
         CASE WHEN recent_days > 0 THEN round(recent_hours * 7 / recent_days, 2) END AS pace,
         CASE WHEN recent_days > 0 THEN
           round(greatest(up_to_reference + recent_hours * days_left / recent_days, declared, validated), 2) END AS forecast,
         CASE WHEN remaining > 0 AND days_left > 0 THEN round(remaining * 7 / days_left, 2) END AS weekly_needed,
         CASE WHEN remaining > 0 AND ceil(remaining * 7 / capacity) < ends_on - date '0001-01-01'
              THEN ends_on - ceil(remaining * 7 / capacity)::int
              WHEN remaining > 0 THEN date '0001-01-01' END AS last_possible_on,
         CASE WHEN obligation IS NULL THEN 'a_calibrer'
              WHEN due = 0 THEN 'sans_obligation'
              WHEN validated >= due THEN 'atteint'
              WHEN %(today)s::date < starts_on THEN 'a_venir'
              WHEN days_left = 0 THEN 'non_atteint'
              WHEN remaining * 7 > capacity * days_left THEN 'compromis'
              WHEN validated * whole >= due * elapsed THEN 'en_avance'
              WHEN validated * whole * 10 >= due * elapsed * 8 THEN 'a_surveiller'
              ELSE 'en_retard' END AS status
  FROM sums s
), answers AS (
  SELECT tenant_id, id AS lot_id, due, declared, validated, validated_qpv, remaining,
         CASE WHEN due > 0 THEN round(validated / due, 6) END AS rate, expected, pace, forecast, weekly_needed, capacity,
         last_possible_on, %(reference)s::date AS reference_date, status,
         array_position(ARRAY['compromis', 'en_retard', 'a_surveiller', 'non_atteint', 'a_calibrer', 'en_avance', 'a_venir',
                              'atteint', 'sans_obligation'], status) AS severity, buyer_account_id
  FROM figures
)
INSERT INTO clauses_lotprogress AS p
  (tenant_id, lot_id, due, declared, validated, validated_qpv, remaining, rate, expected, pace, forecast, weekly_needed,
   capacity, last_possible_on, reference_date, status, severity, buyer_account_id, computed_at)
SELECT a.*, now() FROM answers a
WHERE NOT EXISTS (
  SELECT FROM clauses_lotprogress k
  WHERE k.lot_id = a.lot_id
    AND (k.due, k.declared, k.validated, k.validated_qpv, k.remaining, k.rate, k.expected, k.pace, k.forecast,
         k.weekly_needed, k.capacity, k.last_possible_on, k.reference_date, k.status, k.severity, k.buyer_account_id)
        IS NOT DISTINCT FROM
        (a.due, a.declared, a.validated, a.validated_qpv, a.remaining, a.rate, a.expected, a.pace, a.forecast,
         a.weekly_needed, a.capacity, a.last_possible_on, a.reference_date, a.status, a.severity, a.buyer_account_id))
ON CONFLICT (lot_id) DO UPDATE SET
  due = excluded.due, declared = excluded.declared, validated = excluded.validated, validated_qpv = excluded.validated_qpv,
  remaining = excluded.remaining, rate = excluded.rate, expected = excluded.expected, pace = excluded.pace,
  forecast = excluded.forecast, weekly_needed = excluded.weekly_needed, capacity = excluded.capacity,
  last_possible_on = excluded.last_possible_on, reference_date = excluded.reference_date, status = excluded.status,
  severity = excluded.severity, computed_at = excluded.computed_at, buyer_account_id = excluded.buyer_account_id
