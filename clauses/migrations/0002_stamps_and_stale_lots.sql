-- A link accepted gives its account to the buyer, a link ended takes it away, in the same statement. The account's
-- administrator accepts, and has no right on the structure's rows: hence SECURITY DEFINER.
CREATE FUNCTION clauseo_follow_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $f$
BEGIN
  UPDATE clauses_buyer SET buyer_account_id = CASE WHEN NEW.state = 'accepted' THEN NEW.buyer_account_id END
  WHERE id = NEW.buyer_id AND tenant_id = NEW.tenant_id;
  RETURN NULL;
END $f$;
CREATE TRIGGER follow_link AFTER UPDATE OF state ON clauses_buyerlink
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION clauseo_follow_link();

-- Each row below a buyer takes its parent's account when it is written or moved: arguments are parent table and column.
CREATE FUNCTION clauseo_stamp_account() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $f$
BEGIN
  EXECUTE format('SELECT buyer_account_id FROM %I WHERE id = ($1).%I', TG_ARGV[0], TG_ARGV[1])
    INTO NEW.buyer_account_id USING NEW;
  RETURN NEW;
END $f$;

-- ... and gives it on when it changes: arguments are (child table, child column) pairs.
CREATE FUNCTION clauseo_spread_account() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $f$
BEGIN
  FOR i IN 0 .. TG_NARGS - 1 BY 2 LOOP
    EXECUTE format('UPDATE %I SET buyer_account_id = $1 WHERE %I = $2', TG_ARGV[i], TG_ARGV[i + 1])
      USING NEW.buyer_account_id, NEW.id;
  END LOOP;
  RETURN NULL;
END $f$;

CREATE TRIGGER stamp_account BEFORE INSERT OR UPDATE OF buyer_id ON clauses_operation
  FOR EACH ROW EXECUTE FUNCTION clauseo_stamp_account('clauses_buyer', 'buyer_id');
CREATE TRIGGER stamp_account BEFORE INSERT OR UPDATE OF buyer_id ON clauses_publiccontract
  FOR EACH ROW EXECUTE FUNCTION clauseo_stamp_account('clauses_buyer', 'buyer_id');
CREATE TRIGGER stamp_account BEFORE INSERT OR UPDATE OF contract_id ON clauses_lot
  FOR EACH ROW EXECUTE FUNCTION clauseo_stamp_account('clauses_publiccontract', 'contract_id');
CREATE TRIGGER stamp_account BEFORE INSERT OR UPDATE OF contract_id ON clauses_amendment
  FOR EACH ROW EXECUTE FUNCTION clauseo_stamp_account('clauses_publiccontract', 'contract_id');
CREATE TRIGGER stamp_account BEFORE INSERT OR UPDATE OF lot_id ON clauses_lotholder
  FOR EACH ROW EXECUTE FUNCTION clauseo_stamp_account('clauses_lot', 'lot_id');
CREATE TRIGGER stamp_account BEFORE INSERT OR UPDATE OF lot_id ON clauses_obligation
  FOR EACH ROW EXECUTE FUNCTION clauseo_stamp_account('clauses_lot', 'lot_id');

-- LotMonth and LotProgress get theirs from the recomputation, which reads the lot anyway.

CREATE TRIGGER spread_account AFTER UPDATE ON clauses_buyer
  FOR EACH ROW WHEN (OLD.buyer_account_id IS DISTINCT FROM NEW.buyer_account_id)
  EXECUTE FUNCTION clauseo_spread_account('clauses_operation', 'buyer_id', 'clauses_publiccontract', 'buyer_id');
CREATE TRIGGER spread_account AFTER UPDATE ON clauses_publiccontract
  FOR EACH ROW WHEN (OLD.buyer_account_id IS DISTINCT FROM NEW.buyer_account_id)
  EXECUTE FUNCTION clauseo_spread_account('clauses_lot', 'contract_id', 'clauses_amendment', 'contract_id');
CREATE TRIGGER spread_account AFTER UPDATE ON clauses_lot
  FOR EACH ROW WHEN (OLD.buyer_account_id IS DISTINCT FROM NEW.buyer_account_id)
  EXECUTE FUNCTION clauseo_spread_account('clauses_lotholder', 'lot_id', 'clauses_obligation', 'lot_id',
                                          'clauses_lotmonth', 'lot_id', 'clauses_lotprogress', 'lot_id');

-- Lots to compute again, appended in the transaction of the change. Statement triggers: one INSERT for 100 000 lines.
CREATE FUNCTION clauseo_stale_lots_of_row() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO clauses_stalelot (tenant_id, lot_id, since) SELECT DISTINCT tenant_id, lot_id, now() FROM new_rows;
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO clauses_stalelot (tenant_id, lot_id, since)
    SELECT tenant_id, lot_id, now() FROM new_rows UNION SELECT tenant_id, lot_id, now() FROM old_rows;
  ELSE
    INSERT INTO clauses_stalelot (tenant_id, lot_id, since)
    SELECT DISTINCT tenant_id, lot_id, now() FROM old_rows;
  END IF;
  RETURN NULL;
END $f$;

CREATE FUNCTION clauseo_stale_lots_of_lot() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  IF TG_TABLE_NAME = 'clauses_lot' THEN
    INSERT INTO clauses_stalelot (tenant_id, lot_id, since) SELECT tenant_id, id, now() FROM new_rows;
  ELSE
    INSERT INTO clauses_stalelot (tenant_id, lot_id, since)
    SELECT l.tenant_id, l.id, now() FROM clauses_lot l JOIN new_rows n ON n.id = l.contract_id AND n.tenant_id = l.tenant_id
    JOIN old_rows o ON o.id = n.id WHERE (o.starts_on, o.ends_on) IS DISTINCT FROM (n.starts_on, n.ends_on);
  END IF;
  RETURN NULL;
END $f$;

CREATE TRIGGER stale_insert AFTER INSERT ON clauses_lot REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION clauseo_stale_lots_of_lot();
CREATE TRIGGER stale_update AFTER UPDATE ON clauses_lot REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION clauseo_stale_lots_of_lot();
CREATE TRIGGER stale_update AFTER UPDATE ON clauses_publiccontract REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION clauseo_stale_lots_of_lot();
CREATE TRIGGER stale_insert AFTER INSERT ON clauses_obligation REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION clauseo_stale_lots_of_row();
CREATE TRIGGER stale_update AFTER UPDATE ON clauses_obligation REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION clauseo_stale_lots_of_row();
CREATE TRIGGER stale_delete AFTER DELETE ON clauses_obligation REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION clauseo_stale_lots_of_row();
