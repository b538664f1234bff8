-- SET NOT NULL works only once the rows are filled, in the merge as in the experiment.
--- before
CREATE TABLE people (id int PRIMARY KEY, mail text);
INSERT INTO people VALUES (1, NULL), (2, 'b');
--- experiment
UPDATE people SET mail = '' WHERE mail IS NULL;
ALTER TABLE people ALTER COLUMN mail SET NOT NULL;
--- expected
merged
