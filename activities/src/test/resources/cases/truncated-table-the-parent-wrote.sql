-- TRUNCATE deletes the rows of the branch point: one that the parent wrote meanwhile collides, one that it inserted stays.
--- before
CREATE TABLE items (id int PRIMARY KEY, v text);
CREATE TABLE log (what text);
INSERT INTO items VALUES (1, 'a'), (2, 'b');
INSERT INTO log VALUES ('x');
--- experiment
TRUNCATE items, log;
--- parent
UPDATE items SET v = 'theirs' WHERE id = 1;
INSERT INTO log VALUES ('theirs');
--- expected
DELETE_UPDATED items [1]
