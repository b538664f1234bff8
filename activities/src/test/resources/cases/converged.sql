-- Both did the same: nothing to do and no conflict.
--- before
CREATE TABLE t (id int PRIMARY KEY, v text);
INSERT INTO t VALUES (1, 'v'), (2, 'v');
--- experiment
UPDATE t SET v = 'same' WHERE id = 1;
DELETE FROM t WHERE id = 2;
INSERT INTO t VALUES (3, 'same');
--- parent
UPDATE t SET v = 'same' WHERE id = 1;
DELETE FROM t WHERE id = 2;
INSERT INTO t VALUES (3, 'same');
--- expected
merged
