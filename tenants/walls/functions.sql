-- Functions of the walls, run by the owner after each migration. SECURITY DEFINER ones are the few doors of the
-- design: each returns or writes one precise thing, with a fixed search_path, and is granted by name.

CREATE OR REPLACE FUNCTION clauseo_drop_policies(target text) RETURNS void LANGUAGE plpgsql AS $f$
DECLARE policy record;
BEGIN
  FOR policy IN SELECT policyname FROM pg_policies WHERE schemaname = current_schema() AND tablename = target LOOP
    EXECUTE format('DROP POLICY %I ON %I', policy.policyname, target);
  END LOOP;
END $f$;

CREATE OR REPLACE FUNCTION clauseo_add_constraint(target text, name text, definition text) RETURNS void
LANGUAGE plpgsql AS $f$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = quote_ident(target)::regclass AND conname = name) THEN
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I %s', target, name, definition);
  END IF;
END $f$;

-- History. One statement trigger for each command: transition tables cannot be shared between events.
CREATE OR REPLACE FUNCTION clauseo_audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $f$
DECLARE
  actor bigint := nullif(current_setting('clauseo.user', true), '')::bigint;
  reason text := coalesce(current_setting('clauseo.why', true), '');
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO tenants_auditentry (tenant_id, at, user_id, "table", row_id, action, why)
    SELECT tenant_id, now(), actor, TG_TABLE_NAME, id, 'I', reason FROM new_rows;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO tenants_auditentry (tenant_id, at, user_id, "table", row_id, action, before, why)
    SELECT tenant_id, now(), actor, TG_TABLE_NAME, id, 'D', to_jsonb(o), reason FROM old_rows o;
  ELSE
    INSERT INTO tenants_auditentry (tenant_id, at, user_id, "table", row_id, action, before, after, why)
    SELECT n.tenant_id, now(), actor, TG_TABLE_NAME, n.id, 'U', changed.before, changed.after, reason
    FROM new_rows n JOIN old_rows o ON o.id = n.id
    CROSS JOIN LATERAL (
      SELECT jsonb_object_agg(was.key, was.value) AS before, jsonb_object_agg(was.key, became.value) AS after
      FROM jsonb_each(to_jsonb(o)) was JOIN jsonb_each(to_jsonb(n)) became ON became.key = was.key
      WHERE was.value IS DISTINCT FROM became.value
    ) changed
    WHERE changed.before IS NOT NULL;
  END IF;
  RETURN NULL;
END $f$;

CREATE OR REPLACE FUNCTION clauseo_audit_table(target text, wanted boolean) RETURNS void LANGUAGE plpgsql AS $f$
BEGIN
  EXECUTE format('DROP TRIGGER IF EXISTS audit_insert ON %I', target);
  EXECUTE format('DROP TRIGGER IF EXISTS audit_update ON %I', target);
  EXECUTE format('DROP TRIGGER IF EXISTS audit_delete ON %I', target);
  IF wanted THEN
    EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION clauseo_audit()', target);
    EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION clauseo_audit()', target);
    EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %I REFERENCING OLD TABLE AS old_rows'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION clauseo_audit()', target);
  END IF;
END $f$;

-- The organisations in which a person may act, read at login and at each request.
CREATE OR REPLACE FUNCTION clauseo_areas(person bigint) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $f$
  SELECT coalesce(jsonb_agg(area ORDER BY area ->> 'kind' DESC, area ->> 'name'), '[]'::jsonb) FROM (
    SELECT jsonb_build_object('kind', 'tenant', 'id', t.id, 'name', t.name, 'slug', t.slug, 'role', m.role,
                              'member_id', m.id, 'member_name', m.name, 'is_demo', t.is_demo) AS area
    FROM tenants_member m JOIN tenants_tenant t ON t.id = m.tenant_id
    WHERE m.user_id = person AND m.ended_at IS NULL AND t.closed_at IS NULL
    UNION ALL
    SELECT jsonb_build_object('kind', 'buyer', 'id', a.id, 'name', a.name, 'slug', '', 'role', m.role,
                              'member_id', m.id, 'member_name', m.name, 'is_demo',
                              EXISTS (SELECT FROM clauses_buyer b JOIN tenants_tenant t ON t.id = b.tenant_id
                                      WHERE b.buyer_account_id = a.id AND t.is_demo))
    FROM tenants_buyermember m JOIN tenants_buyeraccount a ON a.id = m.account_id
    WHERE m.user_id = person AND m.ended_at IS NULL AND a.closed_at IS NULL
  ) areas
$f$;

