-- What changes no definition is not replayed: only the rows that were seen to change are merged.
--- before
CREATE TABLE accounts (id int PRIMARY KEY, balance numeric);
INSERT INTO accounts VALUES (1, 10), (2, 2000);
--- experiment
ALTER TABLE accounts ALTER COLUMN balance TYPE numeric USING CASE WHEN id > 1000 OR balance > 1000 THEN 0 ELSE balance END;
--- parent
INSERT INTO accounts VALUES (1001, 500);
--- expected
merged
--- then
SELECT string_agg(id || ':' || balance, ' ' ORDER BY id) FROM accounts => 1:10 2:0 1001:500
