-- proposed → accepted → ended, or proposed → ended (clauses/enums.py, LINK_TRANSITIONS). That the account accepts, and never
-- the structure for it, is the policy of the table (clauses/models/buyer.py).
CREATE FUNCTION clauseo_check_link() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  IF (OLD.state, NEW.state) NOT IN (('proposed', 'accepted'), ('proposed', 'ended'), ('accepted', 'ended')) THEN
    RAISE check_violation USING MESSAGE = format('buyer link: %s cannot become %s', OLD.state, NEW.state);
  END IF;
  RETURN NEW;
END $f$;
CREATE TRIGGER check_link BEFORE UPDATE OF state ON clauses_buyerlink
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION clauseo_check_link();

-- Each side reads the other's name on the link alone, having no right on its row.
CREATE FUNCTION clauseo_rename_links() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $f$
BEGIN
  IF TG_TABLE_NAME = 'tenants_tenant' THEN
    UPDATE clauses_buyerlink SET tenant_name = NEW.name WHERE tenant_id = NEW.id;
  ELSIF TG_TABLE_NAME = 'tenants_buyeraccount' THEN
    UPDATE clauses_buyerlink SET account_name = NEW.name WHERE buyer_account_id = NEW.id;
  ELSE
    UPDATE clauses_buyerlink SET buyer_name = left(NEW.name, 250) WHERE tenant_id = NEW.tenant_id AND buyer_id = NEW.id;
  END IF;
  RETURN NULL;
END $f$;
CREATE TRIGGER rename_links AFTER UPDATE OF name ON tenants_tenant
  FOR EACH ROW WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION clauseo_rename_links();
CREATE TRIGGER rename_links AFTER UPDATE OF name ON tenants_buyeraccount
  FOR EACH ROW WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION clauseo_rename_links();
CREATE TRIGGER rename_links AFTER UPDATE OF name ON clauses_buyer
  FOR EACH ROW WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION clauseo_rename_links();
