-- Without a cascade the new reference alone is in the way.
--- before
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers);
INSERT INTO customers VALUES (1), (2);
--- experiment
DELETE FROM customers WHERE id = 1;
--- parent
INSERT INTO orders VALUES (11, 1);
--- expected
DELETE_REFERENCED customers [1]
