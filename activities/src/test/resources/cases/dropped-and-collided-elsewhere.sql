-- What a drop would lose is listed together with every other conflict, also of tables that the script itself changes.
--- before
CREATE TABLE old (id int PRIMARY KEY);
CREATE TABLE items (id int PRIMARY KEY, v text, gone text);
INSERT INTO items VALUES (1, 'a', 'x'), (2, 'b', 'y');
--- experiment
DROP TABLE old;
ALTER TABLE items DROP COLUMN gone, ADD COLUMN fresh text;
UPDATE items SET v = 'ours', fresh = 'new' WHERE id = 1;
--- parent
INSERT INTO old VALUES (1);
UPDATE items SET v = 'theirs', gone = 'theirs' WHERE id = 1;
--- expected
DROPPED_WRITTEN items
DROPPED_WRITTEN old
UPDATE_UPDATE items [1]
