-- Those of these persons who had validated hours before the period, anywhere in the structure.
SELECT DISTINCT e.person_key
FROM unnest(%(persons)s::text[]) AS person
JOIN beneficiaries_employmentcontract e ON e.person_key = person
WHERE EXISTS (
  SELECT FROM beneficiaries_hourentry h
  WHERE h.employment_id = e.id AND h.month < %(first)s AND h.status = 'validee' AND h.hours > 0)
