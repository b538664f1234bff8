-- Rows of different partitions may stand at the same place of their files; one of them is deleted and the other updated.
--- before
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (id int, part text NOT NULL) PARTITION BY LIST (part);
CREATE TABLE t_1 PARTITION OF t FOR VALUES IN ('a', 'b');
CREATE TABLE t_2 PARTITION OF t FOR VALUES IN ('c', 'd');
INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd');
--- experiment
ALTER TYPE mood ADD VALUE 'glad';
DELETE FROM t WHERE part = 'c';
UPDATE t SET id = 20 WHERE part = 'b';
--- expected
merged
--- then
SELECT string_agg(id || part, ' ' ORDER BY id) FROM t => 1a 4d 20b
