-- A table that is rewritten once the changed rows are in place keeps what the parent wrote since.
--- before
CREATE TABLE accounts (id int PRIMARY KEY, balance numeric, state text);
INSERT INTO accounts VALUES (1, 10, 'bad'), (2, 20, 'fine');
--- experiment
UPDATE accounts SET state = 'fine' WHERE id = 1;
ALTER TABLE accounts ADD CHECK (state = 'fine'), ALTER COLUMN balance TYPE numeric USING CASE WHEN balance > 1000 THEN 0 ELSE balance END;
--- parent
UPDATE accounts SET balance = 11 WHERE id = 2;
--- expected
merged
--- then
SELECT string_agg(id || ':' || balance || state, ' ' ORDER BY id) FROM accounts => 1:10fine 2:11fine
