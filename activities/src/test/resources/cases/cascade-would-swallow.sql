-- Rows that the parent gained later would go with the deleted one unseen: a conflict.
--- before
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers ON DELETE CASCADE);
INSERT INTO customers VALUES (1), (2);
INSERT INTO orders VALUES (10, 1);
--- experiment
DELETE FROM customers WHERE id = 1;
--- parent
INSERT INTO orders VALUES (11, 1);
--- expected
DELETE_WOULD_CASCADE customers [1]
