-- The database roles, made by set-up and never by a migration. Run by a superuser in the database `postgres`
-- (roles belong to the whole server; the lock below holds within one database). May run again, may run in parallel.
--
--   clauseo_owner                   login: owns the database, migrates, backs up
--   clauseo_app                     login: web and workers; holds no right of its own, takes the role of one scope
--   clauseo_none … clauseo_worker   one per scope (docs/architecture.md), no login; their grants come after migrations
--
-- Passwords are not set here (prepare-database.sh sets them).
DO $$
DECLARE
    name text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('clauseo roles'));

    FOREACH name IN ARRAY ARRAY['clauseo_owner', 'clauseo_app'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', name);
        END IF;
    END LOOP;

    ALTER ROLE clauseo_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE;
    ALTER ROLE clauseo_app LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;

    FOREACH name IN ARRAY ARRAY[
        'clauseo_none', 'clauseo_user', 'clauseo_tenant', 'clauseo_buyer', 'clauseo_operator', 'clauseo_worker'
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I', name);
        END IF;
        EXECUTE format('ALTER ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB', name);
        IF NOT pg_has_role('clauseo_app', name, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO clauseo_app', name);
        END IF;
    END LOOP;
END
$$;
