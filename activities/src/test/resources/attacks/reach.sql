=== names the parent's database in a query
--- experiment
SELECT * FROM {parent}.public.accounts
--- expected
experiment: SQL_ERROR 0A000 cross-database references

=== copies the parent into a database of its own
--- experiment
CREATE DATABASE stolen TEMPLATE {parent}
--- expected
experiment: STATEMENT_REFUSED 25001

=== dblink to the parent without a password
--- experiment
SELECT * FROM dblink('host=127.0.0.1 port={port} dbname={parent}', 'SELECT 1') AS t (n int)
--- expected
experiment: SQL_ERROR 2F003|08001

=== dblink as the superuser whom the server trusts
-- The server lets postgres in without asking; dblink must not.
--- experiment
SELECT * FROM dblink('host=127.0.0.1 port={port} dbname={parent} user=postgres', 'SELECT 1') AS t (n int)
--- expected
experiment: SQL_ERROR 2F003

=== dblink through the server's own socket
--- experiment
SELECT dblink_exec('port={port} dbname={parent} user=postgres', 'UPDATE accounts SET balance = 0')
--- expected
experiment: SQL_ERROR 2F003|08001

=== dblink to another branch with a guessed password
--- experiment
SELECT * FROM dblink('host=127.0.0.1 port={port} dbname={neighbour} user={neighbour} password=guess',
  'SELECT line FROM scribbles') AS t (line text)
--- expected
experiment: SQL_ERROR 08001

=== dblink that asks for no password
--- experiment
SELECT dblink_connect_u('host=127.0.0.1 port={port} dbname={parent} user=postgres')
--- expected
experiment: PERMISSION_DENIED 42501 dblink_connect_u

=== dblink by the parent's foreign server
-- On the parent a user mapping holds the password; the branch has none.
--- experiment
SELECT * FROM dblink('elsewhere', 'SELECT word FROM treasure') AS t (word text)
--- expected
experiment: SQL_ERROR 42704 user mapping not found

=== reads the parent's foreign table
--- experiment
SELECT word FROM far
--- expected
experiment: SQL_ERROR 42704 user mapping not found

=== writes the parent's foreign table
--- experiment
INSERT INTO far VALUES ('stolen')
--- expected
experiment: SQL_ERROR 42704 user mapping not found

=== imports the tables of the foreign server
--- experiment
CREATE SCHEMA loot;
IMPORT FOREIGN SCHEMA public FROM SERVER elsewhere INTO loot
--- expected
experiment: PERMISSION_DENIED 42501 foreign server

=== maps itself to the superuser without a password
--- experiment
CREATE USER MAPPING FOR CURRENT_USER SERVER elsewhere
  OPTIONS (user 'postgres', password_required 'false')
--- expected
experiment: PERMISSION_DENIED 42501 foreign server

=== maps itself to the superuser with any password
--- experiment
CREATE USER MAPPING FOR CURRENT_USER SERVER elsewhere OPTIONS (user 'postgres', password 'any');
SELECT word FROM far
--- expected
experiment: PERMISSION_DENIED 42501 foreign server

=== maps everybody, for the parent's owner to find after the merge
--- experiment
CREATE USER MAPPING FOR PUBLIC SERVER elsewhere OPTIONS (user 'postgres', password 'any')
--- expected
experiment: PERMISSION_DENIED 42501 foreign server

=== turns the parent's foreign server to another branch
--- experiment
ALTER SERVER elsewhere OPTIONS (SET dbname '{neighbour}')
--- expected
experiment: PERMISSION_DENIED 42501 foreign server

=== looks for passwords in user mappings
--- experiment
SELECT count(*) FROM pg_user_mappings
--- expected
shows: "rows":\[\["0"\]\]
nothing changed

=== looks for passwords of roles
--- experiment
SELECT rolpassword FROM pg_authid
--- expected
experiment: PERMISSION_DENIED 42501 pg_authid

=== looks for passwords in what other sessions run
-- Statements of others are hidden from it, whoever they are.
--- experiment
SELECT datname, usename, query FROM pg_stat_activity WHERE usename <> current_user;
SELECT count(*) FROM pg_stat_activity
WHERE usename <> current_user AND query <> '<insufficient privilege>'
--- expected
shows: "rows":\[\["0"\]\]
nothing changed

=== looks for passwords in settings of roles
--- experiment
SELECT count(*) FROM pg_db_role_setting WHERE setconfig::text ~* 'password|secret'
--- expected
shows: "rows":\[\["0"\]\]
nothing changed

=== subscribes to the parent
--- experiment
CREATE SUBSCRIPTION stolen CONNECTION 'host=127.0.0.1 port={port} dbname={parent}' PUBLICATION p WITH (connect = false)
--- expected
experiment: PERMISSION_DENIED 42501

=== decodes everybody's changes
--- experiment
SELECT pg_create_logical_replication_slot('stolen', 'test_decoding')
--- expected
experiment: PERMISSION_DENIED 42501

=== ends the sessions of the parent's owner
--- experiment
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{owner}'
--- expected
experiment: PERMISSION_DENIED 42501 terminate process

=== cancels what others run
--- experiment
SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = '{owner}'
--- expected
experiment: PERMISSION_DENIED 42501 cancel query

=== locks the catalog that all databases share
--- experiment
SELECT datname FROM pg_database FOR UPDATE
--- expected
experiment: PERMISSION_DENIED 42501 pg_database

=== locks the catalog that all logins need
--- experiment
LOCK TABLE pg_catalog.pg_authid IN ACCESS EXCLUSIVE MODE
--- expected
experiment: PERMISSION_DENIED 42501 pg_authid

=== exports its snapshot for a session elsewhere
--- experiment
SELECT length(pg_export_snapshot()) > 0
--- expected
nothing changed

=== drops the parent's database
--- experiment
DROP DATABASE {parent} WITH (FORCE)
--- expected
experiment: STATEMENT_REFUSED 25001

=== renames another branch
--- experiment
ALTER DATABASE {neighbour} RENAME TO mine
--- expected
experiment: PERMISSION_DENIED 42501

=== lets everybody into its own branch
-- The role may not pass it on, but the server writes its catalog.
--- experiment
GRANT CONNECT ON DATABASE {branch} TO PUBLIC
--- expected
experiment: NOT_CARRIED the database itself

=== moves a table into the space of the shared catalogs
--- experiment
CREATE TABLE t (a int) TABLESPACE pg_global
--- expected
experiment: PERMISSION_DENIED|SQL_ERROR pg_global
