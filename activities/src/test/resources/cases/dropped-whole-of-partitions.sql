-- A partitioned table is dropped as one; a partition that was detached before stays with all that is written there.
--- before
CREATE TABLE log (id int, day int, v text) PARTITION BY LIST (day);
CREATE TABLE log_1 PARTITION OF log FOR VALUES IN (1);
CREATE TABLE log_2 PARTITION OF log FOR VALUES IN (2) PARTITION BY LIST (id);
CREATE TABLE log_2a PARTITION OF log_2 FOR VALUES IN (1);
CREATE TABLE other (id int, day int, v text) PARTITION BY LIST (day);
CREATE TABLE other_1 PARTITION OF other FOR VALUES IN (1);
CREATE TABLE other_2 PARTITION OF other FOR VALUES IN (2);
CREATE TABLE third (id int PRIMARY KEY, v text, w text) PARTITION BY LIST (id);
CREATE TABLE third_1 PARTITION OF third FOR VALUES IN (1);
INSERT INTO log VALUES (1, 1, 'a'), (1, 2, 'b');
INSERT INTO other VALUES (1, 1, 'a'), (2, 2, 'b');
INSERT INTO third VALUES (1, 'a', 'b');
--- experiment
DROP TABLE log;
ALTER TABLE other DETACH PARTITION other_2;
DROP TABLE other;
ALTER TABLE third DROP COLUMN v;
--- parent
UPDATE log SET v = 'theirs' WHERE day = 2;
UPDATE other SET v = 'theirs' WHERE day = 2;
UPDATE third SET v = 'theirs';
--- expected
DROPPED_WRITTEN log
DROPPED_WRITTEN third