-- A signed link that can still be used, found by the digest of its token.
CREATE OR REPLACE FUNCTION clauseo_link(digest text)
RETURNS TABLE (id bigint, tenant_id bigint, account_id bigint, purpose text, email text, role text, organisation text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  SELECT l.id, l.tenant_id, l.account_id, l.purpose, l.email, l.role, coalesce(t.name, a.name)
  FROM tenants_signedlink l
  LEFT JOIN tenants_tenant t ON t.id = l.tenant_id LEFT JOIN tenants_buyeraccount a ON a.id = l.account_id
  WHERE l.token_digest = digest AND l.used_at IS NULL AND l.revoked_at IS NULL AND l.expires_at > now()
    AND t.closed_at IS NULL AND a.closed_at IS NULL
$f$;

-- The buyer account whose code a structure was given, compared without the signs that people put between groups.
CREATE OR REPLACE FUNCTION clauseo_account_of_code(given text) RETURNS TABLE (id bigint, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  SELECT a.id, a.name FROM tenants_buyeraccount a WHERE a.code = given AND a.closed_at IS NULL
$f$;

-- A person changes the name that colleagues see, in every organisation at once.
CREATE OR REPLACE FUNCTION clauseo_rename_me(new_name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE me bigint := nullif(current_setting('clauseo.user', true), '')::bigint;
BEGIN
  UPDATE tenants_user SET name = new_name WHERE id = me;
  UPDATE tenants_member SET name = new_name WHERE user_id = me AND ended_at IS NULL AND name <> new_name;
  UPDATE tenants_buyermember SET name = new_name WHERE user_id = me AND ended_at IS NULL AND name <> new_name;
END $f$;

-- Which of these files a document still points at.
CREATE OR REPLACE FUNCTION clauseo_stored(keys text[]) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  SELECT storage_key FROM tenants_document WHERE storage_key = ANY (keys)
$f$;

-- Work that is due, as (structure, id) pairs and nothing else.
CREATE OR REPLACE FUNCTION clauseo_due_jobs() RETURNS TABLE (tenant_id bigint, job_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  SELECT tenant_id, id FROM tenants_job
  WHERE (state = 'queued' AND (lease_until IS NULL OR lease_until < now())) OR (state = 'running' AND lease_until < now())
  ORDER BY id
$f$;

CREATE OR REPLACE FUNCTION clauseo_tenant_ids() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  SELECT id FROM tenants_tenant WHERE closed_at IS NULL ORDER BY id
$f$;

CREATE OR REPLACE FUNCTION clauseo_tenant_of(wanted text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  SELECT id FROM tenants_tenant WHERE slug = wanted
$f$;

CREATE OR REPLACE FUNCTION clauseo_stale_tenants() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  SELECT DISTINCT tenant_id FROM clauses_stalelot ORDER BY 1
$f$;

-- Every lot of the operations in which the open account has a lot: what the rate of a whole operation is made of, and
-- no more. Another donneur d'ordre's lot shows here by its hours alone, never by its name.
CREATE OR REPLACE FUNCTION clauseo_operation_lots()
RETURNS TABLE (operation_id bigint, kind text, programme_kind text, total_hours_worked numeric, lot_id bigint, due numeric,
               amount_ht numeric, labour_share numeric, hourly_cost numeric, validated numeric, validated_qpv numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$
  SELECT o.id, o.kind, g.kind, o.total_hours_worked, l.id, coalesce(b.due, 0), b.amount_ht, b.labour_share, b.hourly_cost,
         coalesce(p.validated, 0), coalesce(p.validated_qpv, 0)
  FROM clauses_operation o
  LEFT JOIN clauses_programme g ON g.id = o.programme_id
  JOIN clauses_publiccontract c ON c.operation_id = o.id
  JOIN clauses_lot l ON l.contract_id = c.id
  LEFT JOIN clauses_obligation b ON b.lot_id = l.id AND b.is_current AND b.rule <> 'none'
  LEFT JOIN clauses_lotprogress p ON p.lot_id = l.id
  WHERE o.id IN (
    SELECT k.operation_id FROM clauses_publiccontract k
    WHERE k.buyer_account_id = nullif(current_setting('clauseo.buyer_account', true), '')::bigint)
$f$;

-- After a large import the planner still expects the tables as they were. A table that someone else is measuring is skipped.
CREATE OR REPLACE FUNCTION clauseo_refresh_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $f$
BEGIN
  EXECUTE (SELECT 'ANALYZE (SKIP_LOCKED) ' || string_agg(oid::regclass::text, ', ') FROM pg_class
           WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relowner = current_user::regrole);
END $f$;

REVOKE ALL ON FUNCTION clauseo_areas(bigint), clauseo_operation_lots(), clauseo_link(text), clauseo_due_jobs(), clauseo_tenant_ids(),
  clauseo_tenant_of(text), clauseo_stale_tenants(), clauseo_drop_policies(text), clauseo_add_constraint(text, text, text),
  clauseo_audit_table(text, boolean), clauseo_account_of_code(text), clauseo_rename_me(text), clauseo_stored(text[]),
  clauseo_refresh_statistics()
  FROM PUBLIC, clauseo_none, clauseo_user, clauseo_tenant, clauseo_buyer, clauseo_operator, clauseo_worker;
GRANT EXECUTE ON FUNCTION clauseo_areas(bigint), clauseo_link(text) TO clauseo_none;
GRANT EXECUTE ON FUNCTION clauseo_rename_me(text) TO clauseo_user;
GRANT EXECUTE ON FUNCTION clauseo_account_of_code(text) TO clauseo_tenant;
GRANT EXECUTE ON FUNCTION clauseo_stored(text[]), clauseo_refresh_statistics() TO clauseo_worker;
GRANT EXECUTE ON FUNCTION clauseo_due_jobs(), clauseo_tenant_ids(), clauseo_stale_tenants(), clauseo_tenant_of(text)
  TO clauseo_worker;
GRANT EXECUTE ON FUNCTION clauseo_tenant_of(text) TO clauseo_operator;
GRANT EXECUTE ON FUNCTION clauseo_operation_lots() TO clauseo_buyer;
GRANT USAGE ON SCHEMA public TO clauseo_none, clauseo_user, clauseo_tenant, clauseo_buyer, clauseo_operator, clauseo_worker
