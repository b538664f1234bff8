-- A statement that is replayed for its new type changes another column of the same table on the way.
--- before
CREATE TABLE accounts (id int PRIMARY KEY, balance numeric, name varchar(10));
INSERT INTO accounts VALUES (1, 10, 'a'), (2, 20, 'b');
--- experiment
ALTER TABLE accounts ALTER COLUMN name TYPE char(12), ALTER COLUMN balance TYPE numeric USING CASE WHEN id > 1000 THEN 0 ELSE balance END;
--- parent
INSERT INTO accounts VALUES (1001, 500, 'c');
--- expected
DROPPED_WRITTEN accounts
