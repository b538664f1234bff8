-- A column that the parent gave to a table which is dropped was never reviewed, and neither was what is in it.
--- before
CREATE TABLE old (id int PRIMARY KEY);
INSERT INTO old VALUES (1);
--- experiment
DROP TABLE old;
--- parent
ALTER TABLE old ADD COLUMN v text;
UPDATE old SET v = 'theirs';
--- expected
SCHEMA_CHANGED [public.old.v]
