-- Rows are written before, between and after rewrites of their table, in one transaction.
--- before
CREATE TABLE t (id int PRIMARY KEY, v text, n int);
INSERT INTO t SELECT g, 'x', g FROM generate_series(1, 20) g;
--- experiment
INSERT INTO t VALUES (30, 'z', 1);
UPDATE t SET v = 'y' WHERE id < 5;
ALTER TABLE t ALTER n TYPE bigint;
UPDATE t SET n = 4 WHERE id = 7;
DELETE FROM t WHERE id = 9;
ALTER TABLE t ADD u uuid DEFAULT gen_random_uuid();
ALTER TABLE t ALTER v TYPE varchar(5);
UPDATE t SET n = 5 WHERE id = 8;
--- expected
merged
--- then
SELECT sum(n) || ' ' || count(DISTINCT u) FROM t => 196 20
