-- Validated hours, work contracts and distinct people of each year, over the whole structure.
SELECT w.year, sum(w.hours) AS hours, count(*) AS contracts, count(DISTINCT e.person_key) AS beneficiaries
FROM (
  SELECT extract(year FROM month)::int AS year, employment_id, sum(hours) AS hours
  FROM beneficiaries_hourentry
  WHERE status = 'validee' AND hours > 0
  GROUP BY 1, 2
) w
JOIN beneficiaries_employmentcontract e ON e.id = w.employment_id
GROUP BY w.year
ORDER BY w.year
