-- What ends between two days: work contracts, and eligibilities of people who are still at work. Parameters: today, until.
SELECT x.what, x.ends_on, b.id AS beneficiary_id, b.last_name, b.first_name, b.external_ref
FROM (
  SELECT 'contrat de travail' AS what, beneficiary_id, ends_on, id
  FROM beneficiaries_employmentcontract
  WHERE ends_on BETWEEN %(today)s AND %(until)s AND archived_at IS NULL
  UNION ALL
  SELECT 'éligibilité', g.beneficiary_id, g.valid_until, g.id
  FROM beneficiaries_eligibility g
  WHERE g.valid_until BETWEEN %(today)s AND %(until)s AND EXISTS (
    SELECT FROM beneficiaries_employmentcontract e
    WHERE e.beneficiary_id = g.beneficiary_id AND (e.ends_on IS NULL OR e.ends_on >= %(today)s))
) x
JOIN beneficiaries_beneficiary b ON b.id = x.beneficiary_id
ORDER BY x.ends_on, x.what, x.id
LIMIT %(limit)s
