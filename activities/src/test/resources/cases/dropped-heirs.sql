-- Each table of an inheritance has its own rows and loses its own.
--- before
CREATE TABLE old (id int, v text);
CREATE TABLE heir (w text) INHERITS (old);
INSERT INTO old VALUES (1, 'a');
INSERT INTO heir VALUES (2, 'b', 'c');
--- experiment
DROP TABLE heir;
ALTER TABLE old DROP COLUMN v;
--- parent
INSERT INTO heir VALUES (3, 'theirs', 'd');
UPDATE ONLY old SET id = 4;
--- expected
DROPPED_WRITTEN heir
