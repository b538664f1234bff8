-- MERGE updates, deletes and inserts in one statement.
--- before
CREATE TABLE stock (sku text PRIMARY KEY, amount int NOT NULL);
INSERT INTO stock VALUES ('a', 1), ('b', 2), ('c', 3);
--- experiment
MERGE INTO stock AS s USING (VALUES ('a', 5), ('b', -2), ('d', 9)) AS d (sku, amount) ON s.sku = d.sku
WHEN MATCHED AND s.amount + d.amount = 0 THEN DELETE
WHEN MATCHED THEN UPDATE SET amount = s.amount + d.amount
WHEN NOT MATCHED THEN INSERT VALUES (d.sku, d.amount);
--- parent
UPDATE stock SET amount = 4 WHERE sku = 'c';
--- expected
merged
--- then
SELECT string_agg(sku || amount, ' ' ORDER BY sku) FROM stock => a6 c4 d9
