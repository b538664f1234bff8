-- A dropped column would take along what the parent wrote into it, in rows that stood and in new ones.
--- before
CREATE TABLE items (id int PRIMARY KEY, v text, gone text);
CREATE TABLE parts (id int PRIMARY KEY, gone int, also text);
INSERT INTO items VALUES (1, 'a', 'x'), (2, 'b', 'y');
--- experiment
ALTER TABLE items DROP COLUMN gone;
ALTER TABLE parts DROP COLUMN gone, DROP COLUMN also;
--- parent
UPDATE items SET gone = CASE id WHEN 1 THEN 'y' ELSE 'x' END;
INSERT INTO parts VALUES (1, 7, NULL);
--- expected
DROPPED_WRITTEN items
DROPPED_WRITTEN parts
