#!/bin/sh
# Roles, passwords, owner and extensions of the database `clauseo`, by its superuser (PGHOST, PGUSER, PGPASSWORD).
# May run again. Used by docker-compose.yml; on a server of one's own, after `createdb clauseo`.
set -eu
cd "$(dirname "$0")"

run() { psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 "$@"; }

run --dbname postgres --file roles.sql
# \getenv: a password never stands on a command line.
run --dbname postgres <<'SQL'
\getenv owner_password DATABASE_OWNER_PASSWORD
\getenv app_password DATABASE_APP_PASSWORD
ALTER ROLE clauseo_owner PASSWORD :'owner_password';
ALTER ROLE clauseo_app PASSWORD :'app_password';
ALTER DATABASE clauseo OWNER TO clauseo_owner;
SQL
run --dbname clauseo --file extensions.sql
