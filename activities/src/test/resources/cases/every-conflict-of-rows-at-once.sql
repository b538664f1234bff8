-- All collisions are listed at once and nothing is applied.
--- before
CREATE TABLE t (id int PRIMARY KEY, v text, w text);
INSERT INTO t SELECT g, 'v', 'w' FROM generate_series(1, 6) g;
--- experiment
UPDATE t SET v = 'ours' WHERE id IN (1, 2, 6);
DELETE FROM t WHERE id IN (3, 4);
INSERT INTO t VALUES (7, 'ours', '');
--- parent
UPDATE t SET w = 'theirs' WHERE id IN (1, 3);
DELETE FROM t WHERE id IN (2, 4);
INSERT INTO t VALUES (7, 'theirs', '');
--- expected
DELETE_UPDATED t [3]
INSERT_EXISTS t [7]
UPDATE_MISSING t [2]
UPDATE_UPDATE t [1]
