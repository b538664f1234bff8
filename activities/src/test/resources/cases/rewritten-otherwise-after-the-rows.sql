-- The same where the statement has to wait for the changed rows.
--- before
CREATE TABLE accounts (id int PRIMARY KEY, balance numeric, state text);
INSERT INTO accounts VALUES (1, 10, 'bad'), (2, 20, 'fine');
--- experiment
UPDATE accounts SET state = 'fine' WHERE id = 1;
ALTER TABLE accounts ADD CHECK (state = 'fine'), ALTER COLUMN balance TYPE numeric USING CASE WHEN current_database() ~ '^offshoot' THEN balance ELSE 0 END;
--- expected
merge MERGE_REFUSED
the schema script makes other values of table accounts
