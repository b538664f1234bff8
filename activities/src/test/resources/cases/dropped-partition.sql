-- A dropped partition, also one that was detached first, takes its own rows along and no others.
--- before
CREATE TABLE log (id int, day int, v text, PRIMARY KEY (id, day)) PARTITION BY LIST (day);
CREATE TABLE log_1 PARTITION OF log FOR VALUES IN (1);
CREATE TABLE log_2 PARTITION OF log FOR VALUES IN (2);
CREATE TABLE log_3 PARTITION OF log FOR VALUES IN (3);
CREATE TABLE log_4 PARTITION OF log FOR VALUES IN (4);
INSERT INTO log VALUES (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c');
--- experiment
DROP TABLE log_1;
ALTER TABLE log DETACH PARTITION log_2;
DROP TABLE log_2;
DROP TABLE log_3;
--- parent
INSERT INTO log VALUES (4, 1, 'new');
UPDATE log SET v = 'theirs' WHERE id = 2;
INSERT INTO log VALUES (5, 4, 'stays');
--- expected
DROPPED_WRITTEN log_1
DROPPED_WRITTEN log_2
