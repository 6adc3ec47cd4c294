# Gives each Grafana a user and a database that no other has; what of it is there already stays as it is.
set -eu
until psql --quiet --command 'SELECT 1' > /dev/null; do
  echo 'the database does not answer yet' >&2
  sleep 5
done
for role in $ROLES; do
  # psql reads the password from its file by itself: no list of arguments and no environment has it.
  PASSWORD_FILE="/passwords/$role/database-password" psql --quiet --set ON_ERROR_STOP=1 --set role="$role" << 'SQL'
\set password `cat "$PASSWORD_FILE"`
SELECT format('CREATE ROLE %I', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
SELECT format('ALTER ROLE %I LOGIN PASSWORD %L', :'role', :'password') \gexec
SELECT format('GRANT %I TO CURRENT_USER', :'role') \gexec
SELECT format('CREATE DATABASE %I OWNER %I', :'role', :'role')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'role') \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', :'role') \gexec
SQL
done
