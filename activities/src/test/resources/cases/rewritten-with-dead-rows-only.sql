-- A table whose rows are all deleted is rewritten: nothing is lost by that, and what the parent put in since stays.
--- before
CREATE TABLE t (id int PRIMARY KEY, n int);
INSERT INTO t VALUES (1, 1), (2, 2);
DELETE FROM t;
--- experiment
ALTER TABLE t ALTER n TYPE bigint;
--- parent
INSERT INTO t VALUES (3, 3);
--- expected
merged
--- then
SELECT n || ' ' || pg_typeof(n) FROM t => 3 bigint
