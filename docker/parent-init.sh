#!/usr/bin/env bash
# Makes the parent `shop` and the ledger, each owned by a role that is no superuser.
# The passwords are read by psql from the environment, so they are in no argument list.
set -euo pipefail
psql -v ON_ERROR_STOP=1 --username postgres --dbname postgres <<'SQL'
\getenv parent_password PARENT_PASSWORD
\getenv ledger_password LEDGER_PASSWORD
CREATE ROLE shop_owner LOGIN NOSUPERUSER CREATEDB CREATEROLE PASSWORD :'parent_password';
CREATE DATABASE shop OWNER shop_owner;
REVOKE CONNECT, TEMPORARY ON DATABASE shop FROM PUBLIC;
-- Not offshoot_...: these names belong to branches, and an experiment may have the id "ledger".
CREATE ROLE ledger_owner LOGIN NOSUPERUSER PASSWORD :'ledger_password';
CREATE DATABASE ledger OWNER ledger_owner;
REVOKE CONNECT, TEMPORARY ON DATABASE ledger FROM PUBLIC;
SQL
