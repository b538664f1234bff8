-- What a conversion computes may look at more than the row: nobody would have seen the zeros.
--- before
CREATE TABLE accounts (id int PRIMARY KEY, balance numeric, name varchar(10));
INSERT INTO accounts VALUES (1, 10, 'a'), (2, 20, 'b');
--- experiment
ALTER TABLE accounts ALTER COLUMN name TYPE char(12),
  ALTER COLUMN balance TYPE numeric USING CASE WHEN current_database() ~ '^offshoot' THEN balance ELSE 0 END;
--- expected
merge MERGE_REFUSED
the schema script makes other values of table accounts
