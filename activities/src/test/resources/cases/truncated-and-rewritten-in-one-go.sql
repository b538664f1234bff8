-- A truncation is no rewrite, whatever the transaction has undone before.
--- before
CREATE TABLE t (id int PRIMARY KEY, n int);
INSERT INTO t VALUES (1, 1), (2, 2);
--- experiment
DO $$ BEGIN INSERT INTO t VALUES (3, 3); RAISE 'undone'; EXCEPTION WHEN OTHERS THEN NULL; END $$;
DO $$ BEGIN TRUNCATE t; ALTER TABLE t ALTER n TYPE bigint; END $$;
--- expected
experiment NOT_CARRIED
statement 2 changes the schema and writes rows of t
