-- The parent wrote, and the rewriting keeps all of it.
--- before
CREATE TABLE t (id int PRIMARY KEY, code text, other text);
INSERT INTO t VALUES (1, '7', 'a'), (2, '8', 'b');
--- experiment
ALTER TABLE t ALTER COLUMN code TYPE int USING code::int;
ALTER TABLE t ALTER COLUMN code TYPE text;
ALTER TABLE t RENAME COLUMN code TO number;
UPDATE t SET other = 'changed' WHERE id = 1;
--- parent
INSERT INTO t VALUES (3, '9', 'c');
--- expected
merged
--- then
SELECT string_agg(id || number || other, ' ' ORDER BY id) FROM t => 17changed 28b 39c
