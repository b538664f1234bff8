-- All rows are deleted and committed, then their table is rewritten.
-- transaction: PER_STATEMENT
--- before
CREATE TABLE t (id int PRIMARY KEY, n int);
INSERT INTO t VALUES (1, 1), (2, 2);
--- experiment
DELETE FROM t;
ALTER TABLE t ALTER n TYPE bigint;
INSERT INTO t VALUES (4, 4);
--- parent
INSERT INTO t VALUES (3, 3);
--- expected
merged
--- then
SELECT string_agg(id || '=' || n, ' ' ORDER BY id) FROM t => 3=3 4=4
