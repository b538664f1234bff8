-- And collides with it where it does not.
--- before
CREATE TABLE accounts (id int PRIMARY KEY, balance numeric, state text);
INSERT INTO accounts VALUES (1, 10, 'bad'), (2, 20, 'fine');
--- experiment
UPDATE accounts SET state = 'fine' WHERE id = 1;
ALTER TABLE accounts ADD CHECK (state = 'fine'), ALTER COLUMN balance TYPE numeric USING CASE WHEN balance > 1000 THEN 0 ELSE balance END;
--- parent
UPDATE accounts SET balance = 1001 WHERE id = 2;
--- expected
DROPPED_WRITTEN accounts
