-- The months of a lot whose lines changed, beside the lot itself: its other months need not be read again.
CREATE FUNCTION clauseo_stale_months_of_hours() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO clauses_stalelot (tenant_id, lot_id, month, since)
    SELECT DISTINCT tenant_id, lot_id, month, now() FROM new_rows;
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO clauses_stalelot (tenant_id, lot_id, month, since)
    SELECT tenant_id, lot_id, month, now() FROM new_rows UNION SELECT tenant_id, lot_id, month, now() FROM old_rows;
  ELSE
    INSERT INTO clauses_stalelot (tenant_id, lot_id, month, since)
    SELECT DISTINCT tenant_id, lot_id, month, now() FROM old_rows;
  END IF;
  RETURN NULL;
END $f$;

DROP TRIGGER stale_insert ON beneficiaries_hourentry;
DROP TRIGGER stale_update ON beneficiaries_hourentry;
DROP TRIGGER stale_delete ON beneficiaries_hourentry;
CREATE TRIGGER stale_insert AFTER INSERT ON beneficiaries_hourentry REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION clauseo_stale_months_of_hours();
CREATE TRIGGER stale_update AFTER UPDATE ON beneficiaries_hourentry REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION clauseo_stale_months_of_hours();
CREATE TRIGGER stale_delete AFTER DELETE ON beneficiaries_hourentry REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION clauseo_stale_months_of_hours();

-- The QPV frozen on a work contract is part of the sums of every month that it has hours in.
CREATE OR REPLACE FUNCTION clauseo_stale_lots_of_employment() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  INSERT INTO clauses_stalelot (tenant_id, lot_id, month, since)
  SELECT DISTINCT h.tenant_id, h.lot_id, h.month, now() FROM new_rows n JOIN old_rows o ON o.id = n.id
  JOIN beneficiaries_hourentry h ON h.tenant_id = n.tenant_id AND h.employment_id = n.id
  WHERE o.qpv_code IS DISTINCT FROM n.qpv_code;
  RETURN NULL;
END $f$;
