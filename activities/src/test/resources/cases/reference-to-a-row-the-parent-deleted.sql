-- The experiment refers to a row that the parent has deleted meanwhile.
--- before
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers);
INSERT INTO customers VALUES (1), (2);
--- experiment
INSERT INTO orders VALUES (11, 1);
--- parent
DELETE FROM customers WHERE id = 1;
--- expected
CONSTRAINT orders [11]
