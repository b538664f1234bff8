-- The same, but the parent has gained a row that was not back-filled.
--- before
CREATE TABLE people (id int PRIMARY KEY, mail text);
INSERT INTO people VALUES (1, NULL), (2, 'b');
--- experiment
UPDATE people SET mail = '' WHERE mail IS NULL;
ALTER TABLE people ALTER COLUMN mail SET NOT NULL;
--- parent
INSERT INTO people VALUES (3, NULL);
--- expected
CONSTRAINT people
