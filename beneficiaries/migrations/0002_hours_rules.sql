-- The lot and the employment that a line repeats are those of its assignment.
ALTER TABLE beneficiaries_hourentry ADD CONSTRAINT hour_entry_of_its_assignment
  FOREIGN KEY (tenant_id, assignment_id, employment_id, lot_id)
  REFERENCES beneficiaries_assignment (tenant_id, id, employment_id, lot_id)
  ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;

-- A validated hour is not edited: it is reopened, moved or deleted with a reason (clauseo.why), which the history keeps.
CREATE FUNCTION clauseo_keep_validated_hours() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  IF coalesce(current_setting('clauseo.why', true), '') = '' THEN
    RAISE EXCEPTION 'hour_entry_validated' USING ERRCODE = 'check_violation', CONSTRAINT = 'hour_entry_validated';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $f$;
CREATE TRIGGER keep_validated_update BEFORE UPDATE ON beneficiaries_hourentry FOR EACH ROW
  WHEN (OLD.status = 'validee' AND (OLD.hours, OLD.month, OLD.kind, OLD.status, OLD.assignment_id)
        IS DISTINCT FROM (NEW.hours, NEW.month, NEW.kind, NEW.status, NEW.assignment_id))
  EXECUTE FUNCTION clauseo_keep_validated_hours();
CREATE TRIGGER keep_validated_delete BEFORE DELETE ON beneficiaries_hourentry FOR EACH ROW
  WHEN (OLD.status = 'validee') EXECUTE FUNCTION clauseo_keep_validated_hours();

CREATE TRIGGER stale_insert AFTER INSERT ON beneficiaries_hourentry REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION clauseo_stale_lots_of_row();
CREATE TRIGGER stale_update AFTER UPDATE ON beneficiaries_hourentry REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION clauseo_stale_lots_of_row();
CREATE TRIGGER stale_delete AFTER DELETE ON beneficiaries_hourentry REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION clauseo_stale_lots_of_row();

-- The QPV frozen on a work contract is part of the sums of the lots it works for.
CREATE FUNCTION clauseo_stale_lots_of_employment() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  INSERT INTO clauses_stalelot (tenant_id, lot_id, since)
  SELECT DISTINCT a.tenant_id, a.lot_id, now() FROM new_rows n JOIN old_rows o ON o.id = n.id
  JOIN beneficiaries_assignment a ON a.tenant_id = n.tenant_id AND a.employment_id = n.id
  WHERE o.qpv_code IS DISTINCT FROM n.qpv_code;
  RETURN NULL;
END $f$;
CREATE TRIGGER stale_update AFTER UPDATE ON beneficiaries_employmentcontract
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION clauseo_stale_lots_of_employment();
