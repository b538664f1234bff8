-- Rights given to everybody.
--- before
CREATE TABLE t (id int PRIMARY KEY, v text);
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
--- experiment
GRANT SELECT, UPDATE (v) ON t TO PUBLIC;
REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC;
--- expected
merged
--- then
SELECT has_table_privilege('pg_read_all_stats', 't', 'SELECT') || ' ' || has_column_privilege('pg_read_all_stats', 't', 'v', 'UPDATE') || ' ' || has_function_privilege('pg_read_all_stats', 'f()', 'EXECUTE') => true true false
