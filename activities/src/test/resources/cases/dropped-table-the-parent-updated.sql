-- As many rows as before, but another value: what a dropped table holds is compared, not counted.
--- before
CREATE TABLE old (id int PRIMARY KEY, v text);
INSERT INTO old VALUES (1, 'a'), (2, NULL);
--- experiment
DROP TABLE old;
--- parent
UPDATE old SET v = 'theirs' WHERE id = 2;
--- expected
DROPPED_WRITTEN old
