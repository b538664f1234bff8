=== writes the catalog of roles
--- experiment
UPDATE pg_catalog.pg_authid SET rolsuper = true WHERE rolname = current_user
--- expected
experiment: PERMISSION_DENIED 42501

=== writes the catalog of functions
--- experiment
UPDATE pg_catalog.pg_proc SET prosecdef = true WHERE proname = 'lower'
--- expected
experiment: PERMISSION_DENIED 42501

=== allows itself to write catalogs
--- experiment
SET allow_system_table_mods = on
--- expected
experiment: PERMISSION_DENIED 42501

=== makes a table among the catalogs
--- experiment
CREATE TABLE pg_catalog.mine (a int)
--- expected
experiment: PERMISSION_DENIED 42501

=== makes a schema that looks like the server's
--- experiment
CREATE SCHEMA pg_mine
--- expected
experiment: SQL_ERROR 42939

=== gives the server's functions to itself
--- experiment
GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO CURRENT_USER
--- expected
experiment: PERMISSION_DENIED 42501

=== exchanges a function of the server
--- experiment
CREATE OR REPLACE FUNCTION pg_catalog.lower(text) RETURNS text LANGUAGE sql AS 'SELECT $1'
--- expected
experiment: PERMISSION_DENIED 42501

=== makes an operator class, which everybody's indexes would use
--- experiment
CREATE OPERATOR CLASS mine DEFAULT FOR TYPE int4 USING hash AS OPERATOR 1 =
--- expected
experiment: PERMISSION_DENIED 42501

=== makes a base type with functions of its own
--- experiment
CREATE TYPE evil;
CREATE FUNCTION evil_in(cstring) RETURNS evil LANGUAGE internal IMMUTABLE STRICT AS 'int4in'
--- expected
experiment: PERMISSION_DENIED 42501

=== casts types that are not its own
--- experiment
CREATE FUNCTION cast_it(text) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE CAST (text AS int) WITH FUNCTION cast_it(text) AS IMPLICIT
--- expected
experiment: PERMISSION_DENIED 42501

=== reads one type's bytes as another's
--- experiment
CREATE TYPE pair AS (a int, b int);
CREATE CAST (bytea AS text) WITHOUT FUNCTION
--- expected
experiment: PERMISSION_DENIED 42501

=== sees past row security by a leakproof function
--- experiment
CREATE FUNCTION leak(text) RETURNS boolean LANGUAGE plpgsql LEAKPROOF AS 'BEGIN RETURN true; END'
--- expected
experiment: PERMISSION_DENIED 42501

=== hears of every command by an event trigger
--- experiment
CREATE FUNCTION heard() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN {grab} END $$;
CREATE EVENT TRIGGER heard ON ddl_command_end EXECUTE FUNCTION heard()
--- expected
experiment: PERMISSION_DENIED 42501

=== hears of every login by an event trigger
--- experiment
CREATE FUNCTION heard() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER heard ON login EXECUTE FUNCTION heard()
--- expected
experiment: PERMISSION_DENIED|SQL_ERROR 42501|42601

=== makes a language
--- experiment
CREATE LANGUAGE evil HANDLER plpgsql_call_handler
--- expected
experiment: PERMISSION_DENIED|SQL_ERROR 42501|42883

=== makes a foreign data wrapper
--- experiment
CREATE FOREIGN DATA WRAPPER mine
--- expected
experiment: PERMISSION_DENIED 42501

=== makes an access method
--- experiment
CREATE ACCESS METHOD mine TYPE TABLE HANDLER heap_tableam_handler
--- expected
experiment: PERMISSION_DENIED 42501

=== makes a text search template
--- experiment
CREATE TEXT SEARCH TEMPLATE mine (LEXIZE = dsimple_lexize)
--- expected
experiment: PERMISSION_DENIED 42501

=== publishes every table
--- experiment
CREATE PUBLICATION mine FOR ALL TABLES
--- expected
experiment: PERMISSION_DENIED 42501

=== takes an extension apart
--- experiment
ALTER EXTENSION dblink DROP FUNCTION dblink_connect_u(text)
--- expected
experiment: PERMISSION_DENIED 42501

=== puts a function of its own into an extension
--- experiment
CREATE FUNCTION evil() RETURNS int LANGUAGE sql AS 'SELECT 1';
ALTER EXTENSION plpgsql ADD FUNCTION evil()
--- expected
experiment: PERMISSION_DENIED 42501

=== drops an extension
--- experiment
DROP EXTENSION postgres_fdw CASCADE
--- expected
experiment: PERMISSION_DENIED 42501

=== brings an extension from a file of its own
--- experiment
CREATE EXTENSION "../../../evil"
--- expected
experiment: SQL_ERROR|PERMISSION_DENIED

=== shadows what the script of a trusted extension calls
-- The script runs as superuser where the branch's role asks for it.
--- experiment
CREATE FUNCTION public.lower(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN $1; END $$;
CREATE FUNCTION public.array_length(anyarray, int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN {grab} RETURN 1; END $$;
SET search_path = public, pg_catalog;
CREATE EXTENSION citext SCHEMA public
--- expected
hazards: CREATES_CODE

=== rebuilds the catalogs' indexes
--- experiment
REINDEX TABLE pg_catalog.pg_class
--- expected
experiment: PERMISSION_DENIED 42501

=== changes a setting of the server
--- experiment
ALTER SYSTEM SET fsync = off
--- expected
experiment: STATEMENT_REFUSED 25001

=== has the server read its settings again
--- experiment
SELECT pg_reload_conf()
--- expected
experiment: PERMISSION_DENIED 42501

=== gives itself the right to set a setting
--- experiment
GRANT SET ON PARAMETER session_preload_libraries TO CURRENT_USER
--- expected
experiment: PERMISSION_DENIED|SQL_ERROR 42501|42601

=== loads libraries into its session
--- experiment
SET session_preload_libraries = 'evil'
--- expected
experiment: PERMISSION_DENIED|SQL_ERROR 42501|55P02

=== runs as owner of the database by a function of its own
-- SECURITY DEFINER gives the rights of the definer, who has none.
--- experiment
CREATE FUNCTION deed() RETURNS name LANGUAGE plpgsql SECURITY DEFINER AS
  $$ BEGIN {grab} RETURN current_user; END $$;
SELECT deed() = '{branch}'
--- expected
shows: "rows":\[\["t"\]\]
hazards: CREATES_CODE

=== resets the server's counters
--- experiment
SELECT pg_stat_reset()
--- expected
experiment: PERMISSION_DENIED 42501

=== turns the counters off
--- experiment
SET track_counts = off
--- expected
experiment: PERMISSION_DENIED 42501
