-- A table is renamed and moved between writes to it, in one transaction, while the parent writes it too.
--- before
CREATE SCHEMA other;
CREATE TABLE t (id int PRIMARY KEY, v text);
INSERT INTO t SELECT g, 'x' FROM generate_series(1, 20) g;
--- experiment
UPDATE t SET v = 'y' WHERE id < 5;
ALTER TABLE t RENAME TO s;
UPDATE s SET v = 'z' WHERE id = 9;
ALTER TABLE s SET SCHEMA other;
DELETE FROM other.s WHERE id = 10;
--- parent
UPDATE t SET v = 'theirs' WHERE id = 20;
INSERT INTO t VALUES (21, 'theirs');
--- expected
merged
--- then
SELECT string_agg(v, ' ' ORDER BY id) FROM other.s WHERE id IN (4, 9, 20, 21) => y z theirs theirs
SELECT count(*) FROM other.s => 20
