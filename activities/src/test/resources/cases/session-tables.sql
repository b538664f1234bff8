-- Temporary tables end with the experiment and leave nothing behind.
--- before
CREATE TABLE t (id int PRIMARY KEY, v text);
INSERT INTO t VALUES (1, 'a'), (2, 'b');
--- experiment
CREATE TEMPORARY TABLE picks AS SELECT id FROM t WHERE v = 'a';
UPDATE t SET v = 'picked' WHERE id IN (SELECT id FROM picks);
--- expected
merged
