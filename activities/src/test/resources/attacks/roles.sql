=== makes itself superuser
--- experiment
ALTER ROLE CURRENT_USER SUPERUSER
--- expected
experiment: PERMISSION_DENIED 42501

=== makes itself a maker of roles
--- experiment
ALTER ROLE CURRENT_USER CREATEROLE CREATEDB
--- expected
experiment: PERMISSION_DENIED 42501

=== makes itself free of row security and fit for replication
--- experiment
ALTER ROLE CURRENT_USER BYPASSRLS REPLICATION
--- expected
experiment: PERMISSION_DENIED 42501

=== becomes the parent's owner
--- experiment
SET ROLE {owner}
--- expected
experiment: PERMISSION_DENIED 42501

=== becomes the superuser
--- experiment
SET SESSION AUTHORIZATION postgres
--- expected
experiment: PERMISSION_DENIED 42501

=== becomes its own reader
--- experiment
SET ROLE "{base}"
--- expected
experiment: PERMISSION_DENIED 42501

=== becomes the role of another branch
--- experiment
SET ROLE "{neighbour}"
--- expected
experiment: PERMISSION_DENIED 42501

=== joins those who may read server files
--- experiment
GRANT pg_read_server_files, pg_execute_server_program TO CURRENT_USER
--- expected
experiment: PERMISSION_DENIED 42501

=== joins those who see everything
--- experiment
GRANT pg_read_all_data, pg_monitor, pg_signal_backend TO CURRENT_USER
--- expected
experiment: PERMISSION_DENIED 42501

=== takes another branch's role into its own
--- experiment
GRANT "{branch}" TO "{neighbour}"
--- expected
experiment: PERMISSION_DENIED|NOT_CARRIED

=== locks its reader out
--- experiment
REVOKE "{branch}" FROM "{base}"
--- expected
experiment: PERMISSION_DENIED|NOT_CARRIED

=== makes a role
--- experiment
CREATE ROLE friend LOGIN PASSWORD 'x'
--- expected
experiment: PERMISSION_DENIED 42501

=== gives itself a password
--- experiment
ALTER ROLE CURRENT_USER PASSWORD 'mine'
--- expected
experiment: NOT_CARRIED changes roles

=== gives itself a password behind a swallowed error
--- experiment
DO $$ BEGIN EXECUTE 'ALTER ROLE CURRENT_USER PASSWORD ''mine'''; RAISE 'x'; EXCEPTION WHEN raise_exception THEN EXECUTE 'ALTER ROLE CURRENT_USER PASSWORD ''mine'''; END $$
--- expected
experiment: NOT_CARRIED changes roles

=== gives itself a password and takes it back in the same statement
-- The password was never there for anybody, and it is refused all the same.
--- experiment
DO $$ BEGIN EXECUTE 'ALTER ROLE CURRENT_USER PASSWORD ''mine'''; EXECUTE 'ALTER ROLE CURRENT_USER PASSWORD NULL'; END $$
--- expected
experiment: NOT_CARRIED changes roles

=== gives itself a password by a deferred trigger
--- experiment
CREATE TABLE bait (n int);
CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN ALTER ROLE CURRENT_USER PASSWORD 'mine'; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON bait DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION late();
INSERT INTO bait VALUES (1)
--- expected
experiment: NOT_CARRIED deferred trigger changes roles

=== gives its next login a search path
--- experiment
ALTER ROLE CURRENT_USER SET search_path = hostile
--- expected
experiment: NOT_CARRIED settings of roles

=== gives its next login a library to load
--- experiment
ALTER ROLE CURRENT_USER SET local_preload_libraries = 'evil'
--- expected
experiment: NOT_CARRIED|SQL_ERROR|PERMISSION_DENIED

=== takes away the mark that it has run
--- experiment
ALTER ROLE CURRENT_USER IN DATABASE template0 RESET ALL
--- expected
experiment: NOT_CARRIED settings of roles
--- expected by messages
nothing changed

=== lives longer than its lease
--- experiment
ALTER ROLE CURRENT_USER VALID UNTIL 'infinity'
--- expected
experiment: PERMISSION_DENIED 42501

=== has more sessions than it may
--- experiment
ALTER ROLE CURRENT_USER CONNECTION LIMIT -1
--- expected
experiment: PERMISSION_DENIED 42501

=== renames itself, so that nobody finds it
--- experiment
ALTER ROLE "{branch}" RENAME TO nobody
--- expected
experiment: PERMISSION_DENIED|SQL_ERROR 42501|0A000

=== drops itself
--- experiment
DROP ROLE "{branch}"
--- expected
experiment: PERMISSION_DENIED|SQL_ERROR 42501|55006

=== forges the marker of its branch on its role
--- experiment
COMMENT ON ROLE "{branch}" IS '{"offshoot":1,"experiment":"mine","parent":"other"}'
--- expected
experiment: PERMISSION_DENIED 42501

=== forges the marker of its branch on its database
--- experiment
COMMENT ON DATABASE "{branch}" IS '{"offshoot":1}'
--- expected
experiment: PERMISSION_DENIED 42501

=== hands its objects to the reader, to run as it
--- experiment
CREATE FUNCTION deed() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
ALTER FUNCTION deed() OWNER TO "{base}"
--- expected
experiment: PERMISSION_DENIED 42501

=== hands a table to the parent's owner
--- experiment
ALTER TABLE accounts OWNER TO {owner}
--- expected
experiment: PERMISSION_DENIED 42501

=== makes a schema for the parent's owner
--- experiment
CREATE SCHEMA trap AUTHORIZATION {owner}
--- expected
experiment: PERMISSION_DENIED 42501

=== makes a schema for the owner of the database
--- experiment
CREATE SCHEMA trap AUTHORIZATION pg_database_owner
--- expected
experiment: PERMISSION_DENIED 42501

=== reassigns everything it owns
--- experiment
REASSIGN OWNED BY CURRENT_USER TO {owner}
--- expected
experiment: PERMISSION_DENIED 42501

=== drops what the parent's owner owns
--- experiment
DROP OWNED BY {owner} CASCADE
--- expected
experiment: PERMISSION_DENIED 42501

=== drops its own rights, also those on databases
--- experiment
DROP OWNED BY CURRENT_USER CASCADE
--- expected
experiment: NOT_CARRIED|PERMISSION_DENIED|SQL_ERROR

=== sets default privileges of the parent's owner
--- experiment
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT ALL ON TABLES TO PUBLIC
--- expected
experiment: PERMISSION_DENIED 42501

=== gives others rights on what it owns
--- experiment
GRANT ALL ON accounts TO PUBLIC
--- expected
hazards: CHANGES_PRIVILEGES

=== owns its database
--- experiment
ALTER DATABASE "{branch}" OWNER TO CURRENT_USER
--- expected
experiment: PERMISSION_DENIED 42501

=== gives its database settings for every login
--- experiment
ALTER DATABASE "{branch}" SET search_path = hostile
--- expected
experiment: PERMISSION_DENIED 42501
