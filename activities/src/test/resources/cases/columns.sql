-- Columns added, filled, dropped, renamed and retyped, with rows changed in between.
--- before
CREATE TABLE people (id int PRIMARY KEY, name text, age int, gone text);
INSERT INTO people SELECT g, 'p' || g, g, 'x' FROM generate_series(1, 5) g;
--- experiment
ALTER TABLE people ADD COLUMN email text, ADD COLUMN active boolean NOT NULL DEFAULT true;
UPDATE people SET email = name || '@x' WHERE id <= 3;
ALTER TABLE people DROP COLUMN gone;
ALTER TABLE people RENAME COLUMN name TO "full name";
ALTER TABLE people ALTER COLUMN age TYPE numeric(5,1);
UPDATE people SET age = 1.5, "full name" = 'one' WHERE id = 1;
--- parent
INSERT INTO people VALUES (6, 'p6', 6);
--- expected
merged
--- then
SELECT string_agg(format('%s|%s|%s|%s|%s', id, "full name", age, email, active), ' ' ORDER BY id) FROM people WHERE id IN (1, 6) => 1|one|1.5|p1@x|t 6|p6|6.0||t
