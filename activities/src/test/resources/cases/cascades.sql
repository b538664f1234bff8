-- What ON DELETE CASCADE and ON UPDATE CASCADE took along was seen and is carried; the parent's own cascade does not run again.
--- before
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE notes (id int PRIMARY KEY, customer int REFERENCES customers ON DELETE SET NULL);
INSERT INTO customers VALUES (1), (2), (3);
INSERT INTO orders VALUES (10, 1), (11, 1), (20, 2), (30, 3);
INSERT INTO notes VALUES (1, 1), (2, 2);
--- experiment
DELETE FROM customers WHERE id = 1;
UPDATE customers SET id = 33 WHERE id = 3;
--- expected
merged
