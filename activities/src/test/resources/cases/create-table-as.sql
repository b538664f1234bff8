-- The rows of CREATE TABLE AS are those that the experiment saw, not those of the parent today.
--- before
CREATE TABLE sales (id int PRIMARY KEY, amount int);
INSERT INTO sales VALUES (1, 10), (2, 20);
--- experiment
CREATE TABLE totals AS SELECT count(*) AS n, sum(amount) AS amount FROM sales;
--- parent
INSERT INTO sales VALUES (3, 30);
--- expected
merged
--- then
SELECT n || ' ' || amount FROM totals => 2 30
