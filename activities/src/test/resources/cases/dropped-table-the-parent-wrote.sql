-- A dropped table takes along what the parent wrote into it since: that the table goes was approved by name.
--- before
CREATE TABLE old (id int PRIMARY KEY);
CREATE TABLE keep (id int PRIMARY KEY);
--- experiment
DROP TABLE old;
--- parent
INSERT INTO old VALUES (1);
--- expected
merged
