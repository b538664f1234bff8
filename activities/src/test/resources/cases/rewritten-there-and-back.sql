-- No catalog tells that the values were converted and came back; rows that the parent wrote since would change unseen.
--- before
CREATE TABLE t (id int PRIMARY KEY, code text, other text);
INSERT INTO t VALUES (1, '7', 'a'), (2, '8', 'b');
--- experiment
ALTER TABLE t ALTER COLUMN code TYPE int USING code::int;
ALTER TABLE t ALTER COLUMN code TYPE text;
--- parent
INSERT INTO t VALUES (3, '09', 'c');
--- expected
DROPPED_WRITTEN t
