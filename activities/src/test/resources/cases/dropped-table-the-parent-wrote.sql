-- A dropped table would take along what the parent wrote into it since.
--- before
CREATE TABLE old (id int PRIMARY KEY);
CREATE TABLE keep (id int PRIMARY KEY);
--- experiment
DROP TABLE old;
--- parent
INSERT INTO old VALUES (1);
--- expected
DROPPED_WRITTEN old
