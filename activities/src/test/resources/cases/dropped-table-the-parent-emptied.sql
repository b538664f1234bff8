-- A table that holds nothing any more takes nothing along, and neither does its column.
--- before
CREATE TABLE old (id int PRIMARY KEY);
CREATE TABLE other (id int PRIMARY KEY, v text);
INSERT INTO old VALUES (1), (2);
INSERT INTO other VALUES (1, 'a');
--- experiment
DROP TABLE old;
ALTER TABLE other DROP COLUMN v;
--- parent
DELETE FROM old;
DELETE FROM other;
--- expected
merged
