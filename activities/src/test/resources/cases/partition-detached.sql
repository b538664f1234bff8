-- A detached partition keeps its rows, with the changes of both sides.
--- before
CREATE TABLE log (id int, day int, v text, PRIMARY KEY (id, day)) PARTITION BY LIST (day);
CREATE TABLE log_1 PARTITION OF log FOR VALUES IN (1);
CREATE TABLE log_2 PARTITION OF log FOR VALUES IN (2);
INSERT INTO log VALUES (1, 1, 'a'), (2, 2, 'b'), (3, 2, 'c');
--- experiment
ALTER TABLE log DETACH PARTITION log_2;
UPDATE log_2 SET v = 'detached' WHERE id = 2;
--- parent
UPDATE log SET v = 'theirs' WHERE id = 3;
--- expected
merged
--- then
SELECT string_agg(id || v, ' ' ORDER BY id) FROM log_2 => 2detached 3theirs
