-- Those of these persons who had validated hours before the period, anywhere in the structure.
SELECT DISTINCT e.person_key
FROM beneficiaries_employmentcontract e
WHERE e.person_key = ANY(%(persons)s) AND EXISTS (
  SELECT FROM beneficiaries_hourentry h
  WHERE h.employment_id = e.id AND h.month < %(first)s AND h.status = 'validee' AND h.hours > 0)
