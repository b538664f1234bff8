-- A table that nobody wrote is dropped, in whatever order its rows stand; the parent's other writes survive.
--- before
CREATE TABLE old (id int PRIMARY KEY, v text, n numeric, twice int GENERATED ALWAYS AS (id * 2) STORED);
CREATE TABLE keep (id int PRIMARY KEY);
CREATE TABLE log (what text);
INSERT INTO old VALUES (1, 'a', 1.0), (2, NULL, NULL);
INSERT INTO log VALUES ('x'), ('x'), (NULL);
--- experiment
DROP TABLE old;
DROP TABLE log;
--- parent
INSERT INTO keep VALUES (1);
UPDATE old SET v = 'b' WHERE id = 1;
UPDATE old SET v = 'a' WHERE id = 1;
--- expected
merged
--- then
SELECT count(*) FROM keep => 1
