-- The three plain statements; rows that end as they began are no change.
--- before
CREATE TABLE items (id int PRIMARY KEY, name text, price numeric(8,2));
INSERT INTO items SELECT g, 'item ' || g, g FROM generate_series(1, 9) g;
--- experiment
INSERT INTO items VALUES (10, 'new', 1.50), (11, 'gone again', 2);
UPDATE items SET price = price + 1 WHERE id <= 4;
UPDATE items SET price = price - 1 WHERE id = 4;
DELETE FROM items WHERE id IN (5, 11);
--- parent
UPDATE items SET name = 'theirs' WHERE id IN (4, 9);
DELETE FROM items WHERE id = 8;
--- expected
merged
--- then
SELECT string_agg(format('%s %s %s', id, name, price), ', ' ORDER BY id) FROM items => 1 item 1 2.00, 2 item 2 3.00, 3 item 3 4.00, 4 theirs 4.00, 6 item 6 6.00, 7 item 7 7.00, 9 theirs 9.00, 10 new 1.50
