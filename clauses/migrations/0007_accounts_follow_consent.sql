-- A buyer's account is always that of its accepted link, and each row below has its parent's: what a statement gives for
-- it is not kept. So no structure shows its marchés to an account that did not accept, and a form saved while a link
-- ends does not bring the account back.
CREATE FUNCTION clauseo_account_of_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $f$
BEGIN
  NEW.buyer_account_id := (SELECT buyer_account_id FROM clauses_buyerlink
                           WHERE tenant_id = NEW.tenant_id AND buyer_id = NEW.id AND state = 'accepted');
  RETURN NEW;
END $f$;
CREATE TRIGGER account_of_link BEFORE INSERT OR UPDATE OF buyer_account_id ON clauses_buyer
  FOR EACH ROW EXECUTE FUNCTION clauseo_account_of_link();

-- A link that is deleted ends as well.
CREATE OR REPLACE FUNCTION clauseo_follow_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $f$
BEGIN
  UPDATE clauses_buyer SET buyer_account_id = NULL WHERE id = OLD.buyer_id AND tenant_id = OLD.tenant_id;
  RETURN NULL;
END $f$;
CREATE TRIGGER follow_deletion AFTER DELETE ON clauses_buyerlink
  FOR EACH ROW WHEN (OLD.state = 'accepted') EXECUTE FUNCTION clauseo_follow_link();

CREATE OR REPLACE TRIGGER stamp_account BEFORE INSERT OR UPDATE OF buyer_id, buyer_account_id ON clauses_operation
  FOR EACH ROW EXECUTE FUNCTION clauseo_stamp_account('clauses_buyer', 'buyer_id');
CREATE OR REPLACE TRIGGER stamp_account BEFORE INSERT OR UPDATE OF buyer_id, buyer_account_id ON clauses_publiccontract
  FOR EACH ROW EXECUTE FUNCTION clauseo_stamp_account('clauses_buyer', 'buyer_id');
CREATE OR REPLACE TRIGGER stamp_account BEFORE INSERT OR UPDATE OF contract_id, buyer_account_id ON clauses_lot
  FOR EACH ROW EXECUTE FUNCTION clauseo_stamp_account('clauses_publiccontract', 'contract_id');
CREATE OR REPLACE TRIGGER stamp_account BEFORE INSERT OR UPDATE OF contract_id, buyer_account_id ON clauses_amendment
  FOR EACH ROW EXECUTE FUNCTION clauseo_stamp_account('clauses_publiccontract', 'contract_id');
CREATE OR REPLACE TRIGGER stamp_account BEFORE INSERT OR UPDATE OF lot_id, buyer_account_id ON clauses_lotholder
  FOR EACH ROW EXECUTE FUNCTION clauseo_stamp_account('clauses_lot', 'lot_id');
CREATE OR REPLACE TRIGGER stamp_account BEFORE INSERT OR UPDATE OF lot_id, buyer_account_id ON clauses_obligation
  FOR EACH ROW EXECUTE FUNCTION clauseo_stamp_account('clauses_lot', 'lot_id');
