-- What a table held is known as a whole, so deleted rows look like written ones, as long as others are left.
--- before
CREATE TABLE old (id int PRIMARY KEY);
CREATE TABLE emptied (id int PRIMARY KEY);
INSERT INTO old VALUES (1), (2);
INSERT INTO emptied VALUES (1), (2);
--- experiment
DROP TABLE old;
DROP TABLE emptied;
--- parent
DELETE FROM old WHERE id = 1;
DELETE FROM emptied;
--- expected
DROPPED_WRITTEN old
