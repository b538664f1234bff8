-- A table that the experiment drops and the parent has written since.
--- before
CREATE TABLE old (id int PRIMARY KEY);
CREATE TABLE keep (id int PRIMARY KEY);
--- experiment
DROP TABLE old;
--- parent
INSERT INTO old VALUES (1);
--- expected
SCHEMA_CHANGED old
