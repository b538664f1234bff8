-- A table may be dropped after the same transaction has written its rows.
--- before
CREATE TABLE t (id int PRIMARY KEY, v text);
CREATE TABLE u (id int PRIMARY KEY);
INSERT INTO t VALUES (1, 'a');
--- experiment
UPDATE t SET v = 'b';
DROP TABLE t;
--- expected
merged
