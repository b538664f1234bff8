-- Rows moved from one table to another by one statement.
--- before
CREATE TABLE live (id int PRIMARY KEY, v text);
CREATE TABLE archive (id int PRIMARY KEY, v text, note text);
INSERT INTO live SELECT g, 'v' || g FROM generate_series(1, 6) g;
--- experiment
WITH moved AS (DELETE FROM live WHERE id <= 3 RETURNING *)
INSERT INTO archive SELECT id, v, 'moved' FROM moved;
--- parent
UPDATE live SET v = 'theirs' WHERE id = 3;
--- expected
DELETE_UPDATED live [3]
