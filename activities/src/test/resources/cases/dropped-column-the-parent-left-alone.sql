-- Other columns and new rows that say nothing of the dropped one are no obstacle, whether it has a default or not.
--- before
CREATE TABLE items (id int PRIMARY KEY, v text, gone text, state text NOT NULL DEFAULT 'new', price numeric(8,2) DEFAULT 0);
INSERT INTO items VALUES (1, 'a', 'x', 'sold', 2), (2, 'b', NULL, 'new', 3);
--- experiment
ALTER TABLE items DROP COLUMN gone;
ALTER TABLE items DROP COLUMN state, DROP COLUMN price;
UPDATE items SET v = 'ours' WHERE id = 2;
--- parent
UPDATE items SET v = 'theirs' WHERE id = 1;
INSERT INTO items (id, v) VALUES (3, 'new');
--- expected
merged
--- then
SELECT string_agg(id || v, ' ' ORDER BY id) FROM items => 1theirs 2ours 3new
