-- Two columns change names.
--- before
CREATE TABLE t (id int PRIMARY KEY, x int, y int);
INSERT INTO t VALUES (1, 10, 20), (2, 30, 40);
--- experiment
ALTER TABLE t RENAME COLUMN x TO tmp;
ALTER TABLE t RENAME COLUMN y TO x;
ALTER TABLE t RENAME COLUMN tmp TO y;
UPDATE t SET x = 0 WHERE id = 1;
--- parent
UPDATE t SET x = 31 WHERE id = 2;
--- expected
merged
--- then
SELECT string_agg(x || '/' || y, ' ' ORDER BY id) FROM t => 0/10 40/31
